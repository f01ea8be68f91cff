"""Firms, their contracts, and what their people see while a contract holds."""

import asyncio
from typing import Any

import pytest

from services.kernel.permissions import FIRM_ROLES, Role
from tests.build.cast import COMMUNITY, COMPOUND, OTHER_COMPOUND, UNIT, Estate
from tests.build.homes import acts
from tests.build.late_reads import one_behind
from tests.build.offices import credit_code, firm_at, hire
from tests.build.sign_ins import Member
from tests.build.world import Reply

PHONE = "13900000066"
TODAY = "2026-03-02"


async def sign(estate: Estate, firm_id: str, who: str = "staff", **days: Any) -> Reply:
    wish = {"compound": COMPOUND, "from_day": TODAY, "to_day": "2027-03-01", **days}
    path = f"/api/v1/firms/{firm_id}/contracts"
    return await estate.world.api.post(path, wish, as_=await estate.member(who))


async def enter(estate: Estate, code: str = "") -> Reply:
    staff = await estate.member("staff")
    wish = {"name": "安居物业", "credit_code": code or credit_code(900)}
    return await estate.world.api.post("/api/v1/firms", wish, as_=staff)


async def contracts(estate: Estate, place: str = COMMUNITY) -> list[dict[str, Any]]:
    staff = await estate.member("staff")
    reply = await estate.world.api.get(f"/api/v1/places/{place}/contracts", as_=staff)
    assert reply.status == 200, reply.body
    return list(reply.body["items"])


async def end(estate: Estate, contract_id: str, last_day: str) -> Reply:
    staff = await estate.member("staff")
    path = f"/api/v1/contracts/{contract_id}/end"
    body = {"reason": "业主大会决定解聘", "last_day": last_day}
    return await estate.world.api.post(path, body, as_=staff)


async def sees(estate: Estate, who: Member, place: str = COMPOUND) -> int:
    """Ask for what every role of a firm may look at."""
    return (await estate.world.api.get(f"/api/v1/places/{place}", as_=who)).status


async def test_a_firm_is_entered_once_and_listed(estate: Estate) -> None:
    api, staff, admin = (
        estate.world.api,
        await estate.member("staff"),
        await estate.member("admin"),
    )
    made = await enter(estate, credit_code(900).lower())
    assert (made.status, made.body["credit_code"]) == (201, credit_code(900))
    again = await enter(estate)
    assert (again.status, again.code) == (409, "firm_exists")
    assert again.body["details"]["firm_id"] == made.body["firm_id"]
    for who in (staff, admin):
        listed = await api.get("/api/v1/firms", as_=who)
        assert listed.body["items"] == [made.body]
    assert len(await acts(estate.world, "firm.added")) == 1


async def test_of_a_firm_entered_twice_at_once_the_first_is_named(estate: Estate) -> None:
    await estate.member("staff")
    entered = (enter(estate) for _ in range(2))
    won, lost = await one_behind(estate.world.deps, *entered)
    assert (won.status, lost.status, lost.code) == (201, 409, "firm_exists")
    assert lost.body["details"] == {"firm_id": won.body["firm_id"]}


@pytest.mark.parametrize(
    "code", ["91220104MA0Y4XJ076", "91220104MA0Y4XJO75", "912201040000000010", "9" * 18]
)
async def test_a_mistyped_credit_code_is_found(estate: Estate, code: str) -> None:
    reply = await enter(estate, code)
    assert (reply.status, reply.code) == (422, "bad_credit_code")


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"from_day": "2026-04-01", "to_day": "2026-03-31"}, 422, "bad_term"),
        ({"from_day": "2026-01-01", "to_day": "2026-03-01"}, 422, "bad_term"),
        ({"from_day": "2026-02-30"}, 422, "invalid_input"),
        ({"compound": UNIT}, 404, "not_found"),
        ({"compound": COMMUNITY}, 404, "not_found"),
        ({"compound": "cc.chaoyang.guilin.other.c01"}, 404, "not_found"),
        ({"compound": f"{COMMUNITY}.c99"}, 404, "not_found"),
    ],
)
async def test_contracts_that_cannot_be(
    estate: Estate, change: dict[str, str], status: int, code: str
) -> None:
    firm = (await enter(estate)).body["firm_id"]
    reply = await sign(estate, firm, **change)
    assert (reply.status, reply.code) == (status, code)
    assert await contracts(estate) == []


