"""Limits of late charges: what bears none, how many at once, and that each is billed once.

Li owes 51.18 yuan for each of two months, due on 1 April 2026. Today is 2 March 2026, and 1 May
after sixty days: 29 days are late then.
"""

import asyncio
from typing import Any

import pytest

from services.late_charges import actions, jobs, store
from services.late_charges.models import LateFees
from tests.build.cast import COMPOUND, LI_HOME, UNIT, Estate
from tests.build.homes import get, newcomer, post, told
from tests.build.late_charges import charged, decide, propose, propose_rule, ruled
from tests.build.payments import paid
from tests.handlers.test_own_interests import live_at_lis

pytestmark = [
    pytest.mark.billed("2026-01", "2026-02"),
    pytest.mark.usefixtures("books_hold"),
]
LAST, BUYER = "2026-04-30", "13900000040"


async def late(estate: Estate, who: str = "li") -> list[int]:
    """Return what each late bill of somebody comes to so far, in fen."""
    reply = await get(estate, who, "me/late-charges")
    assert reply.status == 200, reply.body
    return [item["amount_fen"] for item in reply.body["items"]]


async def billed(estate: Estate) -> list[dict[str, Any]]:
    """Return the late charges that Li owes."""
    return [b for b in await estate.bills("li") if b["kind"] == "late_fee"]


async def void(estate: Estate, months: str) -> None:
    """Void all late charges of Li's."""
    for each in await billed(estate):
        body = {"reason": "协商不收", "months": months}
        done = await post(estate, "staff", f"bills/{each['bill_id']}/void", body)
        assert done.status == 200, done.body


async def test_a_rule_that_nobody_approved_counts_nothing(estate: Estate) -> None:
    assert (await propose_rule(estate)).status == 201
    await estate.advance(days=60)
    assert await late(estate) == []


async def test_it_begins_so_many_days_after_the_due_day(estate: Estate) -> None:
    await ruled(estate, after_days=11)
    await estate.advance(days=60)
    assert await late(estate) == [49, 49]  # 19 days


async def test_what_is_paid_on_its_last_day_bears_none(estate: Estate) -> None:
    await ruled(estate)
    await estate.advance(days=30)  # the due day
    await paid(estate, await estate.member("li"), (await estate.bill_ids("li"))[:1])
    await estate.advance(days=30)
    assert await late(estate) == [74]


@pytest.mark.parametrize(
    ("change", "left"),
    [({"account": "other"}, [74]), ({"kind": "service_fee"}, [74]), ({"payee": "x"}, [74, 74])],
)
async def test_a_rule_is_of_its_account_and_kinds(
    estate: Estate, change: dict[str, str], left: list[int]
) -> None:
    await ruled(estate)
    await estate.advance(days=60)
    [first, _] = await estate.bill_ids("li")
    found = estate.world.db.bills
    kept = await found.find_one_and_update({"_id": first}, {"$set": change})
    assert await late(estate) == left
    await found.replace_one({"_id": first}, kept)


async def test_a_batch_is_of_one_account(estate: Estate) -> None:
    """Of another account that has a rule too nothing is in it."""
    await ruled(estate)
    await estate.advance(days=60)
    made = await estate.world.db.late_charge_rules.find_one({})
    assert made is not None
    other = {**made, "_id": "other", "account": "other", "slots": ["other|property_fee|x"]}
    await estate.world.db.late_charge_rules.insert_one(other)
    [first, _] = await estate.bill_ids("li")
    await estate.world.db.bills.update_one({"_id": first}, {"$set": {"account": "other"}})
    assert await late(estate) == [74, 74]
    assert (await propose(estate, to_day=LAST, place=LI_HOME)).body["amount_fen"] == 74


async def test_the_pause_of_another_firm_stops_nothing(estate: Estate) -> None:
    await ruled(estate)
    body = {"kind": "dispute", "reason": "正在核对"}
    made = await post(estate, "staff", f"places/{LI_HOME}/demand-pauses", body)
    await estate.advance(days=60)
    assert await late(estate) == []
    pause = {"_id": made.body["pause_id"]}
    await estate.world.db.demand_pauses.update_one(pause, {"$set": {"firm": "another"}})
    assert await late(estate) == [74, 74]


async def test_a_pause_that_is_lifted_stops_until_the_day_before(estate: Estate) -> None:
    await ruled(estate)
    body = {"kind": "dispute", "reason": "正在核对", "until": "2027-04-01"}
    made = await post(estate, "staff", f"places/{LI_HOME}/demand-pauses", body)
    await estate.advance(days=59)
    lift = await post(estate, "staff", f"demand-pauses/{made.body['pause_id']}/lift")
    assert lift.status == 200, lift.body
    await estate.advance(days=1)
    shown = await get(estate, "li", "me/late-charges")
    assert [(i["first"], i["last"]) for i in shown.body["items"]] == [(LAST, LAST)] * 2


@pytest.mark.parametrize(("months", "again"), [("forgiven", []), ("open", [49, 49])])
async def test_days_of_a_voided_charge_are_over_unless_opened_again(
    estate: Estate, months: str, again: list[int]
) -> None:
    await ruled(estate)
    await estate.advance(days=50)
    await charged(estate, "2026-04-20")
    assert await late(estate) == []
    await void(estate, months)
    assert await late(estate) == again
    await estate.advance(days=10)
    assert await late(estate) == ([26, 26] if months == "forgiven" else [74, 74])


