"""A complaint about who holds an office: it never comes to them, wherever they look."""

from typing import Any

from services.kernel.permissions import Role
from tests.build.cast import COMMUNITY, COMPOUND, NEXT_UNIT, UNIT, appoint
from tests.build.exports import exported, fetched
from tests.build.feedback import LADDER, Voices
from tests.build.offices import BUILDING

TEXT = "单元长态度不好"
READS = ("", "/history", "/photos")
STEPS: dict[str, dict[str, Any]] = {
    "take": {},
    "solve": {"text": "好"},
    "thanks": {"text": "好"},
    "question": {"reason": "谁说的?"},
    "hand-on": {"reason": "好"},
    "hand-back": {"reason": "好"},
    "firm": {"reason": "好"},
    "back": {"reason": "好"},
    "remarks": {"text": "好"},
    "additions": {"text": "好"},
    "withdraw": {"reason": "好"},
    "answer": {"solved": True},
    "reopen": {"reason": "好"},
}
OVERSEER: dict[str, dict[str, Any]] = {
    "department": {"department": "城管", "reason": "好"},
    "author": {"reason": "contact_resident"},
}


async def complain(voices: Voices, about: str, **more: Any) -> str:
    return await voices.file("li", kind="complaint", text=TEXT, about=about, **more)


async def unsigned(voices: Voices) -> None:
    """Let the unit head be somebody who has not signed in."""
    head = await voices.member("head")
    unbound = {"$set": {"person": None}}
    await voices.world.db.appointments.update_many({"person": head.person_id}, unbound)


async def require_hidden(voices: Voices, who: Any, case_id: str, **more: Any) -> None:
    """Assert that nothing of a case is there for somebody."""
    for path in READS:
        assert (await voices.get(who, f"feedback/{case_id}{path}")).status == 404, path
    for step, body in {**STEPS, **more}.items():
        reply = await voices.post(who, f"feedback/{case_id}/{step}", **body)
        assert reply.status == 404, (step, reply.body)
    for query in ("", "&scope=desk", "&q=态度", "&state=waiting", "&sort=newest"):
        assert await voices.ids(who, query) == []
    assert await voices.told(who, "feedback") == []
    member = await voices.member(who)
    made = await exported(voices.world, member, wish={"list": "feedback"})
    assert (await fetched(voices.world, made)).status == 200
    assert made["rows"] == 0


async def test_it_is_stepped_over_for_whom_it_is_about(voices: Voices) -> None:
    case_id = await complain(voices, "unit_head")
    seen = await voices.see("li", case_id)
    assert (seen["rung"], seen["about"]) == ("building_head", "unit_head")
    await require_hidden(voices, "head", case_id)
    back = await voices.post("building", f"feedback/{case_id}/hand-back", reason="不归我")
    assert (back.status, back.code) == (409, "feedback_no_rung_below")
    await voices.solve("building", case_id)
    await voices.do("li", case_id, "answer", solved=False)
    assert (await voices.see("li", case_id))["rung"] == "grid_head"
    await require_hidden(voices, "head", case_id)


async def test_on_the_way_up_as_well(voices: Voices) -> None:
    case_id = await complain(voices, "building_head")
    assert (await voices.see("li", case_id))["rung"] == "unit_head"
    await voices.do("head", case_id, "hand-on", reason="办不了")
    assert (await voices.see("li", case_id))["rung"] == "grid_head"
    await voices.do("grid", case_id, "hand-back", reason="请单元长再谈谈")
    await voices.until((await voices.see("li", case_id))["due_at"])
    assert (await voices.see("li", case_id))["rung"] == "grid_head"
    await require_hidden(voices, "building", case_id)


async def test_another_of_the_same_office_has_it(voices: Voices) -> None:
    second = await voices.substitute("unit_head", UNIT)
    case_id = await complain(voices, "unit_head")
    assert (await voices.see("li", case_id))["rung"] == "unit_head"
    await voices.do(second, case_id, "take")
    await require_hidden(voices, "head", case_id)
    other = await complain(voices, "unit_head", about_substitute=True)
    assert (await voices.get(second, f"feedback/{other}")).status == 404
    assert await voices.ids(second) == [case_id]
    assert await voices.ids("head") == [other]


async def test_neither_the_community_nor_the_firm_sees_what_is_about_them(
    voices: Voices,
) -> None:
    case_id = await complain(voices, "community_staff")
    await voices.do("head", case_id, "hand-on", reason="办不了")
    await voices.do("building", case_id, "hand-on", reason="办不了")
    await voices.do("grid", case_id, "hand-on", reason="办不了")
    assert (await voices.see("li", case_id))["rung"] == "subdistrict_staff"
    await require_hidden(voices, "staff", case_id, **OVERSEER)
    other = await complain(voices, "firm_manager")
    no_firm = await voices.post("head", f"feedback/{other}/firm", reason="请物业办理")
    assert (no_firm.status, no_firm.code) == (409, "feedback_no_firm")
    await require_hidden(voices, "manager", other)


