"""Actions on kept sums of places: changes are written at once, and read with the sums.

A change is a document of its own, beside the rows of the places: a city's row would make all
who pay in it wait for each other. Whoever reads adds both (decision 57). A job adds changes to
the rows later, which changes no figure.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from services.dependencies import Database, Transaction
from services.kernel.sums import Cells
from services.place_sums import store
from services.place_sums.models import Wanted

UNIT_DEPTH: Final = 7  # segments of a unit's path: the lowest place that has rows
EVER: Final = "9999-12"


async def change(
    db: Database, tx: Transaction, source: str, changes: Mapping[str, Cells]
) -> None:
    """Add changes of homes to their sums, in the transaction that changes what is summed.

    For changes that depend on other documents of the home: of two such at once the second
    begins again, also when it adds nothing.
    """
    if changes:
        await store.change(db, tx, source, changes)


async def append(
    db: Database, tx: Transaction, source: str, changes: Mapping[str, Cells]
) -> None:
    """Add changes of places to their sums that depend on nothing but what is changed."""
    some = {place: cells for place, cells in changes.items() if any(cells.values())}
    if some:
        await store.append(db, tx, source, some)


async def by_part(
    db: Database,
    source: str,
    places: Sequence[str],
    depth: int,
    wanted: Wanted,
) -> dict[str, Cells] | None:
    """Return part → its sums, in one query. `depth`: segments of a part; 0 for all as "".

    `places`: none under another. None where rows are not kept: below units, and while the
    source is not complete.
    """
    rungs = [(place, max(depth, place.count(".") + 1)) for place in places]
    if any(rung > UNIT_DEPTH for _, rung in rungs):
        return None
    rows = await store.read(db, source, rungs, wanted) if rungs else []
    if rows is None:
        return None
    found: dict[str, Cells] = {}
    for place, cells in rows:
        part = ".".join(place.split(".")[:depth])
        found.setdefault(part, Counter()).update(cells)
    return found
