"""Kept sums of places: what a package's documents come to, by place and month.

A package says what its documents come to under a unit, and adds each change of it in the
transaction of the change. services/place_sums keeps the sums and adds them up to the city.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Final

from msgspec import Struct

WHOLE: Final = ""  # the month of what belongs to none
Cell = tuple[str, str]  # month, name; a name has neither dots nor dollar signs
Cells = Counter[Cell]


class SumSource(Struct, frozen=True, kw_only=True):
    """Documents of which sums are kept. All are asked with the database first.

    `name`: of the package. `next_place`: the first path after one at which it has a document;
    None when there is none. `of_unit`: what the documents at and under a place come to, in a
    transaction.
    """

    name: str
    next_place: Callable[[Any, str], Awaitable[str | None]]
    of_unit: Callable[[Any, Any, str], Awaitable[Cells]]


def nonzero(cells: Iterable[tuple[Cell, int]]) -> Cells:
    """Return the cells that have something in them."""
    return Counter({cell: amount for cell, amount in cells if amount})


def difference(before: Cells, after: Cells) -> Cells:
    """Return what is to be added to get from one to the other; it may be negative."""
    names = before.keys() | after.keys()
    return nonzero((name, after[name] - before[name]) for name in names)