async def test_who_has_not_signed_in_finds_nothing_later(voices: Voices) -> None:
    head, db = await voices.member("head"), voices.world.db
    await unsigned(voices)
    case_id = await complain(voices, "unit_head")
    bound = {"$set": {"person": head.person_id}}
    await db.appointments.update_many({"role": "unit_head"}, bound)
    await require_hidden(voices, "head", case_id)
    assert (await voices.see("li", case_id))["rung"] == "building_head"


async def test_nor_do_counts_tell_them(voices: Voices) -> None:
    case_id = await complain(voices, "community_staff")

    async def counted(who: Any) -> int:
        reply = await voices.get(who, f"today-counts?place={BUILDING}")
        return sum(each["total"] for each in reply.body["items"])

    assert (await counted("staff"), await counted("admin")) == (0, 1)
    office = [f"community_staff:{COMMUNITY}"]  # one of it has not signed in
    somebody = {"$set": {"about_people": [], "about_desks": office}}
    await voices.world.db.feedback.update_one({"_id": case_id}, somebody)
    assert (await counted("staff"), await counted("admin")) == (0, 1)


async def test_a_complaint_is_about_an_office_that_somebody_holds(voices: Voices) -> None:
    wrong: list[dict[str, Any]] = [
        {"kind": "suggestion", "about": "unit_head"},
        {"kind": "complaint", "about": "unit_head", "place": COMPOUND},
        {"kind": "complaint", "about": "unit_head", "about_substitute": True},
    ]
    for wish in wrong:
        reply = await voices.post("li", "feedback", **{"place": UNIT, "text": "吵", **wish})
        assert (reply.status, reply.code) == (422, "feedback_bad_about"), wish
    own = {"place": UNIT, "kind": "complaint", "text": "吵", "about": "unit_head"}
    reply = await voices.post("head", "feedback", **own, on_behalf_of="王秀兰")
    assert (reply.status, reply.code) == (422, "feedback_bad_about")


async def test_nor_does_who_stands_in_for_whoever_has_not_signed_in(voices: Voices) -> None:
    second = await voices.substitute("unit_head", UNIT)
    await unsigned(voices)
    case_id = await complain(voices, "unit_head")
    assert (await voices.see("li", case_id))["rung"] == "building_head"
    await require_hidden(voices, second, case_id)


async def test_it_is_stepped_over_for_whom_it_is_kept_from_by_another_office(
    voices: Voices,
) -> None:
    """Whoever finds it by no address is nobody with whom it could lie, on any rung."""
    both = await voices.substitute("unit_head", UNIT, LADDER["building"][0])
    await unsigned(voices)
    case_id = await complain(voices, "unit_head")
    assert (await voices.see("li", case_id))["rung"] == "grid_head"
    await require_hidden(voices, both, case_id)


async def test_it_is_kept_from_that_office_and_from_none_of_that_name_elsewhere(
    voices: Voices,
) -> None:
    await appoint(voices.world.deps, Role.UNIT_HEAD, NEXT_UNIT, LADDER["building"][0])
    await unsigned(voices)
    case_id = await complain(voices, "unit_head")
    assert (await voices.see("li", case_id))["rung"] == "building_head"
    assert await voices.ids("building", "&scope=desk") == [case_id]
    await voices.do("building", case_id, "take")


async def test_who_said_it_reads_it_in_that_office_and_it_steps_over_them(
    voices: Voices,
) -> None:
    """As over any other who holds it: a case that came to them would tell who said it."""
    await voices.households(*(f"{UNIT}.{number}" for number in range(601, 606)))
    await unsigned(voices)
    case_id = await complain(voices, "unit_head", anonymous=True)
    await voices.do("building", case_id, "hand-on", reason="请网格长办理")
    li = await voices.member("li")
    offices = {"role": {"$in": ["unit_head", "building_head"]}}
    bound = {"$set": {"person": li.person_id}}
    await voices.world.db.appointments.update_many(offices, bound)
    back = await voices.post("grid", f"feedback/{case_id}/hand-back", reason="请再谈谈")
    assert (back.status, back.code) == (409, "feedback_no_rung_below")
    assert (await voices.see("li", case_id))["is_mine"]


async def test_who_takes_that_office_later_is_told_nothing_more(voices: Voices) -> None:
    await unsigned(voices)
    case_id = await complain(voices, "unit_head")
    await voices.do("building", case_id, "take")
    building = await voices.member("building")
    bound = {"$set": {"person": building.person_id}}
    await voices.world.db.appointments.update_many({"role": "unit_head"}, bound)
    before = await voices.told("building", "feedback")
    await voices.do("li", case_id, "withdraw", reason="算了")
    assert await voices.told("building", "feedback") == before
    assert (await voices.get("building", f"feedback/{case_id}")).status == 404


async def test_of_an_office_in_which_somebody_has_not_signed_in_nobody_finds_it(
    voices: Voices,
) -> None:
    """Whom exactly it is about is not known yet: it is there for none of the office."""
    deps = voices.world.deps
    await appoint(deps, Role.COMMUNITY_STAFF, COMMUNITY, "13900000073")
    case_id = await complain(voices, "community_staff")
    later = await voices.world.sign_in("later", "13900000073")
    await require_hidden(voices, later, case_id, **OVERSEER)
    await appoint(deps, Role.COMMUNITY_STAFF, COMMUNITY, "li")
    assert (await voices.see("li", case_id))["is_mine"]