@pytest.mark.parametrize(("name", "most"), [("MOST_HOMES", 2), ("MOST_LINES", 5)])
async def test_more_than_fit_are_charged_building_by_building(
    estate: Estate, monkeypatch: pytest.MonkeyPatch, name: str, most: int
) -> None:
    await ruled(estate)
    await estate.advance(days=60)
    monkeypatch.setattr(actions, name, most)
    refused = await propose(estate, to_day=LAST)
    assert (refused.status, refused.code) == (413, "too_large"), refused.body
    assert (await propose(estate, to_day=LAST, place=LI_HOME)).status == 201


async def test_many_lines_are_billed_some_at_a_time_and_told_once(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "LINES_AT_ONCE", 2)
    monkeypatch.setattr(actions, "HOMES_AT_ONCE", 1)
    await estate.member("li")
    await ruled(estate)
    await estate.advance(days=60)
    await charged(estate, LAST)
    for who in ("li", "wang"):
        assert [b["kind"] for b in await estate.bills(who)].count("late_fee") == 2
    assert len(await told(estate.world, await estate.member("li"), "bill_issued")) == 1


async def test_two_workers_at_once_bill_each_line_once(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "LINES_AT_ONCE", 2)
    await ruled(estate)
    await estate.advance(days=60)
    fees_id = (await propose(estate, to_day=LAST)).body["late_fees_id"]
    deps, payload = estate.world.deps, {"fees": fees_id}
    charges, news = {"kind": "late_fee"}, {"key": f"{fees_id}:0"}
    await jobs.step(deps, payload)
    assert await estate.world.db.bills.count_documents(charges) == 0  # nobody approved it
    await decide(estate, fees_id)
    find, both = store.find, asyncio.Barrier(2)

    async def together(*asked: Any, **how: Any) -> LateFees | None:
        found = await find(*asked, **how)
        await both.wait()
        return found

    with monkeypatch.context() as patch:
        patch.setattr(store, "find", together)
        await asyncio.gather(*(jobs.step(deps, payload) for _ in range(2)))
    assert await estate.world.db.bills.count_documents(charges) == 2
    assert await estate.world.db.broadcasts.count_documents(news) == 0
    await estate.world.work()
    await jobs.step(deps, payload)
    assert await estate.world.db.bills.count_documents(charges) == 6
    assert await estate.world.db.broadcasts.count_documents(news) == 1
    [found] = (await get(estate, "staff", f"places/{COMPOUND}/late-charges")).body["items"]
    assert (found["state"], found["dropped"]) == ("billed", 0)


async def test_who_proposed_it_takes_it_back_and_nothing_is_billed(estate: Estate) -> None:
    await ruled(estate)
    await estate.advance(days=60)
    fees_id = (await propose(estate, to_day=LAST)).body["late_fees_id"]
    back = await decide(estate, fees_id, "staff", approve=False)
    assert (back.status, back.body["state"]) == (200, "refused")
    await estate.world.work()
    assert await billed(estate) == []
    assert (await propose(estate, to_day=LAST)).status == 201


@pytest.mark.parametrize(
    "spared", [{}, {"left_out": [LI_HOME], "left_out_because": "生病住院,不收"}]
)
async def test_ones_own_home_is_charged_and_left_out_by_others(
    estate: Estate, spared: dict[str, Any]
) -> None:
    """Also among others, and where one lived when the bill was made."""
    await ruled(estate)
    await estate.advance(days=60)
    await live_at_lis(estate, "staff")
    moved = {"to_day": "2026-01-31", "ended_at": estate.world.clock.now}
    await estate.world.db.residencies.update_one({"_id": "r9-office"}, {"$set": moved})
    own = await propose(estate, to_day=LAST, place=UNIT, **spared)
    assert (own.status, own.code) == (403, "own_home")
    other = await propose(estate, "admin", to_day=LAST, place=COMPOUND, **spared)
    assert other.status == 201, other.body
    for approve in (True, False):
        decided = await decide(estate, other.body["late_fees_id"], "staff", approve=approve)
        assert (decided.status, decided.code) == (403, "own_home")


async def test_a_payment_while_a_charge_is_billed_changes_no_day_before_it(
    estate: Estate,
) -> None:
    await ruled(estate)
    await estate.advance(days=60)
    bills = await estate.bill_ids("li")
    fees_id = (await propose(estate, to_day=LAST)).body["late_fees_id"]
    assert (await decide(estate, fees_id)).status == 200
    deps = estate.world.deps
    await asyncio.gather(
        jobs.step(deps, {"fees": fees_id}), paid(estate, await estate.member("li"), bills)
    )
    await estate.world.work()
    assert sorted(bill["amount_fen"] for bill in await billed(estate)) == [74, 74]
    assert await late(estate) == []


async def test_who_sold_the_home_is_charged_and_who_bought_it_sees_nothing(
    estate: Estate,
) -> None:
    await ruled(estate)
    await estate.member("li")
    await newcomer(estate, "buyer", BUYER)
    wish = {"name": "赵强", "phone": BUYER, "day": "2026-03-02", "reason": "已过户"}
    assert (await post(estate, "staff", f"homes/{LI_HOME}/transfer", **wish)).status == 201
    await estate.advance(days=60)
    estate.members["buyer"] = await estate.world.sign_in("buyer", BUYER)
    assert await late(estate) == [74, 74]
    assert await late(estate, "buyer") == []
    await charged(estate, LAST)
    assert len(await billed(estate)) == 2
    assert (await get(estate, "buyer", "me/bills")).body["items"] == []
