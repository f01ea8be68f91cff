"""The life of a mediation, from the wish to the follow-up."""

import asyncio

from services.kernel import masking
from services.mediations import notify
from tests.build.cast import LI_HOME, SUN_HOME
from tests.build.mediations import STORY, TERMS, WITH_SHOP, WITH_WANG, Talks

WITH_SHOP_PHONE = "+8613811112222"
OF_A_PARTY = ("phone", "answered_by")


async def test_from_the_wish_to_kept(talks: Talks) -> None:
    mediation_id = await talks.open()
    seen = await talks.see("li", mediation_id)
    assert (seen["circle"], seen["state"], seen["mediator"]) == ("party", "asking", None)
    assert [p["agreed"] for p in seen["parties"]] == [True, None]
    assert len(await talks.told("member", "mediation_work")) == 1
    assert len(await talks.told("wang", "mediation_question")) == 1
    assigned = await talks.assign(mediation_id)
    assert assigned["mediator"]["role"] == "unit_head"
    seen = await talks.see("wang", mediation_id)
    assert {"consent", "decline", "leave"} <= {*seen["steps"]}
    seen = await talks.do("wang", mediation_id, "answer", agree=True)
    assert seen["state"] == "talks"
    begins = talks.world.deps.now().replace(hour=20).isoformat().replace("+00:00", "Z")
    planned = await talks.do(
        "mediator", mediation_id, "sessions", begins=begins, where="社区调解室"
    )
    [session] = planned["sessions"]
    present = [each["party_id"] for each in planned["parties"]]
    path = f"sessions/{session['session_id']}/held"
    await talks.advance(hours=20)
    held = await talks.do("mediator", mediation_id, path, minutes="都讲了经过", present=present)
    assert held["sessions"][0]["minutes"] == "都讲了经过"
    assert (await talks.see("wang", mediation_id))["sessions"][0]["minutes"] is None
    sha256 = await talks.propose(mediation_id)
    one = await talks.do("li", mediation_id, "agreement/answer", sha256=sha256, agree=True)
    assert (one["state"], one["agreement"]["text"]) == ("proposed", TERMS)
    last = await talks.do("wang", mediation_id, "agreement/answer", sha256=sha256, agree=True)
    assert last["state"] == "agreed"
    assert last["agreement"]["in_force_at"]
    assert last["due_at"]
    kept = await talks.do("mediator", mediation_id, "follow-up", outcome="kept")
    assert kept["state"] == "kept"
    history = (await talks.get("li", f"mediations/{mediation_id}/history")).body["items"]
    assert [row["action"] for row in history] == [
        "reported",
        "assign",
        "begin",
        "plan",
        "hold",
        "propose",
        "confirm",
        "agree",
        "keep",
    ]
    assert {row["who"] for row in history} == {"party", "office"}


async def test_no_session_is_planned_for_what_is_over_or_years_ahead(talks: Talks) -> None:
    mediation_id = await talks.talks()
    path = f"mediations/{mediation_id}/sessions"
    for begins in ("2026-03-01T00:00:00Z", "2029-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00"):
        reply = await talks.send("POST", "mediator", path, begins=begins, where="调解室")
        assert (reply.status, reply.code) == (422, "mediation_bad_time")


async def test_only_the_mediator_reads_what_each_wrote(talks: Talks) -> None:
    mediation_id = await talks.talks()
    await talks.do("wang", mediation_id, "statement", verb="PUT", text="只敲过一次")
    read = {
        who: [p["statement"] for p in (await talks.see(who, mediation_id))["parties"]]
        for who in ("li", "wang", "mediator", "member")
    }
    assert read == {
        "li": [STORY, None],
        "wang": [None, "只敲过一次"],
        "mediator": [STORY, "只敲过一次"],
        "member": [None, None],
    }


