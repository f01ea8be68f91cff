"""Measures of places: the homes of the register, and the sums that are kept of them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Final

from mongo_indexes.places import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel.measures import HOMES, Figure, Figures, Measure, Scan
from services.kernel.paths import parent
from services.kernel.sums import WHOLE, Cells, SumSource
from services.place_sums import actions as place_sums
from services.place_sums.actions import EVER
from services.place_sums.models import Wanted
from services.places import home_store
from services.places.models import Kind

SUMS: Final = "homes"
CELL: Final = WHOLE, "homes"


async def add(db: Database, tx: Transaction, homes: Iterable[str], *, each: int = 1) -> None:
    """Add homes to the sums of their units, in the transaction that makes or retires them.

    `each`: 1, or -1 for homes that are taken away.
    """
    changes: dict[str, Cells] = {}
    for home in homes:
        changes.setdefault(parent(home) or home, Counter())[CELL] += each
    await place_sums.append(db, tx, SUMS, changes)


async def _kept(db: Database, places: Sequence[str], depth: int, _span: Any) -> Figures | None:
    """Return the homes of places; None where their sums are not kept."""
    wanted = Wanted(first=EVER, last=EVER, whole=True)
    sums = await place_sums.by_part(db, SUMS, places, depth, wanted)
    if sums is None:
        return None
    return {part: Counter(homes=cells[CELL]) for part, cells in sums.items() if cells[CELL]}


async def _of_unit(db: Database, tx: Transaction, unit: str) -> Cells:
    return Counter({CELL: await home_store.count_standing(db, tx, unit)})


SOURCE: Final = SumSource(name=SUMS, next_place=home_store.next_home, of_unit=_of_unit)
MEASURES: Final = (
    Measure(
        name="places.homes",
        collection=COLLECTION,
        path="_id",
        figures={"homes": Figure("房屋户数", HOMES)},
        scans=(
            Scan(index="kind", match={"kind": Kind.HOME}, sums={"homes": {"$sum": 1}}),
            # less those that are retired, which are few and have an index of their own
            Scan(
                index="retired",
                match={"retired_from": {"$gt": ""}},
                sums={"homes": {"$sum": -1}},
            ),
        ),
        kept=_kept,
    ),
)
