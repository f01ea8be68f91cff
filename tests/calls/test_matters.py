"""Calls about requests for a home and about visits: whom, by whom, and how long."""

from tests.build.cast import LI_HOME, PHONES
from tests.build.homes import asked, newcomer
from tests.calls.conftest import LI_ROW, Calls

VISIT = {"home": LI_HOME, "purpose": "greeting", "day": "2026-03-09"}


async def test_who_asks_for_a_home_is_called_by_whom_it_waits_for(calls: Calls) -> None:
    """The head until they gave advice, then the community until it has decided."""
    await calls.works.member("head")
    chen = await newcomer(calls.estate, "chen", "13900000091")
    request = await asked(calls.estate, chen, LI_HOME, relation="family")
    call = await calls.asked("head", "home_request", request)
    assert (await calls.number(call)).body["phone"] == chen.phone
    for who in ("wang", "repairer"):
        assert (await calls.ask(who, "home_request", request)).status == 404
    advice = {"known": "yes", "reason": "老邻居"}
    reply = await calls.works.post("head", f"home-requests/{request}/advice", **advice)
    assert reply.status == 200, reply.body
    assert (await calls.number(call)).status == 403
    assert (await calls.ask("head", "home_request", request)).status == 403
    mine = await calls.asked("staff", "home_request", request)
    assert (await calls.number(mine, "staff")).body["phone"] == chen.phone
    decision = {"accept": True, "reason": "材料一致"}
    reply = await calls.works.post("staff", f"home-requests/{request}/decision", **decision)
    assert reply.status == 200, reply.body
    assert (await calls.number(mine, "staff")).status == 403


async def test_who_is_to_be_visited_is_called_by_whoever_goes(calls: Calls) -> None:
    """As long as the visit is planned, and as far as the person shows it to their heads."""
    planned = await calls.works.post("head", "visits", **VISIT)
    assert planned.status == 201, planned.body
    visit = planned.body["visit_id"]
    reply = await calls.ask("head", "visit", visit)
    assert (reply.status, reply.body["state"]) == (201, "asked")
    assert await calls.works.told("li", "call_asked")
    await calls.answer(reply.body["call_id"], "allow_once")
    assert (await calls.number(reply.body["call_id"])).body["phone"] == PHONES["li"]
    for who in ("staff", "wang"):
        assert (await calls.ask(who, "visit", visit)).status == 404
    # of a home that is let, those who live there
    tenant = await calls.works.member("wang")
    rows = calls.works.world.db.residencies
    kept = await rows.find_one({"_id": LI_ROW})
    assert kept is not None
    more = {"person": tenant.person_id, "relation": "tenant", "phone_index": None}
    await rows.insert_one({**kept, **more, "_id": "r9-tenant", "phone_sealed": None})
    assert (await calls.number(reply.body["call_id"])).status == 404
    again = await calls.asked("head", "visit", visit)
    row = await calls.works.world.db.calls.find_one({"_id": again})
    assert row is not None
    assert row["person"] == tenant.person_id
    await calls.works.post("head", f"visits/{visit}/cancel")
    assert (await calls.ask("head", "visit", visit)).status == 403


async def test_about_one_s_own_home_nobody_calls_by_office(calls: Calls) -> None:
    """Also not by what was asked before one lived there."""
    call = await calls.asked()
    await calls.answer(call, "allow_once")
    head = await calls.works.member("head")
    rows = calls.works.world.db.residencies
    kept = await rows.find_one({"_id": LI_ROW})
    assert kept is not None
    more = {"person": head.person_id, "relation": "tenant", "phone_index": None}
    await rows.insert_one({**kept, **more, "_id": "r9-head", "phone_sealed": None})
    for reply in (await calls.number(call), await calls.ask()):
        assert (reply.status, reply.code) == (403, "own_home")
