"""Bills over HTTP: what residents owe, and the voiding of a bill."""

import asyncio
from typing import Any

import pytest

from services.bills import actions as bills_actions
from services.bills import own_money
from services.bills.balances import actions as balances
from services.bills.models import Bill, RunBillsQuery
from services.bills.runs import actions as runs
from services.bills.runs.models import StartBillRun
from services.dependencies import Transaction
from services.fees import actions as fees
from services.fees.models import FeeKind, FeeRulesQuery
from services.kernel import unions
from services.kernel.days import start_of
from services.kernel.errors import NotFound
from services.kernel.permissions import Actor, Grant, Role
from services.ledger import actions as ledger
from services.ledger.models import income, receivable
from tests.build import books
from tests.build.cast import COMPOUND, LI_HOME, OTHER_COMPOUND, STAFF, Estate, charge
from tests.build.offices import hire
from tests.build.sign_ins import Member
from tests.build.world import Reply, World

pytestmark = pytest.mark.billed("2026-01", "2026-02")

FORGIVEN = {"reason": "空置", "months": "forgiven"}
OPEN = {"reason": "面积有误", "months": "open"}
LI = Actor("li", "", (Grant(Role.RESIDENT, LI_HOME),))


async def void(world: World, bill_id: str, body: dict[str, str], who: Member) -> Reply:
    return await world.api.post(f"/api/v1/bills/{bill_id}/void", body, as_=who)


async def settle(world: World, bill_id: str) -> bool:
    async def pay(tx: Transaction) -> bool:
        at = world.deps.now()
        return bool(await balances.settle(world.deps, tx, {bill_id: 10**6}, "pay:1", at))

    return await world.deps.in_transaction(pay)


async def rerun(world: World) -> None:
    """Run January and February once more, and publish what is new."""
    for period in ("2026-01", "2026-02"):
        request = StartBillRun(period=period)
        run = await runs.start(world.deps, STAFF, COMPOUND, request)
        await world.work()
        await runs.publish(world.deps, STAFF, run.run_id)
        await world.work()


async def test_pages_hold_every_bill_once_and_the_total_is_of_all(
    world: World, li: Member
) -> None:
    found: list[dict[str, Any]] = []
    cursor = ""
    while cursor is not None:
        reply = await world.api.get(f"/api/v1/me/bills?limit=3&cursor={cursor}", as_=li)
        assert reply.body["owed"] == {"count": 4, "amount_fen": 2 * (5118 + 500)}
        found += reply.body["items"]
        cursor = reply.body["next_cursor"]
    assert [b["period"] for b in found] == ["2026-02", "2026-02", "2026-01", "2026-01"]
    assert len({b["bill_id"] for b in found}) == 4
    assert sum(b["amount_fen"] for b in found) == 2 * (5118 + 500)


async def test_a_bill_says_whom_it_pays_for_what_and_until_when(
    world: World, li: Member
) -> None:
    reply = await world.api.get("/api/v1/me/bills", as_=li)
    bill = next(b for b in reply.body["items"] if b["kind"] == "property_fee")
    assert bill["title"] == "2026年2月物业费"
    assert bill["address"] == "春光小区3栋2单元502室"
    assert bill["payee_name"] == "安居物业"
    assert bill["explanation"] == "85.30㎡ × 0.60元/㎡·月 × 1个月 = 51.18元"
    assert (bill["due_on"], bill["state"], bill["overdue"]) == ("2026-04-01", "owing", False)


async def test_overdue_begins_when_the_due_day_is_over_in_beijing(
    world: World, estate: Estate
) -> None:
    last_moment = start_of("2026-04-02") - world.clock.now
    await world.advance(seconds=last_moment.total_seconds() - 1)
    assert not any(b["overdue"] for b in await estate.bills("li"))
    await world.advance(seconds=1)
    assert all(b["overdue"] for b in await estate.bills("li"))


async def test_everybody_at_home_sees_its_bills_and_nobody_else(
    world: World, estate: Estate
) -> None:
    mine = {b["bill_id"] for b in await estate.bills("li")}
    assert {b["bill_id"] for b in await estate.bills("mei")} == mine
    for other in ("wang", "sun", "zhao"):
        assert mine.isdisjoint({b["bill_id"] for b in await estate.bills(other)})
    head = await estate.member("head")
    assert (await world.api.get("/api/v1/me/bills", as_=head)).status == 403
    assert (await world.api.get("/api/v1/me/bills", as_=None)).status == 401


async def test_who_moved_out_sees_nothing(world: World, estate: Estate) -> None:
    mei = await estate.member("mei")
    moved = {"$set": {"to_day": "2026-02-28"}}
    await world.deps.db.residencies.update_one({"_id": "r1-mei"}, moved)
    assert (await world.api.get("/api/v1/me/bills", as_=mei)).status == 403
    assert len(await estate.bills("li")) == 4


async def test_a_settled_bill_moves_to_the_paid_ones(world: World, estate: Estate) -> None:
    [bill_id, *_] = await estate.bill_ids("li")
    assert await settle(world, bill_id)
    assert not await settle(world, bill_id)
    assert bill_id not in await estate.bill_ids("li")
    [paid] = await estate.bills("li", "paid")
    assert (paid["bill_id"], paid["state"], paid["overdue"]) == (bill_id, "paid", False)


@pytest.mark.parametrize("state", ["draft", "void", "nonsense"])
async def test_drafts_and_void_bills_are_not_listed(
    world: World, li: Member, state: str
) -> None:
    assert (await world.api.get(f"/api/v1/me/bills?state={state}", as_=li)).status == 422


