"""Payees over HTTP: who is paid for what, and that no money goes anywhere else.

The cast is paid by two payees of the community without a firm: 安居物业 for property, into the
account `firm`, and 环卫中心 for waste, into the account `sanitation`.
"""

import asyncio
import itertools
from typing import Any

import pytest

from services.fees.models import FeeKind
from services.fees.payees import store
from services.kernel.days import plus_days
from services.kernel.permissions import Role
from tests.build.cast import (
    COMMUNITY,
    COMPOUND,
    OTHER_COMPOUND,
    UNIT,
    Estate,
    appoint,
    payee_of,
)
from tests.build.homes import acts
from tests.build.late_reads import one_behind
from tests.build.offices import firm_at
from tests.build.payments import paid
from tests.build.sign_ins import Member
from tests.build.world import Api, Reply, World
from tests.handlers.test_fees import run_to

pytestmark = pytest.mark.slow

PROPERTY, WASTE = payee_of(FeeKind.PROPERTY_FEE), payee_of(FeeKind.WASTE_FEE)
RULE = {"kind": "property_fee", "price": 7000, "start_day": "2026-03-01", "due_days": 30}


async def write(api: Api, who: Member, place: str = COMPOUND, **change: Any) -> Reply:
    wish = {
        "name": "环卫中心",
        "account": "sanitation",
        "kinds": ["waste_fee"],
        "from_day": "2026-03-01",
        **change,
    }
    return await api.post(f"/api/v1/places/{place}/payees", wish, as_=who)


async def rule(api: Api, who: Member, payee: str, **change: Any) -> Reply:
    wish = {**RULE, "payee_id": payee, **change}
    return await api.post(f"/api/v1/places/{UNIT}/fee-rules", wish, as_=who)


async def end(api: Api, who: Member, payee: str, last_day: str) -> Reply:
    return await api.post(f"/api/v1/payees/{payee}/end", {"last_day": last_day}, as_=who)


async def without_payees(world: World) -> None:
    """Let there be no payee, as before there were any; rules hold an account and a name."""
    await world.db.payees.delete_many({})
    await world.db.fee_rules.update_many({}, {"$unset": {"payee": ""}})


async def test_payees_are_listed_for_who_sets_prices(estate: Estate, staff: Member) -> None:
    reply = await estate.world.api.get(f"/api/v1/places/{UNIT}/payees", as_=staff)
    assert {p["payee_id"]: p["name"] for p in reply.body["items"]} == {
        PROPERTY: "安居物业",
        WASTE: "环卫中心",
    }
    head = await estate.member("head")
    path = f"/api/v1/places/{UNIT}/payees"
    assert (await estate.world.api.get(path, as_=head)).status == 403


async def test_who_sets_prices_does_not_say_where_money_goes(
    api: Api, staff: Member, admin: Member
) -> None:
    assert (await write(api, staff)).status == 403
    assert (await end(api, staff, WASTE, "2026-12-31")).status == 403
    made = await write(api, admin)
    assert (made.status, made.body["place"]) == (201, COMPOUND)
    again = await write(api, admin)
    assert (again.status, again.body) == (201, made.body)


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"account": "nobody"}, 422, "unknown_account"),
        ({"name": "安居物业"}, 409, "payee_account_taken"),
        ({"kinds": ["property_fee"]}, 409, "payee_account_taken"),
        ({"kinds": ["property_fee", "waste_fee"]}, 409, "payee_account_taken"),
        ({"firm_id": "nobody"}, 404, "not_found"),
        ({"to_day": "2026-02-28"}, 422, "bad_payee"),
        ({"from_day": "2026-02-30"}, 422, "invalid_input"),
        ({"kinds": []}, 422, "invalid_input"),
    ],
)
async def test_an_account_belongs_to_one_payee(
    api: Api, admin: Member, change: dict[str, Any], status: int, code: str
) -> None:
    reply = await write(api, admin, **change)
    assert (reply.status, reply.code) == (status, code)


