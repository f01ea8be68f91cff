"""Counts of a bill run: what it used and skipped, and the statistics of the same months."""

import pytest

from services.bills.runs import actions as runs
from services.bills.runs import store as runs_store
from services.bills.runs.models import StartBillRun
from services.fees import actions as fees
from services.fees.models import FeeKind, NewFeeRule
from services.places.models import Kind
from services.statistics import actions as statistics
from services.statistics.models import Span
from tests.build.cast import (
    COMPOUND,
    LI_HOME,
    NEXT_UNIT,
    STAFF,
    SUN_HOME,
    WANG_HOME,
    Estate,
    payee_of,
)
from tests.services.test_fees_runs import drain


async def test_what_was_billed_or_has_a_rule_is_used(estate: Estate) -> None:
    """No import may take it back any more."""
    world = estate.world
    rule = NewFeeRule(
        kind=FeeKind.WASTE_FEE,
        monthly_fen=600,
        start_day="2026-01-01",
        due_days=30,
        payee_id=payee_of(FeeKind.WASTE_FEE),
    )
    await world.db.places.update_many({}, {"$set": {"used": False}})
    await fees.add(world.deps, STAFF, NEXT_UNIT, rule)
    run = await runs.start(world.deps, STAFF, COMPOUND, StartBillRun(period="2026-03"))
    await drain(world.deps, run.run_id)
    used = {place["_id"] async for place in world.db.places.find({"used": True})}
    assert used == {COMPOUND, NEXT_UNIT, LI_HOME, WANG_HOME, SUN_HOME}


async def test_a_long_list_of_skipped_homes_is_cut_and_counted(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = estate.world
    monkeypatch.setattr(runs_store, "MAX_SKIPPED", 2)
    await world.db.places.update_many({"kind": Kind.HOME}, {"$set": {"area": None}})
    run = await runs.start(world.deps, STAFF, COMPOUND, StartBillRun(period="2026-03"))
    done = await drain(world.deps, run.run_id)
    assert (done.skips, len(done.skipped)) == (3, 2)


async def test_the_counts_of_a_run_equal_the_statistics(estate: Estate) -> None:
    deps = estate.world.deps
    run = await runs.start(deps, STAFF, COMPOUND, StartBillRun(period="2026-03"))
    await drain(deps, run.run_id)
    await runs.publish(deps, STAFF, run.run_id)
    done = await drain(deps, run.run_id)
    [counts] = (await statistics.counts_of(deps, COMPOUND, Span("2026-03"), 5)).values()
    assert counts.due_fen == sum(total.amount_fen for total in done.totals)
    assert counts.billed_homes == done.homes_done
