"""Actions on kept sums of places: changes are written at once, and read with the sums.

A change is a document of its own, beside the rows of the places: a city's row would make all
who pay in it wait for each other. Whoever reads adds both (decision 57). A job adds changes to
the rows later, which changes no figure.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.kernel.documents import random_id
from services.kernel.sums import WHOLE, Cells, Change, Wanted
from services.place_sums import changes, store
from services.place_sums.models import FOLD, Asked

# Homes: of so many that change at once, who reads does not wait for the next minute's job.
MANY: Final = 50


async def append(
    deps: Dependencies, tx: Transaction, source: str, by_unit: Mapping[str, Change]
) -> None:
    """Add changes of units to their sums, in the transaction that changes what is summed."""
    some = {unit: change for unit, change in by_unit.items() if change}
    if not some:
        return
    await store.insert_changes(deps.db, tx, source, some)
    if sum(len(change.members) for change in some.values()) >= MANY:
        await jobs.enqueue(deps, tx, FOLD, random_id())


async def read(
    deps: Dependencies, snapshot: Transaction, asked: Sequence[Asked]
) -> list[dict[str, Cells] | None]:
    """Return part → its sums for each that is asked for, of one snapshot: two queries.

    A third where homes moved whose other documents count. None where rows are not kept: below
    units, and while the source is not complete, of which nothing is read then.
    """
    sources = {each.source for each in asked if each.has_rows()}
    complete = await store.complete(deps.db, sources, session=snapshot) if sources else set()
    known = [each.source in complete and each.has_rows() for each in asked]
    some = [each for each, is_known in zip(asked, known, strict=True) if is_known]
    sums = iter(await _read(deps, snapshot, some))
    return [next(sums) if is_known else None for is_known in known]


async def _read(
    deps: Dependencies, snapshot: Transaction, asked: Sequence[Asked]
) -> list[dict[str, Cells]]:
    some = [each for each in asked if each.places]
    rows, waiting = await store.read(deps.db, snapshot, some) if some else ([], {})
    waits: dict[tuple[str, Wanted], list[tuple[str, Cells]]] = {}
    for source, wanted in {(each.source, each.wanted) for each in some}:
        found = await changes.come_to(
            deps.db, snapshot, deps.features.sums[source], waiting[source], wanted
        )
        waits[source, wanted] = [(unit, _within(each, wanted)) for unit, each in found.items()]
    kept = iter(rows)
    return [
        _by_part(each, [*next(kept), *waits[each.source, each.wanted]]) if each.places else {}
        for each in asked
    ]


def _within(cells: Cells, wanted: Wanted) -> Cells:
    """Return those of the cells of changes that are wanted, as of rows only these are read."""
    return Counter(
        {
            (month, name): amount
            for (month, name), amount in cells.items()
            if wanted.first <= month <= wanted.last or (wanted.whole and month == WHOLE)
        }
    )


def _by_part(asked: Asked, found: Iterable[tuple[str, Cells]]) -> dict[str, Cells]:
    sums: dict[str, Cells] = {}
    for place, cells in found:
        part = asked.part_of(place)
        if part is not None:
            sums.setdefault(part, Counter()).update(cells)
    return sums
