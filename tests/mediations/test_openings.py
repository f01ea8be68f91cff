"""Openings of mediations: who may, for whom, and what they learn by it."""

from typing import Any, Final

from services.kernel.permissions import Role
from services.residencies.models import Relation
from tests.build.cast import (
    COMMUNITY,
    LI_HOME,
    SUN_HOME,
    UNIT,
    WANG_HOME,
    ZHAO_HOME,
    appoint,
    live_there,
)
from tests.build.homes import people_of
from tests.build.mediations import OFFICES, STORY, WITH_SHOP, WITH_WANG, Talks

WITH_SUN: Final = [{"name": "sun", "home": SUN_HOME}]

ELSEWHERE: Final = "cc.chaoyang.guilin.yongchang.c01.b1.u1.101"  # in another community


async def test_the_answer_is_the_same_whether_the_register_knows_anybody(talks: Talks) -> None:
    seen = []
    for name in ("wang", "王不在"):
        parties = [{"name": name, "home": WANG_HOME}]
        mediation_id = await talks.open(parties=parties)
        view = await talks.see("li", mediation_id)
        other = view["parties"][1]
        told = [other[field] for field in ("agreed", "answered_by", "phone", "address")]
        seen.append((view["state"], view["steps"], told))
    assert seen[0] == seen[1]
    assert len(await talks.told("wang", "mediation_question")) == 1


BAD: Final[tuple[tuple[str, dict[str, Any], int, str], ...]] = (
    ("li", {"parties": [{"name": "li", "home": LI_HOME}]}, 422, "mediation_bad_parties"),
    ("li", {"parties": [*WITH_WANG, *WITH_WANG]}, 422, "mediation_bad_parties"),
    ("li", {"home": WANG_HOME}, 404, "not_found"),
    ("li", {"parties": [{"name": "x", "home": ELSEWHERE}]}, 422, "mediation_bad_parties"),
    ("li", {"home": None, "parties": [*WITH_WANG, *WITH_SHOP]}, 404, "not_found"),
    ("head", {"home": None, "parties": WITH_WANG}, 422, "mediation_bad_parties"),
    ("head", {"home": None, "parties": WITH_SHOP}, 422, "mediation_bad_parties"),
    ("head", {"home": None, "parties": [*WITH_SHOP, *WITH_SUN]}, 404, "not_found"),
    ("li", {"parties": [{"name": "x", "home": f"{WANG_HOME}9"}]}, 404, "not_found"),
    ("li", {"parties": [{"name": "x", "home": UNIT}]}, 404, "not_found"),
)


async def test_who_may_not(talks: Talks) -> None:
    body = {"matter": "noise", "statement": STORY, "home": LI_HOME, "parties": WITH_WANG}
    for who, wish, status, code in BAD:
        reply = await talks.send("POST", who, "mediations", **(body | wish))
        assert (reply.status, reply.code) == (status, code), wish
    assert await talks.world.db.mediations.count_documents({}) == 0


async def test_an_office_opens_it_for_others_and_sees_no_more_of_it(talks: Talks) -> None:
    parties = [{"name": "li", "home": LI_HOME}, {"name": "zhao", "home": ZHAO_HOME}]
    await talks.member("zhao")
    mediation_id = await talks.open("head", home=None, parties=parties)
    assert (await talks.get("head", f"mediations/{mediation_id}")).status == 404
    assert (await talks.get("head", "me/mediations")).body["items"] == []
    assert [p["agreed"] for p in (await talks.see("li", mediation_id))["parties"]] == [None] * 2
    await talks.assign(mediation_id)
    assert (await talks.see("mediator", mediation_id))["note"] == STORY


