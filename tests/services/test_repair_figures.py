"""Arithmetic of the figures of repairs, against what is worked out by hand."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Final

import msgspec
import pytest

from services.repairs.figures import arithmetic
from services.repairs.figures.arithmetic import Sums
from services.repairs.figures.models import CountedRepair, RepairFigures
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
    sums = arithmetic.nothing()
    for cell in arithmetic.cells_of(repairs):
        times: dict[str, Counter[int]] = {}
        for time in cell.times:
            times.setdefault(time.of, Counter())[time.minutes] += time.repairs
        sums.add(Sums(Counter(cell.counts), times))
    return sums


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


@pytest.mark.parametrize(
    ("minutes", "kept"),
    [(0, 0), (119, 119), (120, 120), (129, 120), (2879, 2870), (2880, 2880), (2939, 2880)],
)
def test_minutes_are_rounded_down_to_what_people_tell_apart(minutes: int, kept: int) -> None:
    assert arithmetic.rounded(minutes) == kept


def test_the_longest_are_days() -> None:
    assert arithmetic.rounded(61 * 1440 + 1439) == 61 * 1440


@pytest.mark.parametrize("count", [1, 2, 9, 10, 11, 100])
def test_a_percentile_is_the_nearest_rank(count: int) -> None:
    random = Random(count)  # noqa: S311
    values = [random.randrange(500) for _ in range(count)]
    for percent in (50, 90):
        rank = -(-count * percent // 100)
        assert arithmetic.percentile(Counter(values), percent) == sorted(values)[rank - 1]


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
    together = arithmetic.nothing()
    for group in groups:
        together.add(summed(group))
    alike = [msgspec.structs.replace(each, firm="", part=Part.HOME) for each in all_of]
    assert arithmetic.figures_of(together) == figures(*alike)
