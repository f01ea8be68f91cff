"""Runs that bill the same home at once: no day is billed twice, whatever each of them knew."""

import asyncio
import itertools
from typing import Any

import pytest

from services.bills import store as bills_store
from services.bills.runs import actions as runs
from services.bills.runs.models import StartBillRun
from services.dependencies import Dependencies
from services.fees import actions as fees
from services.fees.models import FeeKind, NewFeeRule
from tests.build.cast import (
    COMPOUND,
    STAFF,
    Estate,
    payee_of,
)
from tests.build.fees import days_of
from tests.services.test_fees_runs import check, drain

pytestmark = pytest.mark.slow


async def test_runs_that_overlap_share_the_months(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both look before either writes: the second to write starts again."""
    deps = estate.world.deps
    # or marking a home as used would keep them apart, this once
    await estate.world.db.places.update_many({}, {"$set": {"used": True}})
    look_at_once(monkeypatch)
    requests = [StartBillRun(period="2026-01", months=3), StartBillRun(period="2026-02")]
    started = [await runs.start(deps, STAFF, COMPOUND, r) for r in requests]
    await asyncio.gather(*(drain(deps, run.run_id) for run in started))
    for run in started:
        await runs.publish(deps, STAFF, run.run_id)
        await drain(deps, run.run_id)
    await check(estate.world, requests)


async def test_of_days_and_their_month_one_is_billed(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run by a rule that ends on the 15th, and one that knows what follows; both look first.

    Days and months have slots of their own, so no unique index keeps these two apart.
    """
    deps = estate.world.deps
    await estate.world.db.places.update_many({}, {"$set": {"used": True}})
    await estate.world.db.fee_rules.delete_many({})
    await price(deps, start_day="2026-03-01", end_day="2026-03-15")
    requests = [StartBillRun(period="2026-03", kinds=[FeeKind.PROPERTY_FEE])]
    started = [await runs.start(deps, STAFF, COMPOUND, requests[0])]
    await estate.world.advance(seconds=1)
    await price(deps, start_day="2026-03-16")
    requests.append(StartBillRun(period="2026-03", months=2, kinds=[FeeKind.PROPERTY_FEE]))
    started.append(await runs.start(deps, STAFF, COMPOUND, requests[1]))
    look_at_once(monkeypatch)
    await asyncio.gather(*(drain(deps, run.run_id) for run in started))
    bills = await estate.world.db.bills.find({"period": "2026-03"}).to_list()
    days = [(b["home"], day) for b in bills for slot in b["slots"] for day in days_of(slot)]
    assert len(days) == len(set(days))


async def price(deps: Dependencies, **days: str) -> None:
    rule = NewFeeRule(
        kind=FeeKind.PROPERTY_FEE,
        price=6000,
        due_days=30,
        payee_id=payee_of(FeeKind.PROPERTY_FEE),
        **days,
    )
    await fees.add(deps, STAFF, COMPOUND, rule)


def look_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let two steps look for what is billed before either writes."""
    read_known, together, looks = bills_store.known, asyncio.Barrier(2), itertools.count()

    async def look_together(*arguments: Any) -> Any:
        known = await read_known(*arguments)
        if next(looks) < together.parties:
            await together.wait()
        return known

    monkeypatch.setattr(bills_store, "known", look_together)