async def test_the_history_tells_nobody_but_the_mediator_who_has_an_account(
    talks: Talks,
) -> None:
    """What the mediator noted at the door reads as what was said in the mini-program."""
    seen = []
    for name in ("wang", "王不在"):
        wish = {"parties": [{"name": name, "home": WANG_HOME}, *WITH_SHOP]}
        mediation_id = await talks.open(**wish)
        await talks.assign(mediation_id)
        view = await talks.see("mediator", mediation_id)
        others = [f"parties/{each['party_id']}" for each in view["parties"][1:]]
        if name == "wang":
            await talks.do("wang", mediation_id, "statement", verb="PUT", text="没有敲")
            await talks.do("wang", mediation_id, "answer", agree=True)
        else:
            await talks.do("mediator", mediation_id, f"{others[0]}/answer", agree=True)
        await talks.do("mediator", mediation_id, f"{others[1]}/answer", agree=True)
        sha256, leave = await talks.propose(mediation_id), f"{others[0]}/leave"
        no = {"sha256": sha256, "agree": False}
        if name == "wang":
            await talks.do("wang", mediation_id, "agreement/answer", **no)
            await talks.do("wang", mediation_id, "leave")
        else:
            await talks.do("mediator", mediation_id, f"{others[0]}/signature", **no)
            await talks.do("mediator", mediation_id, leave)
        read: dict[str, Any] = {}
        for who in ("li", "member", "mediator"):
            rows = (await talks.get(who, f"mediations/{mediation_id}/history")).body["items"]
            ways = {
                each["answered_by"] for each in (await talks.see(who, mediation_id))["parties"]
            }
            shown = [
                {k: v for k, v in row.items() if k != "at"}
                | {"event_id": row["event_id"].rpartition(":")[2]}
                for row in rows
            ]
            read[who] = (shown, ways)
        seen.append(read)
    for who in ("li", "member"):
        assert seen[0][who] == seen[1][who]
        assert seen[0][who][1] == {None}
    actions = [[row["action"] for row in each["mediator"][0]] for each in seen]
    assert ["note_consent" in each for each in actions] == [False, True]
    assert ["note_leave" in each for each in actions] == [False, True]


async def test_nobody_opens_by_office_what_is_of_their_home(talks: Talks) -> None:
    head = await talks.member("head")
    row = (await people_of(talks.world, LI_HOME))[0]
    own = {**row, "_id": "r9", "person": head.person_id, "phone_index": None}
    await talks.world.db.residencies.insert_one(own)
    parties = [{"name": "li", "home": LI_HOME}, *WITH_SHOP]
    wish = {"matter": "noise", "statement": STORY, "parties": parties}
    reply = await talks.send("POST", "head", "mediations", **wish)
    assert (reply.status, reply.code) == (403, "mediation_interest")


async def test_without_a_mediation_member_none_is_opened(talks: Talks) -> None:
    query = {"_id": talks.offices["member"]}
    await talks.world.db.appointments.update_one(query, {"$set": {"to_day": "2026-01-01"}})
    wish = {"matter": "noise", "statement": STORY, "home": LI_HOME, "parties": WITH_WANG}
    reply = await talks.send("POST", "li", "mediations", **wish)
    assert (reply.status, reply.code) == (409, "mediation_no_member")


async def test_without_a_member_who_has_no_interest_none_is_opened(talks: Talks) -> None:
    """Nobody could ever name a mediator. It counts: else it tells where the member lives."""
    member = await talks.member("member")
    phone = OFFICES["member"][0]
    await live_there(talks.world.deps, [(WANG_HOME, phone, Relation.FAMILY)])
    await talks.world.db.residencies.update_one(
        {"_id": f"r0-{phone}"}, {"$set": {"person": member.person_id}}
    )
    wish = {"matter": "noise", "statement": STORY, "home": LI_HOME, "parties": WITH_WANG}
    about = {"parties": WITH_SUN, "about": ["mediation_member"]}
    for more in ({}, about, about):
        reply = await talks.send("POST", "li", "mediations", **(wish | more))
        assert (reply.status, reply.code) == (409, "mediation_no_member")
    reply = await talks.send("POST", "li", "mediations", **wish)
    assert (reply.status, reply.code) == (409, "too_many_mediations")
    assert await talks.told("member", "mediation_work") == []
    # Another member has none, and is the one who is told.
    await appoint(talks.world.deps, Role.MEDIATION_MEMBER, COMMUNITY, "sun")
    await talks.member("sun")
    await talks.open("wang", home=WANG_HOME, parties=[{"name": "li", "home": LI_HOME}])
    assert len(await talks.told("sun", "mediation_work")) == 1
    assert await talks.told("member", "mediation_work") == []


async def test_nobody_opens_more_than_three_a_day_and_none_waits_for_ever(
    talks: Talks,
) -> None:
    first, *_ = [await talks.open() for _ in range(3)]
    wish = {"matter": "noise", "statement": STORY, "home": LI_HOME, "parties": WITH_WANG}
    reply = await talks.send("POST", "li", "mediations", **wish)
    assert (reply.status, reply.code) == (409, "too_many_mediations")
    await talks.advance(days=31)
    await talks.world.work()
    assert (await talks.see("li", first))["state"] == "declined"
