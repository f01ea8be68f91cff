"""Arithmetic of late charges: by the day, simple, rounded once, with its line."""

import pytest

from services.kernel.days import days_between
from services.late_charges import interest
from services.late_charges.rules import warnings

FIRST, LAST = "2026-01-01", "2026-01-31"


@pytest.mark.parametrize(
    ("changes", "rate", "fen", "text"),
    [
        ({FIRST: 5118}, 500, 79, "欠费51.18元×0.05%×31天=0.79元"),
        ({"2025-01-01": 5118}, 500, 79, "欠费51.18元×0.05%×31天=0.79元"),
        # paid on the eleventh: ten days of all, the day itself of the rest
        (
            {FIRST: 5118, "2026-01-11": -2000},
            500,
            58,
            "欠费(51.18元×10天+31.18元×21天)×0.05%=0.58元",
        ),
        ({FIRST: 5118, "2026-01-11": -5118}, 500, 26, "欠费51.18元×0.05%×10天=0.26元"),
        # paid, and given back: the days in between are not owed
        (
            {FIRST: 5118, "2026-01-11": -5118, "2026-01-21": 5118},
            500,
            54,
            "欠费51.18元×0.05%×21天=0.54元",
        ),
        ({FIRST: 1000}, 1000, 31, "欠费10.00元×0.1%×31天=0.31元"),
        ({FIRST: 50_000}, 1, 2, "欠费500.00元×0.0001%×31天=0.02元"),  # 1.55 fen
        ({FIRST: 100}, 1, 0, "欠费1.00元×0.0001%×31天=0.00元"),
    ],
)
def test_it_is_what_a_pocket_calculator_says(
    changes: dict[str, int], rate: int, fen: int, text: str
) -> None:
    owed = interest.balances(changes, FIRST, LAST)
    counted = interest.count(owed, frozenset(), rate, most=None)
    assert (counted.fen, counted.explanation) == (fen, text)


def test_days_that_are_stopped_count_nothing_and_are_said() -> None:
    spans = [("2025-12-01", "2026-01-05"), ("2026-01-04", "2026-01-10"), ("2026-01-30", None)]
    stopped = interest.stopped_days(spans, FIRST, LAST)
    assert sorted(stopped) == [
        *days_between(FIRST, "2026-01-10"),
        *days_between("2026-01-30", LAST),
    ]
    owed = interest.balances({FIRST: 5118}, FIRST, LAST)
    counted = interest.count(owed, stopped, 500, most=None)
    assert (counted.first, counted.last, counted.days, counted.stopped) == (
        "2026-01-11",
        "2026-01-29",
        19,
        12,
    )
    assert counted.explanation == "欠费51.18元×0.05%×19天=0.49元,另有12天不计"


@pytest.mark.parametrize(("most", "fen"), [(100, 79), (79, 79), (50, 50), (0, 0), (-5, 0)])
def test_a_cap_leaves_what_was_not_charged_before(most: int, fen: int) -> None:
    owed = interest.balances({FIRST: 5118}, FIRST, LAST)
    counted = interest.count(owed, frozenset(), 500, most=most)
    assert counted.fen == fen
    assert ("按合同上限计" in counted.explanation) is (fen != 79)


def test_no_days_are_nothing() -> None:
    assert interest.balances({FIRST: 5118}, LAST, FIRST) == []
    counted = interest.count([], frozenset(), 500, most=None)
    assert (counted.fen, counted.days, counted.first) == (0, 0, "")


@pytest.mark.parametrize(
    ("daily", "yearly", "excessive"),
    [
        (500, 300, True),  # 18.25 % a year
        (106, 300, False),  # 3.869 %: the loss of 3 % times 1.3 is 3.9 %
        (107, 300, True),  # 3.9055 %
        (130, 365, False),  # 4.745 %, exactly 1.3 times
        (131, 365, True),
    ],
)
def test_a_rate_is_measured_against_the_loss(
    daily: int, yearly: int, *, excessive: bool
) -> None:
    assert warnings.is_excessive(daily, yearly) is excessive
