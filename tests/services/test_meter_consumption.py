"""Consumption by a meter and what it costs: read, estimated, corrected, cut at a sale."""

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.fees.payees.charters import Charter
from services.kernel.days import plus_days
from services.meters.consumption import MeterObstacle, Usage, usages
from services.meters.models import Meter, MeterKind, ReadBy, Reading, Unit
from services.meters.prices.models import MeterPrice
from services.meters.rounds.dues import Basis, Due, dues
from services.meters.views import dial
from tests.build.fees import HOME, NOW, PAYEE

PUT_UP = "2025-12-31"


def meter(*read: tuple[str, int], **more: Any) -> Meter:
    """A meter that showed 10 on the last day of 2025, with readings."""
    readings = [Reading(day=day, value=v, by=ReadBy.OFFICE, at=NOW) for day, v in read]
    billed = {"billed_day": PUT_UP, "billed_value": 10_000, **more}
    return Meter(
        id="m",
        compound="c",
        home=HOME,
        slot="1",
        kind=MeterKind.WATER,
        serial="1",
        unit=Unit.M3,
        from_day=PUT_UP,
        first_value=10_000,
        readings=readings,
        added_by="test",
        added_at=NOW,
        **billed,
    )


def price(fen: int = 280, start: str = "2025-01-01", version: int = 1) -> MeterPrice:
    return MeterPrice(
        id=f"{start}{version}",
        place="c",
        kind=MeterKind.WATER,
        price=fen * 100,
        from_day=start,
        version=version,
        source="文件",
        payee="payee",
        account="firm",
        payee_name="物业",
        written_by="test",
        written_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


def basis(*prices: MeterPrice, turns: tuple[str, ...] = ()) -> Basis:
    found = sorted(prices, key=lambda p: (p.from_day, p.version), reverse=True)
    return Basis(found, {"payee": Charter(PAYEE)}, {HOME: turns})


def bills(meter: Meter, to_day: str, basis: Basis) -> list[Due]:
    found = dues(meter, to_day, basis)
    assert not isinstance(found, MeterObstacle), found
    return found


def test_what_was_read_is_billed_up_to_the_day_of_the_reading() -> None:
    [due] = bills(
        meter(("2026-01-15", 15_000), ("2026-01-30", 20_500)), "2026-01-31", basis(price())
    )
    assert (due.usage.first, due.usage.last, due.amount_fen) == (
        "2026-01-01",
        "2026-01-30",
        2940,
    )
    assert due.explanation == "水表(表号1) 10→20.5,用10.5立方米 × 2.80元 = 29.40元"


def test_what_nobody_read_is_estimated_by_the_last_three_periods() -> None:
    """31 m³ in 31 days count no more; then 28 in 28, 62 in 31, 60 in 30: 150 in 89 days."""
    read = [("2026-01-31", 41_000), ("2026-02-28", 69_000), ("2026-03-31", 131_000)]
    found = meter(*read, ("2026-04-30", 191_000), billed_day="2026-04-30", billed_value=191_000)
    [due] = bills(found, "2026-05-31", basis(price()))
    assert due.usage.is_estimated
    assert due.usage.after == 191_000 + 52_247  # 150 / 89 × 31, half up
    assert "→243.247(估算)" in due.explanation


def test_a_reading_corrects_what_was_estimated_too_low_or_too_high() -> None:
    billed = {"billed_day": "2026-02-28", "billed_value": 60_000}
    low = meter(("2026-01-31", 41_000), ("2026-03-31", 100_000), **billed)
    [due] = bills(low, "2026-03-31", basis(price()))
    assert (due.usage.before, due.usage.after, due.usage.corrects) == (60_000, 100_000, 19_000)
    assert "其中19立方米此前按估算计费,本次按实际读数多退少补" in due.explanation
    high = meter(("2026-01-31", 41_000), ("2026-03-31", 59_000), **billed)
    assert dues(high, "2026-03-31", basis(price())) is MeterObstacle.CATCHING_UP


@pytest.mark.parametrize(
    ("found", "to_day", "because"),
    [
        (meter(), "2026-01-31", MeterObstacle.NEVER_READ),
        (meter(), PUT_UP, MeterObstacle.UP_TO_DATE),
        (meter(("2026-01-31", 10_000)), "2026-01-31", MeterObstacle.NOTHING_USED),
        (meter(("2026-01-31", 10_001)), "2026-01-31", MeterObstacle.NOTHING_USED),  # 0.28 fen
        (meter(("2026-01-31", 20_000), to_day=PUT_UP), "2026-01-31", MeterObstacle.UP_TO_DATE),
    ],
)
def test_a_meter_is_not_billed_for_a_reason(
    found: Meter, to_day: str, because: MeterObstacle
) -> None:
    assert dues(found, to_day, basis(price())) is because


def test_a_day_without_a_price_or_a_payee_bills_nothing() -> None:
    found = meter(("2026-01-31", 20_000))
    assert dues(found, "2026-01-31", basis(price(start="2026-01-02"))) is MeterObstacle.NO_PRICE
    nobody = Basis([price()], {})
    assert dues(found, "2026-01-31", nobody) is MeterObstacle.NO_PAYEE


def test_a_price_that_changes_counts_for_its_days_and_the_latest_version_does() -> None:
    """10 m³ in 30 days: 10 days at 2.80, 20 at 3.10; an earlier version of it said 9.99."""
    changed = basis(price(), price(999, "2026-01-11"), price(310, "2026-01-11", 2))
    [due] = bills(meter(("2026-01-30", 20_000)), "2026-01-31", changed)
    assert due.amount_fen == 3000
    assert due.explanation.endswith("× (2.80元 × 10/30天 + 3.10元 × 20/30天) = 30.00元")


@pytest.mark.parametrize("read_on", ["2026-01-14", "2026-01-15"])
def test_each_owner_owes_their_own_where_the_meter_was_read_at_the_sale(read_on: str) -> None:
    found = meter((read_on, 14_000), ("2026-01-20", 16_000), ("2026-01-31", 20_000))
    sold = basis(price(), turns=("2026-01-15",))
    one, other = bills(found, "2026-01-31", sold)
    assert (one.usage.last, one.usage.units) == (read_on, 4_000)
    assert (other.usage.first, other.usage.units) == (plus_days(read_on, 1), 6_000)


VALUES = st.lists(st.tuples(st.integers(1, 40), st.integers(0, 50_000)), min_size=1, max_size=8)


@given(steps=VALUES, ends=st.lists(st.integers(1, 60), min_size=1, max_size=8))
def test_whatever_was_estimated_the_bills_come_to_what_the_dial_shows(
    steps: list[tuple[int, int]], ends: list[int]
) -> None:
    read, day, value = [], PUT_UP, 10_000
    for days, used in steps:
        day, value = plus_days(day, days), value + used
        read.append((day, value))
    billed: list[Usage] = []
    state, to_day = {"billed_day": PUT_UP, "billed_value": 10_000}, PUT_UP
    for days in ends:
        to_day = plus_days(to_day, days)
        known = [each for each in read if each[0] <= to_day]
        found = usages(meter(*known, **state), to_day, ())
        if not isinstance(found, MeterObstacle):
            billed += found
            state = {"billed_day": found[-1].last, "billed_value": found[-1].after}
    assert all(usage.units > 0 for usage in billed)
    assert sum(usage.units for usage in billed) == int(state["billed_value"]) - 10_000
    for before, after in pairwise(billed):
        assert after.first == plus_days(before.last, 1)


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (1, "0.001"), (10_000, "10"), (1_234_500, "1234.5")]
)
def test_a_dial_is_written_without_idle_zeros(value: int, text: str) -> None:
    assert dial(value) == text
