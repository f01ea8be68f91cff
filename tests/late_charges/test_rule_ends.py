"""Ends of rules, and the warnings that two people read: what is kept of them.

Li owes 51.18 yuan for each of two months, due on 1 April 2026. Today is 2 March 2026, and 1 May
after sixty days: 29 days are late then.
"""

import asyncio
from typing import Any

import pytest

from services.dependencies import Database, Transaction
from services.kernel.acts import Act
from services.late_charges import store as late_fees
from services.late_charges.rules import actions as rules
from services.late_charges.rules.models import LateRule
from tests.build.cast import COMPOUND, LI_HOME, Estate
from tests.build.deeds import send
from tests.build.homes import get, post
from tests.build.late_charges import (
    charged,
    decide,
    decide_rule,
    loan_set,
    propose,
    propose_rule,
    ruled,
)
from tests.build.world import Reply

pytestmark = [
    pytest.mark.billed("2026-01", "2026-02"),
    pytest.mark.usefixtures("books_hold"),
]
LAST = "2026-04-30"


async def end(estate: Estate, rule_id: str, day: str, who: str = "staff") -> Reply:
    return await post(estate, who, f"late-charge-rules/{rule_id}/end", end_day=day)


async def late(estate: Estate) -> int:
    """Return how many late bills of Li's bear a charge so far."""
    return len((await get(estate, "li", "me/late-charges")).body["items"])


async def facts(estate: Estate, act: Act) -> list[dict[str, Any]]:
    """Return the facts of the audit's rows of an act."""
    rows = await estate.world.db.audit.find({"act": act.value}).to_list()
    return [row["facts"] for row in rows]


async def test_an_end_that_was_typed_wrongly_is_set_anew(estate: Estate) -> None:
    rule_id = await ruled(estate)
    await estate.advance(days=60)
    for day, bearing in (("2025-12-31", 0), ("2026-01-31", 1), ("2026-12-31", 2)):
        done = await end(estate, rule_id, day)
        assert (done.status, done.body["state"], done.body["end_day"]) == (200, "ended", day)
        assert await late(estate) == bearing
    rows = await facts(estate, Act.LATE_RULE_ENDED)
    assert {row["end_day"] for row in rows} == {"2025-12-31", "2026-01-31", "2026-12-31"}