async def test_what_only_the_mediator_is_told(talks: Talks) -> None:
    parties = [{"name": "li", "home": LI_HOME}, *WITH_SHOP]
    mediation_id = await talks.open("head", home=None, parties=parties)
    await talks.assign(mediation_id)
    shop = (await talks.see("mediator", mediation_id))["parties"][1]["party_id"]
    await talks.do("mediator", mediation_id, f"parties/{shop}/answer", agree=True)
    wish = {"reason": "far_apart", "note": "木匠不肯让步"}
    await talks.do("mediator", mediation_id, "end", **wish)
    seen = {who: await talks.see(who, mediation_id) for who in ("mediator", "member", "li")}
    told = {
        who: (view["note"], view["outcome"], *(view["parties"][1][name] for name in OF_A_PARTY))
        for who, view in seen.items()
    }
    assert told == {
        "mediator": (STORY, "木匠不肯让步", WITH_SHOP_PHONE, "door"),
        "member": (None, None, masking.phone(WITH_SHOP_PHONE), None),
        "li": (None, None, None, None),
    }


async def test_the_last_two_who_take_part_at_once_begin_it_once(talks: Talks) -> None:
    """And whoever answers twice at once, by themself and at the door, does so once."""
    await talks.member("sun")
    parties = [*WITH_WANG, {"name": "sun", "home": SUN_HOME}]
    mediation_id = await talks.open(parties=parties)
    await talks.assign(mediation_id)
    wang = (await talks.see("mediator", mediation_id))["parties"][1]["party_id"]
    path = f"mediations/{mediation_id}"
    own, other, door = await asyncio.gather(
        talks.send("POST", "wang", f"{path}/answer", agree=True),
        talks.send("POST", "sun", f"{path}/answer", agree=True),
        talks.send("POST", "mediator", f"{path}/parties/{wang}/answer", agree=True),
    )
    assert other.status == 200
    assert {own.status, door.status} == {200, 409}
    history = (await talks.get("li", f"{path}/history")).body["items"]
    steps = [row["action"] for row in history]
    assert steps == ["reported", "assign", "consent", "begin"]


async def test_a_no_ends_it_and_names_the_other_ways(talks: Talks) -> None:
    mediation_id = await talks.open()
    seen = await talks.do("wang", mediation_id, "answer", agree=False)
    assert seen["state"] == "declined"
    [told] = await talks.told("li", "mediation_failed")
    assert "人民法院" in told
    again = await talks.send("POST", "wang", f"mediations/{mediation_id}/answer", agree=True)
    assert (again.status, again.code) == (409, "mediation_moved_on")


async def test_a_party_leaves_at_any_time_before_the_agreement(talks: Talks) -> None:
    mediation_id, _ = await talks.proposed()
    assert (await talks.do("li", mediation_id, "leave"))["state"] == "withdrawn"
    bound = await talks.agreed()
    reply = await talks.send("POST", "li", f"mediations/{bound}/leave")
    assert (reply.status, reply.code) == (409, "mediation_moved_on")


async def test_what_comes_to_nothing_is_reminded_of_and_ends(talks: Talks) -> None:
    mediation_id = await talks.talks()
    assert (await talks.see("li", mediation_id))["due_at"]
    await talks.advance(days=24)
    await talks.world.work()
    assert (await talks.told("mediator", "mediation_work"))[-1].startswith("一件调解快到期了")
    await talks.advance(days=10)
    await talks.world.work()
    assert (await talks.told("member", "mediation_work"))[-1].startswith("一件调解到期还没有")
    [row] = (await talks.get("member", "mediations")).body["items"]
    assert row["overdue"]
    # With a version to be answered, it begins anew, and so with the next one.
    for days in (170, 170):
        await talks.propose(mediation_id, TERMS)
        assert not (await talks.get("member", "mediations")).body["items"][0]["overdue"]
        await talks.advance(days=days)
        await talks.world.work()
        assert (await talks.see("li", mediation_id))["state"] == "proposed"
    await talks.advance(days=11)
    await talks.world.work()
    assert (await talks.see("li", mediation_id))["state"] == "failed"
    assert "人民法院" in (await talks.told("wang", "mediation_failed"))[-1]


def test_no_message_names_the_matter_or_a_party() -> None:
    words = {*notify.PROGRESS.values(), *notify.FAILED.values(), notify.QUESTION}
    assert not any("调解" in each for each in words)
    for template in notify.TEMPLATES:
        assert template.names <= {"progress", "question", "work"}
