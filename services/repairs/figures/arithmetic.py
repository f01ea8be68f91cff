"""Arithmetic of figures of repairs: cells from repairs, and figures from sums of cells.

Times are kept as how many repairs took so many minutes, so that the median of any group of
cells is exact. Minutes are rounded down to what people tell apart, which bounds what is kept.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec
from msgspec import Struct

from services.repairs.figures.definitions import COUNTS, FIGURES, TIMES, Defined
from services.repairs.figures.models import Cell, CountedRepair, RepairFigures, Time
from services.repairs.models import Part
from services.repairs.states import RepairState

HOUR: Final = 60
DAY: Final = 24 * HOUR
# Below so many minutes, a time is rounded down to a multiple of so many.
STEPS: Final = ((2 * HOUR, 1), (2 * DAY, 10), (60 * DAY, HOUR))
LONGEST_STEP: Final = DAY


class Sums(Struct):
    """Sums of some cells. `counts`: by name. `times`: name of a time → minutes → repairs."""

    counts: Counter[str]
    times: dict[str, Counter[int]]

    def add(self, other: "Sums") -> None:
        self.counts.update(other.counts)
        for name, found in other.times.items():
            self.times.setdefault(name, Counter()).update(found)


def nothing() -> Sums:
    return Sums(Counter(), {})


def rounded(minutes: int) -> int:
    """Return minutes rounded down to the step of their length."""
    step = next((step for below, step in STEPS if minutes < below), LONGEST_STEP)
    return minutes - minutes % step


def cells_of(repairs: Iterable[CountedRepair]) -> list[Cell]:
    """Return the cells of some repairs, in the order of firm, category and part."""
    groups: dict[tuple[str, str, Part], list[CountedRepair]] = {}
    for repair in repairs:
        if repair.state is not RepairState.MERGED:
            key = (repair.firm, repair.category, repair.part)
            groups.setdefault(key, []).append(repair)
    return [_cell(key, groups[key]) for key in sorted(groups)]


def _cell(key: tuple[str, str, Part], repairs: Sequence[CountedRepair]) -> Cell:
    firm, category, part = key
    counts = {name: sum(count.of(each) for each in repairs) for name, count in COUNTS.items()}
    took = Counter(
        (name, rounded(minutes))
        for name, time in TIMES.items()
        for each in repairs
        if (minutes := time.of(each)) is not None
    )
    return Cell(
        firm=firm,
        category=category,
        part=part,
        counts=counts,
        times=[
            Time(of=name, minutes=minutes, repairs=took[name, minutes])
            for name, minutes in sorted(took)
        ],
    )


def figures_of(sums: Sums) -> RepairFigures:
    """Return the figures of sums, by their definitions."""
    found = {defined.name: _value(defined, sums) for defined in FIGURES}
    return msgspec.convert(found, RepairFigures)


def _value(defined: Defined, sums: Sums) -> int | None:
    if defined.percent:
        return percentile(sums.times.get(defined.numerator, {}), defined.percent)
    if not defined.denominator:
        return sums.counts[defined.numerator]
    whole = sums.counts[defined.denominator]
    return sums.counts[defined.numerator] * defined.times // whole if whole else None


def percentile(found: Mapping[int, int], percent: int) -> int | None:
    """Return the least minutes that so many in a hundred did not exceed; None of nothing.

    By the nearest rank: it is the time of some repair, and no mean of two.
    """
    wanted = -(-sum(found.values()) * percent // 100)
    for minutes in sorted(found):
        wanted -= found[minutes]
        if wanted <= 0:
            return minutes
    return None
