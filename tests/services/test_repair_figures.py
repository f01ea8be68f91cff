"""Arithmetic of the figures of repairs, against what is worked out by hand."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Final

import msgspec
import pytest

from services.repairs.figures import arithmetic
from services.repairs.figures.arithmetic import Sums
from services.repairs.figures.models import By, Cell, CountedRepair, RepairFigures
from services.repairs.models import Part
from services.repairs.states import RepairState

NOON: Final = datetime(2026, 3, 2, 4, tzinfo=UTC)
S = RepairState


def repair(state: RepairState, minutes: int | None = None, **more: Any) -> CountedRepair:
    """A repair that was accepted after some minutes, and finished after ten times as many."""
    taken = {} if minutes is None else {"accepted_at": NOON + timedelta(minutes=minutes)}
    if minutes is not None and state in {S.DONE, S.CONFIRMED, S.CLOSED}:
        taken["done_at"] = NOON + timedelta(minutes=minutes * 10)
    wish = {"id": "", "category": "tap", "part": Part.HOME, "visits": 1, **taken, **more}
    return CountedRepair(state=state, created_at=NOON, **wish)


def summed(repairs: list[CountedRepair]) -> Sums:
    return arithmetic.cells_of(repairs, few=False).get(Cell(By.ALL, "", few=False), Sums())


def figures(*repairs: CountedRepair) -> RepairFigures:
    return arithmetic.figures_of(summed(list(repairs)))


def test_nothing_has_no_share_and_no_median() -> None:
    found = msgspec.structs.asdict(figures())
    assert {name for name, value in found.items() if value == 0} == {
        "reported",
        "open",
        "overdue",
        "finished",
        "fixed",
        "silent",
        "ratings",
    }
    assert all(value in {0, None} for value in found.values())


def test_figures_are_those_worked_out_by_hand() -> None:
    found = figures(
        repair(S.REPORTED),
        repair(S.PAUSED, 5),
        repair(S.WORKING, 10, overdue=True, returned=1, done_at=NOON),
        repair(S.CONFIRMED, 20, stars=[15, 9]),
        repair(S.CONFIRMED, 40, visits=2, firm="a"),
        repair(S.CONFIRMED, 60, reopened=1, category="lamp", stars=[3]),
        repair(S.CLOSED, 80),
        repair(S.CANCELLED),
        repair(S.REFUSED, overdue=True),
        repair(S.MERGED, 1, overdue=True),
    )
    assert found == RepairFigures(
        reported=9,
        open=3,
        overdue=1,
        finished=5,
        fixed=3,
        silent=1,
        first_response_median=20,  # of 5, 10, 20, 40, 60, 80
        first_response_p90=80,
        fix_median=400,  # of 200, 400, 600
        fix_p90=600,
        came_back_share=4000,  # two of five
        first_visit_share=3333,  # one of three
        silent_share=2500,  # one of four
        ratings=3,
        average_rating=300,  # 27 stars of nine marks
    )


DAY: Final = 1440


@pytest.mark.parametrize(
    ("minutes", "told"),
    [
        *[(0, 0), (119, 119), (120, 120), (129, 120), (719, 710), (720, 720), (779, 720)],
        *[
            (3 * DAY - 1, 3 * DAY - 60),
            (3 * DAY + 359, 3 * DAY),
            (30 * DAY - 1, 30 * DAY - 360),
        ],
        *[(30 * DAY, 30 * DAY), (61 * DAY - 1, 60 * DAY), (9999 * DAY, 9999 * DAY)],
    ],
)
def test_a_time_is_told_by_the_first_minute_of_its_step(minutes: int, told: int) -> None:
    assert arithmetic.begin_of(arithmetic.step_of(minutes)) == told


def test_steps_come_one_after_the_other() -> None:
    begins = [arithmetic.begin_of(step) for step in range(400)]
    assert begins == sorted(set(begins))
    assert [arithmetic.step_of(minutes) for minutes in begins] == [*range(400)]


@pytest.mark.parametrize("count", [1, 2, 9, 10, 11, 100])
def test_a_percentile_is_the_nearest_rank(count: int) -> None:
    random = Random(count)  # noqa: S311
    steps = [random.randrange(500) for _ in range(count)]
    histogram = sum(1 << arithmetic.BITS * step for step in steps)
    for percent in (50, 90):
        rank = -(-count * percent // 100)
        expected = arithmetic.begin_of(sorted(steps)[rank - 1])
        assert arithmetic.percentile(histogram, percent) == expected


def test_groups_together_are_as_all_at_once() -> None:
    random = Random(12)  # noqa: S311
    all_of = [
        repair(
            random.choice([*S]),
            random.randrange(5000),
            firm=random.choice("abc"),
            part=random.choice([*Part]),
        )
        for _ in range(200)
    ]
    groups = [[each for each in all_of if each.firm == firm] for firm in "abc"]
    together = Sums()
    for group in groups:
        together.add(Sums.of_kept(summed(group).kept()))
    alike = [msgspec.structs.replace(each, firm="", part=Part.HOME) for each in all_of]
    assert arithmetic.figures_of(together) == figures(*alike)


def test_what_is_in_homes_of_few_is_kept_apart() -> None:
    found = arithmetic.cells_of(
        [repair(S.REPORTED), repair(S.REPORTED, part=Part.COMMON, firm="a")], few=True
    )
    assert {cell: sums.counts["reported"] for cell, sums in found.items()} == {
        Cell(By.ALL, "", few=True): 1,
        Cell(By.CATEGORY, "tap", few=True): 1,
        Cell(By.FIRM, "", few=True): 1,
        Cell(By.ALL, "", few=False): 1,
        Cell(By.CATEGORY, "tap", few=False): 1,
        Cell(By.FIRM, "a", few=False): 1,
    }
