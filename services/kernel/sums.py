"""Kept sums of places: what a package's documents come to, by place and month.

A package says what its documents come to under a unit, and adds each change of it in the
transaction of the change. services/place_sums keeps the sums and adds them up to the city.

Some sums depend on more than what is changed: whether a home that pays a bill owes nothing any
more depends on its other bills. A change only says what it moved of such a member; what that
comes to is found where it is read, or added to the rows, from all documents of the member in
one state.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Final

from msgspec import Struct

WHOLE: Final = ""  # the month of what belongs to none
EVER: Final = "9999-12"  # later than any month
Cell = tuple[str, str]  # month, name; a name has neither dots nor dollar signs
Cells = Counter[Cell]


Moved = Mapping[str, int]  # name of what a member has some of → how many more, or fewer


class Change(Struct, frozen=True, kw_only=True):
    """Change of the sums of a unit.

    `cells`: what is added whatever else there is. `members`: path of a home → what moved.
    """

    cells: Mapping[Cell, int]
    members: Mapping[str, Moved] = {}

    def __bool__(self) -> bool:
        return any(self.cells.values()) or any(any(m.values()) for m in self.members.values())


class Wanted(Struct, frozen=True, kw_only=True):
    """Sums to read: of the months from `first` to `last`; with `whole`, what has no month.

    `members`: for the source, what is to be found of members that moved; None for nothing.
    """

    first: str
    last: str
    whole: bool = False
    members: Any = None


class SumSource(Struct, frozen=True, kw_only=True):
    """Documents of which sums are kept. All are asked with the database first.

    `name`: of the package. `next_place`: the first path after one at which it has a document;
    None when there is none. `of_unit`: what the documents at and under a place come to, in a
    transaction. `of_members`: (database, session, home → what moved of it, `Wanted.members` or
    None for all) → home → what that changes, its documents being as they are in the session.
    """

    name: str
    next_place: Callable[[Any, str], Awaitable[str | None]]
    of_unit: Callable[[Any, Any, str], Awaitable[Cells]]
    of_members: (
        Callable[[Any, Any, Mapping[str, Moved], Any], Awaitable[Mapping[str, Cells]]] | None
    ) = None


def nonzero(cells: Iterable[tuple[Cell, int]]) -> Cells:
    """Return the cells that have something in them."""
    return Counter({cell: amount for cell, amount in cells if amount})


def difference(before: Cells, after: Cells) -> Cells:
    """Return what is to be added to get from one to the other; it may be negative."""
    names = before.keys() | after.keys()
    return nonzero((name, after[name] - before[name]) for name in names)