async def test_only_who_manages_firms_does(estate: Estate) -> None:
    api, head, li = estate.world.api, await estate.member("head"), await estate.member("li")
    firm = await firm_at(estate.world, COMPOUND)
    manager = await hire(
        estate.world, Role.FIRM_MANAGER, COMPOUND, name="manager", phone=PHONE, firm=firm
    )
    [contract] = await contracts(estate)
    ending = {"reason": "x", "last_day": TODAY}
    for who in (head, li, manager):
        wish = {"name": "安居物业", "credit_code": credit_code(1)}
        path = f"/api/v1/contracts/{contract['contract_id']}/end"
        assert (await api.post("/api/v1/firms", wish, as_=who)).status == 403
        assert (await api.post(path, ending, as_=who)).status == 403
        assert (await api.get(f"/api/v1/places/{COMPOUND}/contracts", as_=who)).status == 403


async def test_another_compounds_contract_looks_missing(estate: Estate) -> None:
    api, admin = estate.world.api, await estate.member("admin")
    await firm_at(estate.world, COMPOUND)
    [contract] = await contracts(estate)
    wish = {"role": "community_staff", "place": OTHER_COMPOUND, "phone": "13900000088"}
    assert (await api.post("/api/v1/appointments", wish, as_=admin)).status == 201
    stranger = await estate.world.sign_in("stranger", "13900000088")
    path = f"/api/v1/contracts/{contract['contract_id']}/end"
    ending = {"reason": "x", "last_day": TODAY}
    assert (await api.post(path, ending, as_=stranger)).status == 404
    assert (await api.get(f"/api/v1/places/{COMPOUND}/contracts", as_=stranger)).status == 404
    listed = await api.get(f"/api/v1/places/{OTHER_COMPOUND}/contracts", as_=stranger)
    assert listed.body["items"] == []


async def test_a_compound_has_one_firm_at_a_time(estate: Estate) -> None:
    first = await firm_at(estate.world, COMPOUND, from_day="2026-01-01", to_day="2026-06-30")
    second = (await enter(estate)).body["firm_id"]
    for days in (
        {"from_day": "2026-06-30", "to_day": "2027-01-01"},
        {"from_day": "2025-06-30", "to_day": "2027-01-01"},
        {"from_day": "2026-04-01", "to_day": "2026-04-02"},
    ):
        reply = await sign(estate, second, **days)
        assert (reply.status, reply.code) == (409, "contract_overlaps")
        assert reply.body["details"] == {"from_day": "2026-01-01", "to_day": "2026-06-30"}
    assert (await sign(estate, second, from_day="2026-07-01")).status == 201
    assert (await sign(estate, second, compound=OTHER_COMPOUND)).status == 201
    served = {c["from_day"]: c["firm_id"] for c in await contracts(estate, COMPOUND)}
    assert served == {"2026-01-01": first, "2026-07-01": second}


async def test_of_contracts_signed_at_once_one_counts(estate: Estate) -> None:
    firm = (await enter(estate)).body["firm_id"]
    people = [await estate.member(name) for name in ("staff", "admin")] * 4
    replies = await asyncio.gather(*(sign(estate, firm, who.name) for who in people))
    assert sorted(reply.status for reply in replies) == [201] + [409] * 7
    assert len(await contracts(estate)) == 1
    assert len(await acts(estate.world, "firm.contract_signed")) == 1


async def test_the_community_reads_where_somebody_serves_and_for_which_firm(
    estate: Estate,
) -> None:
    await hire(estate.world, FIRM_ROLES[0], COMPOUND, name="person", phone=PHONE)
    staff = await estate.member("staff")
    reply = await estate.world.api.get("/api/v1/appointments", as_=staff)
    shown = {
        item["place"]: (item["address"], item["firm_name"])
        for item in reply.body["items"]
        if item["firm_id"] or item["place"] == UNIT
    }
    assert shown == {COMPOUND: ("春光小区", "安居物业"), UNIT: ("春光小区3栋2单元", None)}