async def test_of_two_ends_at_once_one_counts(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule_id = await ruled(estate)
    assert (await end(estate, rule_id, "2026-05-31")).status == 200
    await estate.member("admin")
    access, both = rules.access, asyncio.Barrier(2)

    async def together(*asked: Any) -> LateRule:
        found = await access(*asked)
        await both.wait()
        return found

    monkeypatch.setattr(rules, "access", together)
    done = await asyncio.gather(
        end(estate, rule_id, "2026-06-30"), end(estate, rule_id, "2026-07-31", "admin")
    )
    assert sorted(each.status for each in done) == [200, 409]
    assert {each.code for each in done if each.status == 409} == {"late_rule_moved_on"}


async def test_a_bill_that_was_charged_keeps_its_rule_while_the_charge_stands(
    estate: Estate,
) -> None:
    rule_id = await ruled(estate)
    assert (await end(estate, rule_id, "2026-02-28")).status == 200
    await estate.advance(days=60)
    fees_id = (await propose(estate, to_day=LAST, place=LI_HOME)).body["late_fees_id"]
    assert (await decide(estate, fees_id)).status == 200
    for _ in ("approved", "billed"):  # before and after the worker
        refused = await end(estate, rule_id, "2026-01-31")
        assert (refused.status, refused.code) == (409, "late_rule_charged")
        await estate.world.work()
    assert (await end(estate, rule_id, "2026-12-31")).status == 200  # takes it from none
    [first, *rest] = [b for b in await estate.bills("li") if b["kind"] == "late_fee"]
    for each in (first, *rest):
        body = {"reason": "协商不收", "months": "forgiven"}
        path = f"bills/{each['bill_id']}/void"
        assert (await post(estate, "staff", path, body)).status == 200
    assert (await end(estate, rule_id, "2026-01-31")).status == 200


async def test_an_end_takes_no_charged_bill_from_another_rule(estate: Estate) -> None:
    """A rule that ended before it began held for none; the one of before was charged by."""
    await ruled(estate, start_day="2025-01-01")
    later = await ruled(estate, daily_rate=100)
    assert (await end(estate, later, "2025-12-31")).status == 200
    await estate.advance(days=60)
    await charged(estate, LAST, place=LI_HOME)
    refused = await end(estate, later, "2026-12-31")
    assert (refused.status, refused.code) == (409, "late_rule_charged")


async def test_a_rule_that_took_over_since_ends_whatever_was_charged_before_it(
    estate: Estate,
) -> None:
    await ruled(estate, start_day="2025-01-01")
    await estate.advance(days=60)
    await charged(estate, LAST, place=LI_HOME)
    later = await ruled(estate, daily_rate=100)
    assert (await end(estate, later, "2026-12-31")).status == 200


async def test_a_batch_that_is_approved_while_a_rule_ends_keeps_its_rule(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is approved and billed after the transaction of the end began to read."""
    rule_id = await ruled(estate)
    await estate.advance(days=60)
    fees_id = (await propose(estate, to_day=LAST)).body["late_fees_id"]
    hold_open = late_fees.hold_open

    async def late_hold(db: Database, tx: Transaction, *about: str) -> None:
        monkeypatch.undo()
        await late_fees.find(db, fees_id, tx=tx)
        assert (await decide(estate, fees_id)).status == 200
        await estate.world.work()
        await hold_open(db, tx, *about)

    monkeypatch.setattr(late_fees, "hold_open", late_hold)
    refused = await end(estate, rule_id, "2025-12-31")
    assert (refused.status, refused.code) == (409, "late_rule_charged")
    assert await estate.world.db.bills.count_documents({"kind": "late_fee"}) == 6


async def test_a_rule_that_nobody_approved_has_no_end(estate: Estate) -> None:
    rule_id = (await propose_rule(estate)).body["rule_id"]
    early = await end(estate, rule_id, "2026-12-31")
    assert (early.status, early.code) == (409, "late_rule_moved_on")


async def test_what_both_read_of_the_rate_is_kept_as_it_was_then(estate: Estate) -> None:
    rule_id = (await propose_rule(estate)).body["rule_id"]
    loan = await send(estate, await loan_set(estate), await estate.member("admin"))
    assert loan.status == 200
    done = await decide_rule(estate, rule_id)
    assert "还没有登记" in done.body["proposed_warning"]
    assert "1.3倍" in done.body["decided_warning"]
    await estate.world.db.loan_rates.update_one({}, {"$set": {"rate": 3000}})
    [shown] = (await get(estate, "staff", f"places/{COMPOUND}/late-charge-rules")).body["items"]
    assert shown["warning"] == ""
    for name in ("proposed_warning", "decided_warning"):
        assert shown[name] == done.body[name]
    [proposed] = await facts(estate, Act.LATE_RULE_PROPOSED)
    [approved] = await facts(estate, Act.LATE_RULE_APPROVED)
    assert proposed["warning_read"] == done.body["proposed_warning"]
    assert approved["warning_read"] == done.body["decided_warning"]


async def test_of_a_usual_rate_and_of_a_refusal_nothing_was_read(estate: Estate) -> None:
    refused = (await propose_rule(estate)).body["rule_id"]
    done = await decide_rule(estate, refused, approve=False)
    assert done.body["decided_warning"] == ""
    await send(estate, await loan_set(estate), await estate.member("admin"))
    usual = await propose_rule(estate, daily_rate=100)
    assert usual.body["proposed_warning"] == ""
