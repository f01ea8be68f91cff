"""Anonymous authors who hold an office: no rung that is stepped over tells who they are."""

from typing import Any, Final

import pytest

from services.feedback.kind import FEEDBACK
from services.residencies.models import Relation
from tests.build.cast import LI_HOME, PHONES, SUN_HOME, UNIT, WANG_HOME, homes, live_there
from tests.build.feedback import LADDER, Voices
from tests.build.sign_ins import Member

HOME: Final = f"{UNIT}.601"
WISH: Final = {"place": UNIT, "kind": "complaint", "text": "夜里吵", "anonymous": True}
BELOW: Final = ("head", "building", "grid", "manager")
SHARED: Final = [f"{UNIT}.{number}" for number in (602, 603, 604, 605)]


async def share(voices: Voices) -> None:
    """Let the unit be one that so many homes share that it is kept."""
    await homes(voices.world.deps, {HOME: 5000})
    await voices.households(*SHARED)


async def lives_here(voices: Voices, who: str) -> Member:
    """Let somebody on the ladder be an owner of the unit, too."""
    phone = LADDER[who][0] if who in LADDER else PHONES[who]
    await live_there(voices.world.deps, [(HOME, phone, Relation.OWNER)])
    known = voices.known if who in LADDER else voices.estate.members
    known[who] = await voices.world.sign_in(who, phone)
    return known[who]


async def file(voices: Voices, who: Member | str, **more: Any) -> str:
    await voices.world.deps.redis.flushdb()
    return await voices.file(who, **{**WISH, **more})


async def refused(voices: Voices, case_id: str) -> tuple[int, str, str]:
    """Return what the community reads when it would hand a case to the firm."""
    reply = await voices.post("staff", f"feedback/{case_id}/firm", reason="请物业处理")
    return reply.status, reply.code, reply.body["title"]


async def require_above(voices: Voices, case_id: str, *, but: str = "") -> None:
    """Assert that nobody below the community has a case: not by its address nor on a board."""
    for who in BELOW:
        if who != but:
            assert (await voices.get(who, f"feedback/{case_id}")).status == 404, who
        assert case_id not in await voices.ids(who), who
        assert not [text for text in await voices.told(who, "feedback") if "投诉" in text], who


@pytest.mark.parametrize("author", ["head", "building", "manager"])
async def test_it_goes_past_the_heads_as_others_may_wish_it_to(
    voices: Voices, author: str
) -> None:
    await share(voices)
    case_id = await file(voices, await lives_here(voices, author), place=HOME)
    wished = await file(voices, "li", straight=True)
    for each, own in ((case_id, author), (wished, "")):
        await require_above(voices, each, but=own)
        seen = await voices.see("staff", each)
        assert (seen["rung"], seen["lies_with_me"]) == ("community_staff", True)
        assert [row["rung"] for row in await voices.history("staff", each)] == ["社区"]
        back = await voices.post("staff", f"feedback/{each}/hand-back", reason="请单元长办理")
        assert (back.status, back.code) == (409, "feedback_no_rung_below")
    no_firm = await refused(voices, case_id)
    assert no_firm[:2] == (409, "feedback_no_firm")
    assert await refused(voices, wished) == no_firm
    about = await file(voices, "wang", about="firm_manager")
    for who in ("head", "building", "grid"):
        await voices.do(who, about, "hand-on", reason="请上级办理")
    assert await refused(voices, about) == no_firm  # whatever the cause


async def test_what_the_community_says_goes_to_the_subdistrict(voices: Voices) -> None:
    await share(voices)
    case_id = await file(voices, await lives_here(voices, "staff"), place=HOME)
    await require_above(voices, case_id)
    seen = await voices.see("subdistrict", case_id)
    assert (seen["rung"], seen["lies_with_me"]) == ("subdistrict_staff", True)
    usual = await file(voices, "li")
    assert (await voices.see("head", usual))["rung"] == "unit_head"