async def test_of_two_names_for_one_account_at_once_the_first_counts(
    world: World, admin: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both look before either writes, and the audit chains the acts of each by themselves."""
    await world.db.payees.delete_many({})
    await appoint(world.deps, Role.ADMINISTRATOR, "cc", "13900000080")
    second = await world.sign_in("second", "13900000080")
    read, together, looks = store.of_account, asyncio.Barrier(2), itertools.count()

    async def look_together(*arguments: Any) -> Any:
        found = await read(*arguments)
        if next(looks) < together.parties:
            await together.wait()
        return found

    monkeypatch.setattr(store, "of_account", look_together)
    replies = await asyncio.gather(
        write(world.api, admin, COMPOUND, name="环卫中心"),
        write(world.api, second, OTHER_COMPOUND, name="另一家"),
    )
    assert sorted(reply.status for reply in replies) == [201, 409]
    assert await world.db.payees.count_documents({}) == 1


@pytest.mark.parametrize("from_day", ["2026-03-01", "2026-03-02"])
async def test_a_wrong_name_that_never_charged_makes_room_for_the_right_one(
    world: World, admin: Member, from_day: str
) -> None:
    await world.db.payees.delete_many({})
    slip = await write(world.api, admin, name="环卫中新")
    assert (await write(world.api, admin)).code == "payee_account_taken"
    assert (await end(world.api, admin, slip.body["payee_id"], "2026-02-28")).status == 200
    right = await write(world.api, admin, from_day=from_day)
    assert (right.status, right.body["name"]) == (201, "环卫中心")
    again = await write(world.api, admin, from_day=from_day)
    assert (again.status, again.body) == (201, right.body)
    assert await world.db.payees.count_documents({}) == 2
    assert (await write(world.api, admin, name="另一家")).code == "payee_account_taken"


async def test_a_payee_that_is_owed_something_keeps_its_account(
    world: World, estate: Estate, staff: Member, admin: Member
) -> None:
    """Also when it is ended before its first day: its bills are still to be paid."""
    begin = "2026-01-01"
    change = {"from_day": begin, "charged": False}  # as one that was written today
    await world.db.payees.update_one({"_id": WASTE}, {"$set": change})
    await run_to(world, staff, "publish")
    assert (await end(world.api, admin, WASTE, plus_days(begin, -1))).status == 200
    taken = await write(world.api, admin, OTHER_COMPOUND, name="另一家")
    assert (taken.status, taken.code) == (409, "payee_account_taken")
    li = await estate.member("li")
    assert await paid(estate, li, await estate.bill_ids("li", "waste_fee"))


async def test_a_payee_stands_once_at_a_place_on_a_day(api: Api, admin: Member) -> None:
    assert (await write(api, admin, to_day="2026-06-30")).status == 201
    overlaps = await write(api, admin, from_day="2026-06-30")
    assert (overlaps.status, overlaps.code) == (409, "payee_exists")
    assert (await write(api, admin, from_day="2026-07-01")).status == 201
    for place in (UNIT, f"{COMPOUND}.b3"):
        reply = await write(api, admin, place)
        assert (reply.status, reply.code) == (422, "bad_payee")


async def test_a_rule_names_who_may_charge_this_fee_here(
    api: Api, staff: Member, admin: Member
) -> None:
    other = (await write(api, admin, OTHER_COMPOUND)).body["payee_id"]
    for payee in ("nobody", other):
        reply = await rule(api, staff, payee, kind="waste_fee")
        assert (reply.status, reply.code) == (422, "unknown_payee")
    reply = await rule(api, staff, WASTE)
    assert (reply.status, reply.code) == (422, "payee_may_not_charge")
    assert reply.body["details"] == {"because": "kind", "day": "2026-03-01"}
    early = await rule(api, staff, PROPERTY, start_day="2024-12-31")
    assert early.body["details"] == {"because": "days", "day": "2024-12-31"}
    made = await rule(api, staff, PROPERTY)
    assert made.status == 201
    taken = {name: made.body[name] for name in ("payee_id", "account", "payee_name")}
    assert taken == {"payee_id": PROPERTY, "account": "firm", "payee_name": "安居物业"}


async def test_a_firm_is_a_payee_while_its_contract_holds(
    world: World, staff: Member, admin: Member
) -> None:
    await world.db.payees.delete_one({"_id": PROPERTY})
    firm = await firm_at(world, COMPOUND, to_day="2026-11-25")
    wish = {"name": "安居物业", "account": "firm", "kinds": ["property_fee"], "firm_id": firm}
    wrong = await write(world.api, admin, COMMUNITY, **wish)
    assert (wrong.status, wrong.code) == (422, "bad_payee")
    other = await write(world.api, admin, **{**wish, "name": "别的名字"})
    assert (other.status, other.code) == (422, "bad_payee")
    made = await write(world.api, admin, **wish, from_day="2026-01-01")
    assert made.status == 201, made.body
    payee = made.body["payee_id"]
    late = await rule(world.api, staff, payee, start_day="2026-11-26")
    assert late.body["details"] == {"because": "contract", "day": "2026-11-26"}
    assert (await rule(world.api, staff, payee)).status == 201


async def test_a_payee_ends_earlier_and_never_later(
    api: Api, staff: Member, admin: Member
) -> None:
    assert (await end(api, admin, "nobody", "2026-06-30")).status == 404
    for last, status in (("2026-06-30", 200), ("2026-06-30", 200), ("2026-07-01", 409)):
        assert (await end(api, admin, WASTE, last)).status == status
    reply = await rule(api, staff, WASTE, kind="waste_fee", start_day="2026-07-01")
    assert reply.body["details"]["because"] == "days"


async def test_the_same_end_sent_often_at_once_is_one_end(api: Api, admin: Member) -> None:
    ends = (end(api, admin, WASTE, "2026-06-30") for _ in range(4))
    replies = await asyncio.gather(*ends)
    assert [reply.status for reply in replies] == [200] * 4


async def test_the_same_end_that_is_read_late_is_the_same(world: World, admin: Member) -> None:
    ends = [end(world.api, admin, WASTE, "2026-06-30") for _ in range(2)]
    replies = await one_behind(world.deps, *ends)
    assert [reply.status for reply in replies] == [200, 200]
    assert replies[0].body == replies[1].body
    rows = await acts(world, "fee.payee_ended")
    assert sorted(row["facts"].get("again", False) for row in rows) == [False, True]


async def test_a_later_end_that_is_read_late_is_told_the_day(
    world: World, admin: Member
) -> None:
    ends = [end(world.api, admin, WASTE, day) for day in ("2026-06-30", "2026-07-31")]
    _, lost = await one_behind(world.deps, *ends)
    assert (lost.status, lost.code) == (409, "payee_ended")
    assert lost.body["details"] == {"to_day": "2026-06-30"}


async def test_the_same_payee_that_is_read_late_is_the_same(
    world: World, admin: Member
) -> None:
    written = [write(world.api, admin) for _ in range(2)]
    won, lost = await one_behind(world.deps, *written)
    assert (won.status, lost.status) == (201, 201), lost.body
    assert won.body == lost.body


async def test_an_old_rule_is_its_namesakes_and_without_one_bills_nothing(
    world: World, staff: Member, admin: Member
) -> None:
    """Rules from before there were payees hold an account and a name."""
    await without_payees(world)
    path = f"/api/v1/places/{COMPOUND}/fee-rules"
    found = (await world.api.get(path, as_=staff)).body["items"]
    assert [rule["payee_id"] for rule in found] == [None, None]
    run = await started(world, staff)
    assert (run["totals"], run["skip_reasons"]) == ([], {"no_payee": 6})
    made = await write(world.api, admin, from_day="2025-01-01")
    found = (await world.api.get(path, as_=staff)).body["items"]
    assert {r["kind"]: r["payee_id"] for r in found} == {
        "property_fee": None,
        "waste_fee": made.body["payee_id"],
    }
    everywhere = await world.api.get(f"/api/v1/places/{COMMUNITY}/fee-rules", as_=staff)
    of_next = [r["payee_id"] for r in everywhere.body["items"] if r["place"] == OTHER_COMPOUND]
    assert of_next == [None, None]
    run = await started(world, staff)
    assert [t["account"] for t in run["totals"]] == ["sanitation"]
    assert run["skip_reasons"] == {"no_payee": 3}


async def started(world: World, staff: Member) -> dict[str, Any]:
    path = f"/api/v1/places/{COMPOUND}/bill-runs"
    reply = await world.api.post(path, {"period": "2026-03"}, as_=staff)
    assert reply.status == 202, reply.body
    await world.work()
    run = await world.api.get(f"/api/v1/bill-runs/{reply.body['run_id']}", as_=staff)
    return dict(run.body)


@pytest.mark.billed("2026-01")
async def test_both_fees_never_end_in_one_payment(
    world: World, estate: Estate, li: Member
) -> None:
    """Also where one payee takes both, or an old rule sent one into the other's account."""
    one = {"$set": {"account": "firm", "payee_name": "安居物业", "payee": ""}}
    await world.db.bills.update_many({"kind": "waste_fee"}, one)
    bills = [bill["bill_id"] for bill in await estate.bills("li")]
    reply = await world.api.post("/api/v1/payments", {"bill_ids": bills}, as_=li)
    assert (reply.status, reply.code) == (422, "different_fees")


@pytest.mark.billed("2026-01")
@pytest.mark.parametrize(
    "change",
    [
        {"account": "sanitation"},
        {"account": "sanitation", "payee": ""},  # as an old rule could have it
        {"payee": WASTE},
        {"payee": "", "payee_name": "另一家物业"},
    ],
)
async def test_a_bill_is_not_paid_to_somebody_elses_account(
    world: World, estate: Estate, li: Member, change: dict[str, str]
) -> None:
    [bill] = await estate.bill_ids("li")
    await world.db.bills.update_one({"_id": bill}, {"$set": change})
    reply = await world.api.post("/api/v1/payments", {"bill_ids": [bill]}, as_=li)
    assert (reply.status, reply.code) == (503, "payee_unavailable")
    assert await world.db.payments.count_documents({}) == 0


@pytest.mark.billed("2026-01")
async def test_the_receipt_names_the_payee_and_not_the_bills_copy(
    world: World, estate: Estate, li: Member
) -> None:
    """One that may charge no longer is still paid what it is owed."""
    admin = await estate.member("admin")
    assert (await end(world.api, admin, PROPERTY, "2025-12-31")).status == 200
    await world.db.bills.update_many({}, {"$set": {"payee_name": "写错的名字"}})
    payment = await paid(estate, li)
    receipt = await world.api.get(f"/api/v1/payments/{payment}/receipt", as_=li)
    assert receipt.body["payee_name"] == "安居物业"


@pytest.mark.billed("2026-01")
async def test_bills_from_before_there_were_payees_are_paid_as_they_say(
    world: World, estate: Estate, li: Member
) -> None:
    await without_payees(world)
    await world.db.bills.update_many({}, {"$unset": {"payee": ""}})
    payment = await paid(estate, li)
    receipt = await world.api.get(f"/api/v1/payments/{payment}/receipt", as_=li)
    assert receipt.body["payee_name"] == "安居物业"
