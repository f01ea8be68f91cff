"""Measures: figures of places that a package counts of its own documents, as data.

A package lists its own in `measures.py` and registers them (services/kernel/features.py).
services/statistics/measures.py reads them: who needs a figure names it, and neither knows the
collection nor adds anything up.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, Final

from msgspec import Struct

from services.kernel.days import Day, Month
from services.kernel.documents import Document
from services.kernel.sums import Cells, Wanted

FEN: Final = "分"
HOMES: Final = "户"


class Span(Struct, frozen=True):
    """Months from `period` on, of one kind of what is counted, e.g. a fee, or of all."""

    period: Month
    months: int = 1
    kind: str | None = None


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

    `source`: name of the sums. `wanted`: the sums that a span needs. `figures`: sums of a part
    → its figures.
    """

    source: str
    wanted: Callable[[Any], Wanted]
    figures: Callable[[Cells, Any], Counter[str]]


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


def written(field: str) -> Document:
    """Return the condition that an instant is written in a field."""
    return {"$gt": [f"${field}", None]}


def sum_if(condition: Document | str, amount: str | int = 1) -> Document:
    """Return the accumulator that adds up an amount wherever a condition is met."""
    return {"$sum": {"$cond": [condition, amount, 0]}}
