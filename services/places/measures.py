"""Measures of places: the homes of the register, and the sums that are kept of them."""

from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

from mongo_indexes.places import COLLECTION
from services.dependencies import Database, Dependencies, Transaction
from services.kernel.measures import HOMES, Figure, Kept, Measure, Scan
from services.kernel.paths import parent
from services.kernel.sums import EVER, WHOLE, Cells, Change, SumSource, Wanted
from services.place_sums import actions as place_sums
from services.places import home_store
from services.places.models import Kind

SUMS: Final = "homes"
CELL: Final = WHOLE, "homes"


async def add(
    deps: Dependencies, tx: Transaction, homes: Iterable[str], *, each: int = 1
) -> None:
    """Add homes to the sums of their units, in the transaction that makes or retires them.

    `each`: 1, or -1 for homes that are taken away.
    """
    changes = Counter(parent(home) or home for home in homes)
    some = {unit: Change(cells=Counter({CELL: each * n})) for unit, n in changes.items()}
    await place_sums.append(deps, tx, SUMS, some)


def _figures(cells: Cells, _span: Any) -> Counter[str]:
    return Counter(homes=cells[CELL]) if cells[CELL] else Counter()


KEPT: Final = Kept(
    source=SUMS,
    wanted=lambda _span: Wanted(first=EVER, last=EVER, whole=True),
    figures=_figures,
)


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
        kept=KEPT,
    ),
)