@pytest.mark.parametrize("role", FIRM_ROLES)
async def test_a_contract_that_ends_ends_everything_on_the_next_request(
    estate: Estate, role: Role
) -> None:
    """In the middle of a session: the token stays good, what it opened does not."""
    person = await hire(estate.world, role, COMPOUND, name="person", phone=PHONE)
    api = estate.world.api
    assert [await sees(estate, person, p) for p in (COMPOUND, UNIT, OTHER_COMPOUND)] == [
        200,
        200,
        404,
    ]
    [contract] = await contracts(estate)
    assert (await end(estate, contract["contract_id"], "2026-03-01")).status == 200
    assert [await sees(estate, person, p) for p in (COMPOUND, UNIT)] == [403, 403]
    assert (await api.get("/api/v1/me", as_=person)).body["roles"] == []
    [mine] = (await api.get("/api/v1/me/appointments", as_=person)).body["items"]
    assert (mine["acting"], mine["role"]) == (False, role)
    assert len(await acts(estate.world, "firm.contract_ended")) == 1


async def test_the_next_firm_sees_the_compound_from_its_first_day(estate: Estate) -> None:
    world = estate.world
    old = await hire(world, Role.CASHIER, COMPOUND, name="old", phone=PHONE)
    [contract] = await contracts(estate)
    assert (await end(estate, contract["contract_id"], "2026-03-02")).status == 200
    firm = await firm_at(world, COMPOUND, name="新城物业", from_day="2026-03-03")
    new = await hire(world, Role.CASHIER, COMPOUND, name="new", phone="13900000067", firm=firm)
    assert (await sees(estate, old), await sees(estate, new)) == (200, 403)
    await world.advance(hours=12, minutes=1)  # past midnight in Beijing
    old, new = await world.sign_in("old"), await world.sign_in("new")
    assert (await sees(estate, old), await sees(estate, new)) == (403, 200)


async def test_a_contract_ends_by_itself_on_its_last_day(estate: Estate) -> None:
    world = estate.world
    firm = await firm_at(world, COMPOUND, to_day=TODAY)
    person = await hire(world, Role.REPAIRER, COMPOUND, name="person", phone=PHONE, firm=firm)
    assert await sees(estate, person) == 200
    await world.advance(hours=12, minutes=1)
    assert await sees(estate, await world.sign_in("person")) == 403


@pytest.mark.parametrize("last_day", ["2026-02-28", "2027-12-31", "2028-01-01"])
async def test_a_contract_ends_between_yesterday_and_what_was_agreed(
    estate: Estate, last_day: str
) -> None:
    await firm_at(estate.world, COMPOUND, to_day="2027-12-31")
    [contract] = await contracts(estate)
    reply = await end(estate, contract["contract_id"], last_day)
    assert (reply.status, reply.code) == (422, "bad_term")
    assert [c["to_day"] for c in await contracts(estate)] == ["2027-12-31"]


async def test_a_contract_ended_twice_at_once_keeps_one_of_the_days(estate: Estate) -> None:
    await firm_at(estate.world, COMPOUND)
    [contract] = await contracts(estate)
    days = ["2026-05-01", "2026-05-01"]
    replies = await asyncio.gather(*(end(estate, contract["contract_id"], d) for d in days))
    assert sorted(reply.status for reply in replies) == [200, 422]
    [kept] = await contracts(estate)
    assert (kept["to_day"], kept["agreed_to_day"]) == ("2026-05-01", "2027-12-31")
    assert len(await acts(estate.world, "firm.contract_ended")) == 1


async def test_a_firms_people_belong_to_a_firm_that_serves_there(estate: Estate) -> None:
    staff, api = await estate.member("staff"), estate.world.api
    elsewhere = await firm_at(estate.world, OTHER_COMPOUND)
    wish = {"role": "cashier", "place": COMPOUND, "phone": PHONE, "firm_id": elsewhere}
    reply = await api.post("/api/v1/appointments", wish, as_=staff)
    assert (reply.status, reply.code) == (409, "no_contract")


async def test_a_contract_that_never_began_is_in_nobodys_way(estate: Estate) -> None:
    firm_id = (await enter(estate)).body["firm_id"]
    wrong = await sign(estate, firm_id, from_day="2026-04-01")
    assert (await end(estate, wrong.body["contract_id"], TODAY)).status == 200
    assert (await sign(estate, firm_id, from_day="2026-01-01")).status == 201
    assert (await sign(estate, firm_id, from_day="2026-01-01")).code == "contract_overlaps"