async def test_who_takes_an_office_later_is_not_stepped_over(voices: Voices) -> None:
    await share(voices)
    db = voices.world.db
    vacant = [LADDER["building"], LADDER["manager"]]
    for _, role, _ in vacant:
        await db.appointments.update_many({"role": role}, {"$set": {"person": None}})
    on, out = await file(voices, "li"), await file(voices, "wang", place=WANG_HOME)
    for author, (_, role, _) in zip(("li", "wang"), vacant, strict=True):
        person = (await voices.member(author)).person_id
        await db.appointments.update_many({"role": role}, {"$set": {"person": person}})
    await voices.do("head", on, "hand-on", reason="要整栋楼商量")
    assert (await voices.see("head", on))["rung"] == "building_head"
    took = await voices.post("li", f"feedback/{on}/take")
    assert took.status == 403  # nobody handles what they said
    await voices.do("head", out, "firm", reason="请物业处理")
    assert (await voices.see("head", out))["state"] == "with_firm"
    assert (await voices.post("wang", f"feedback/{out}/solve", text="好")).status == 403
    await voices.until((await voices.see("head", on))["due_at"])
    assert (await voices.see("head", on))["rung"] == "grid_head"
    assert await voices.told("li", "feedback_work") == []


async def test_by_name_it_goes_past_no_head(voices: Voices) -> None:
    reply = await voices.post("li", "feedback", **{**WISH, "anonymous": False}, straight=True)
    assert (reply.status, reply.code) == (422, "feedback_bad_anonymity")


async def test_nobody_looks_at_what_their_own_home_said(voices: Voices) -> None:
    await share(voices)
    named = await voices.file("li", place=LI_HOME)
    cases = [named, await file(voices, "li", straight=True), await file(voices, "sun")]

    async def looked(case_id: str) -> tuple[int, str, str]:
        wish = {"reason": "contact_resident"}
        reply = await voices.post("staff", f"feedback/{case_id}/author", **wish)
        return reply.status, reply.body.get("code", ""), str(reply.body.get("title"))

    assert [(await looked(each))[0] for each in cases] == [200, 200, 200]
    await live_there(voices.world.deps, [(LI_HOME, PHONES["staff"], Relation.FAMILY)])
    voices.estate.members["staff"] = await voices.world.sign_in("staff", PHONES["staff"])
    refusals = {await looked(each) for each in cases}
    assert refusals == {(403, "forbidden", FEEDBACK.forbidden)}
    other = await voices.file("sun", place=SUN_HOME)
    assert (await looked(other))[0] == 200
    reply = await voices.post("subdistrict", f"feedback/{cases[1]}/author", reason="legal_duty")
    assert reply.status == 200


async def test_what_the_community_writes_inside_stays_there(voices: Voices) -> None:
    await share(voices)
    cases = [await file(voices, "li"), await voices.file("li", place=UNIT)]
    for case_id in cases:
        await voices.do("head", case_id, "remarks", text="楼道看过了", internal=True)
        for who in BELOW[:3]:
            await voices.do(who, case_id, "hand-on", reason="请上级办理")
        await voices.do("staff", case_id, "remarks", text="已联系502李某", internal=True)
        wish = {"department": "区城管局 李科", "reason": "由城管处理"}
        await voices.do("staff", case_id, "department", **wish)

    async def read(who: str, case_id: str) -> tuple[list[str], str | None]:
        rows = await voices.history(who, case_id)
        inside = [row["remark"] for row in rows if row["internal"]]
        return inside, (await voices.see(who, case_id))["department"]

    whole = (["楼道看过了", "已联系502李某"], "区城管局 李科")
    for who in BELOW[:3]:
        assert await read(who, cases[0]) == (["楼道看过了"], None), who
        assert await read(who, cases[1]) == whole, who
    for who in ("staff", "subdistrict"):
        assert [await read(who, each) for each in cases] == [whole, whole]
    assert await read("li", cases[0]) == ([], None)
