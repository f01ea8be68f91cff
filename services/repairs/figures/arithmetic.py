"""Arithmetic of figures of repairs: sums from repairs, and figures from sums.

Times are kept as histograms: how many repairs took so long, to a step. So the median of any
sums together is exact to the step, and what is kept is as small for a city as for a compound.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable
from itertools import accumulate, pairwise
from struct import unpack
from typing import Final, Self

import msgspec
from msgspec import Struct

from services.kernel.documents import Document
from services.repairs.figures.definitions import COUNTS, FIGURES, TIMES, Defined
from services.repairs.figures.models import By, Cell, CountedRepair, RepairFigures
from services.repairs.models import Part
from services.repairs.states import RepairState

HOUR: Final = 60
DAY: Final = 24 * HOUR
# From so many minutes on, up to the next, steps of so many; from the last on, of a day.
STEPS: Final = ((0, 1), (2 * HOUR, 10), (12 * HOUR, HOUR), (3 * DAY, 6 * HOUR), (30 * DAY, DAY))
DAYS_FROM: Final = STEPS[-1][0]
# Where the steps before the days begin.
BEGINS: Final = tuple(
    minutes
    for (first, step), (end, _) in pairwise(STEPS)
    for minutes in range(first, end, step)
)
BITS: Final = 32  # of a histogram, for each step: no city has so many repairs in a month
BYTES: Final = BITS // 8


def step_of(minutes: int) -> int:
    """Return the number of the step in which some minutes lie."""
    if minutes < DAYS_FROM:
        return bisect_right(BEGINS, minutes) - 1
    return len(BEGINS) + (minutes - DAYS_FROM) // DAY


def begin_of(step: int) -> int:
    """Return the first minute of a step."""
    beyond = step - len(BEGINS)
    return BEGINS[step] if beyond < 0 else DAYS_FROM + beyond * DAY


class Sums(Struct):
    """Sums of some repairs: counts by name, those that are not 0, and histograms by name.

    A histogram is one integer with 32 bits for each step: to add two adds them step by step.
    """

    counts: Counter[str] = msgspec.field(default_factory=Counter)
    times: Counter[str] = msgspec.field(default_factory=Counter)

    def add(self, other: "Sums") -> None:
        self.counts.update(other.counts)
        self.times.update(other.times)

    def changed(self, before: "Sums", now: "Sums") -> "Sums":
        """Return these sums with those of a part as they are now, which were others before."""
        counts, times = Counter(self.counts), Counter(self.times)
        for kept, old, new in (
            (counts, before.counts, now.counts),
            (times, before.times, now.times),
        ):
            kept.update(new)
            kept.subtract(old)
        return Sums(+counts, +times)

    def kept(self) -> Document:
        """Return the sums as fields of a document: histograms as bytes, the low ones first."""
        times = {
            name: number.to_bytes(_size(number), "little")
            for name, number in self.times.items()
        }
        return {"counts": dict(self.counts), "times": times}

    @classmethod
    def of_kept(cls, document: Document) -> Self:
        times = {
            name: int.from_bytes(kept, "little") for name, kept in document["times"].items()
        }
        return cls(Counter(document["counts"]), Counter(times))


def _size(histogram: int) -> int:
    """Return the bytes of all steps up to the last that has any."""
    return -(-histogram.bit_length() // BITS) * BYTES


def cells_of(repairs: Iterable[CountedRepair], *, few: bool) -> dict[Cell, Sums]:
    """Return the sums of a compound's repairs, of all and of each firm and category.

    `few`: whether the compound has so few homes that what is of them is kept apart.
    """
    found: dict[Cell, Sums] = {}
    for repair in repairs:
        if repair.state is RepairState.MERGED:
            continue
        sums, apart = _sums(repair), few and repair.part is Part.HOME
        for by, key in ((By.ALL, ""), (By.CATEGORY, repair.category), (By.FIRM, repair.firm)):
            found.setdefault(Cell(by, key, apart), Sums()).add(sums)
    return found


def _sums(repair: CountedRepair) -> Sums:
    counts = {name: amount for name, one in COUNTS.items() if (amount := int(one.of(repair)))}
    times = {
        name: 1 << BITS * step_of(minutes)
        for name, time in TIMES.items()
        if (minutes := time.of(repair)) is not None
    }
    return Sums(Counter(counts), Counter(times))


def figures_of(sums: Sums) -> RepairFigures:
    """Return the figures of sums, by their definitions."""
    found = {defined.name: _value(defined, sums) for defined in FIGURES}
    return msgspec.convert(found, RepairFigures)


def _value(defined: Defined, sums: Sums) -> int | None:
    if defined.percent:
        return percentile(sums.times[defined.numerator], defined.percent)
    if not defined.denominator:
        return sums.counts[defined.numerator]
    whole = sums.counts[defined.denominator]
    return sums.counts[defined.numerator] * defined.times // whole if whole else None


def percentile(histogram: int, percent: int) -> int | None:
    """Return the step that so many in a hundred did not exceed, by its first minute.

    None of nothing. By the nearest rank: it is the step of some repair, and no mean of two.
    """
    size = _size(histogram)
    steps = unpack(f"<{size // BYTES}I", histogram.to_bytes(size, "little"))
    reached = list(accumulate(steps))
    if not reached:
        return None
    return begin_of(bisect_left(reached, -(-reached[-1] * percent // 100)))