async def test_voiding_takes_the_debt_back_with_a_journal(
    world: World, estate: Estate, staff: Member
) -> None:
    [bill_id, *_] = await estate.bill_ids("li")
    before = await ledger.balance(world.deps, income("property_fee", COMPOUND))
    reply = await void(world, bill_id, FORGIVEN, staff)
    assert (reply.status, reply.body["state"]) == (200, "void")
    assert bill_id not in await estate.bill_ids("li")
    assert await ledger.balance(world.deps, receivable(bill_id)) == 0
    after = await ledger.balance(world.deps, income("property_fee", COMPOUND))
    assert after - before == 5118
    again = await void(world, bill_id, FORGIVEN, staff)
    assert (again.status, again.code) == (409, "bill_not_owing")


async def test_forgiven_months_are_not_billed_again(
    world: World, estate: Estate, staff: Member
) -> None:
    [bill_id, other] = await estate.bill_ids("li")
    await void(world, bill_id, FORGIVEN, staff)
    await rerun(world)
    assert await estate.bill_ids("li") == [other]


async def test_opened_months_are_billed_anew_as_often_as_needed(
    world: World, estate: Estate, staff: Member
) -> None:
    seen = set(await estate.bill_ids("li"))
    for area in (8000, 8100):
        place = {"$set": {"area": area}}
        await world.deps.db.places.update_one({"_id": LI_HOME}, place)
        for bill_id in await estate.bill_ids("li"):
            assert (await void(world, bill_id, OPEN, staff)).status == 200
        await rerun(world)
        bills = [b for b in await estate.bills("li") if b["kind"] == "property_fee"]
        assert [b["amount_fen"] for b in bills] == [area * 6 // 10] * 2
        assert seen.isdisjoint({b["bill_id"] for b in bills})
        seen |= {b["bill_id"] for b in bills}


async def test_only_who_runs_bills_here_may_void(
    world: World, estate: Estate, li: Member, staff: Member
) -> None:
    [bill_id, *_] = await estate.bill_ids("li")
    head = await estate.member("head")
    for nobody in (li, head):
        assert (await void(world, bill_id, OPEN, nobody)).status == 403
    stranger = await hire(
        world, Role.FIRM_MANAGER, OTHER_COMPOUND, name="manager", phone="13900000099"
    )
    missing = await void(world, "none", OPEN, staff)
    hidden = await void(world, bill_id, OPEN, stranger)
    assert (missing.status, hidden.status) == (404, 404)
    unreasoned = await void(world, bill_id, {**OPEN, "reason": ""}, staff)
    assert unreasoned.status == 422


async def test_of_a_payment_and_a_void_at_once_one_wins(
    world: World, estate: Estate, staff: Member
) -> None:
    bills = [b for name in ("li", "wang", "sun") for b in await estate.bills(name)]
    for bill in bills:
        bill_id = bill["bill_id"]
        settled, voided = await asyncio.gather(
            settle(world, bill_id), void(world, bill_id, OPEN, staff)
        )
        assert settled == (voided.status == 409)
        owed = 0 if voided.status == 200 else bill["amount_fen"]
        assert await ledger.balance(world.deps, receivable(bill_id)) == owed


@pytest.mark.usefixtures("estate")
async def test_a_draft_that_is_issued_while_it_is_voided_leaves_no_debt_in_the_sums(
    world: World, staff: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was read without the day on which it would be due."""
    run = await runs.start(world.deps, STAFF, COMPOUND, StartBillRun(period="2026-03"))
    await world.work()
    drafts = await runs.bills_of(world.deps, STAFF, run.run_id, RunBillsQuery())
    require = own_money.require

    async def publish_first(*about: Any) -> None:
        monkeypatch.setattr(own_money, "require", require)
        await require(*about)
        await runs.publish(world.deps, STAFF, run.run_id)
        await world.work()

    monkeypatch.setattr(own_money, "require", publish_first)
    assert (await void(world, drafts.items[0].bill_id, FORGIVEN, staff)).status == 200
    await books.check(world)


async def to_pay(world: World, ids: list[str]) -> list[Bill]:
    """Read bills as somebody does who pays them. Raises NotFound."""
    asked = bills_actions.part(ids)
    return bills_actions.access(LI, ids, (await unions.read(world.deps.db, [asked])).of(asked))


async def test_bills_to_pay_come_in_the_order_asked_for_each_once(
    world: World, estate: Estate
) -> None:
    ids = [b["bill_id"] for b in await estate.bills("li")][::-1]
    found = await to_pay(world, [*ids, ids[0]])
    assert [bill.id for bill in found] == ids


async def test_bills_of_others_drafts_and_unknown_ones_are_not_there_to_pay(
    world: World, estate: Estate
) -> None:
    mine = await estate.bill_ids("li")
    run = await runs.start(world.deps, STAFF, COMPOUND, StartBillRun(period="2026-03"))
    await world.work()
    drafts = await runs.bills_of(world.deps, STAFF, run.run_id, RunBillsQuery())
    hidden = [b.bill_id for b in drafts.items if b.home == LI_HOME]
    for ids in (await estate.bill_ids("wang"), hidden, ["none"]):
        assert ids
        with pytest.raises(NotFound):
            await to_pay(world, [*mine, *ids])


@pytest.mark.usefixtures("estate")
async def test_rules_written_twice_are_one(world: World) -> None:
    await charge(world.deps)
    found = await fees.listing(world.deps, STAFF, COMPOUND, FeeRulesQuery())
    assert sorted(rule.kind for rule in found.items) == sorted(FeeKind)
