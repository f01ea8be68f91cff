"""Measures: figures of places that a package counts of its own documents, as data.

A package lists its own in `measures.py` and registers them (services/kernel/features.py).
services/statistics/measures.py reads them: who needs a figure names it, and neither knows the
collection nor adds anything up.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, Final

from msgspec import Struct

from services.kernel.days import Day, Month, months_from
from services.kernel.documents import Document
from services.kernel.sums import Cells, Wanted

FEN: Final = "分"
HOMES: Final = "户"


class Span(Struct, frozen=True):
    """Months from `period` on, of one kind of what is counted, e.g. a fee, or of all."""

    period: Month
    months: int = 1
    kind: str | None = None

    def by_month(self) -> "list[Span]":
        """Return a span of each of its months."""
        return [Span(month, 1, self.kind) for month in months_from(self.period, self.months)]


class Scan(Struct, frozen=True, kw_only=True):
    """Figures of one pass over an index that covers it: no document is read.

    `of_each`: a list whose entries are counted, of which an index covers nothing.

    `index`: holds the path of the place and every field that is named here.
    `match`: condition of what counts, but for the place; a function of the Beijing day where
    it depends on it.
    `each`: name → accumulator over the documents of one path, for what is counted by homes
    and kept by bills; none where each document counts by itself.
    `sums`: figure → accumulator over the results of `each`, or else over the documents.
    `cells`: fields by whose values the one sum is counted apart: each makes a figure.
    """

    index: str
    match: Document | Callable[[Day], Document]
    each: Mapping[str, Document] = {}
    sums: Mapping[str, Document]
    cells: tuple[str, ...] = ()
    of_each: str = ""

    def match_on(self, today: Day) -> Document:
        return self.match(today) if callable(self.match) else self.match


class Figure(Struct, frozen=True):
    """Figure as people read it. `unit`: measure word, e.g. 户; `FEN` for money."""

    label: str
    unit: str


Figures = dict[str, Counter[str]]  # part → name of a figure, or cell → how much


class Kept(Struct, frozen=True, kw_only=True):
    """Figures of kept sums: those that the scans of a measure would find.

    `source`: name of the sums. `wanted`: the sums that a span needs; they are all that each of
    its months needs, too. `figures`: sums of a part → its figures. `series`: the same of each
    month by itself, where one pass over the sums finds them all.
    """

    source: str
    wanted: Callable[[Any], Wanted]
    figures: Callable[[Cells, Any], Counter[str]]
    series: Callable[[Cells, Any], Counter[str]] | None = None

    def figures_by_month(self, cells: Cells, span: Span) -> Counter[str]:
        """Return "month|figure" → how much, of each month of a span by itself."""
        if self.series:
            return self.series(cells, span)
        return Counter(
            {
                of_month(each.period, name): amount
                for each in span.by_month()
                for name, amount in self.figures(cells, each).items()
            }
        )


class Measure(Struct, frozen=True, kw_only=True):
    """Figures that are read together, in one query.

    `name`: "package.what". `path`: field with the path of the place. `figures`: the names in
    `sums` → what they are. `scans`: what is added up; a function of the months where it
    depends on them. `kept`: the same from kept sums.
    """

    name: str
    collection: str
    path: str
    figures: Mapping[str, Figure]
    scans: tuple[Scan, ...] | Callable[[Span], tuple[Scan, ...]]
    kept: Kept | None = None

    def scans_of(self, span: Span | None) -> tuple[Scan, ...]:
        """Return what is added up. Raises ValueError without the months that it depends on."""
        if not callable(self.scans):
            return self.scans
        if span is None:
            message = f"{self.name} is a measure of some months"
            raise ValueError(message)
        return self.scans(span)


def of_month(month: Month, name: str) -> str:
    """Return the name of a figure of one month among those of several."""
    return f"{month}|{name}"


def written(field: str) -> Document:
    """Return the condition that an instant is written in a field."""
    return {"$gt": [f"${field}", None]}


def sum_if(condition: Document | str, amount: str | int = 1) -> Document:
    """Return the accumulator that adds up an amount wherever a condition is met."""
    return {"$sum": {"$cond": [condition, amount, 0]}}
