"""Jobs of kept sums: changes are added to the rows, and rows are counted again."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from pymongo.errors import PyMongoError

from services.dependencies import Dependencies, Transaction, is_outage
from services.jobs import actions as jobs
from services.jobs.models import Again
from services.kernel.documents import Document
from services.kernel.features import Lane, Schedule
from services.kernel.paths import ancestors
from services.kernel.sums import Cells, SumSource, difference
from services.place_sums import store
from services.place_sums.actions import UNIT_DEPTH

FOLD: Final = "place_sums.fold"
EVERY: Final = timedelta(minutes=1)
CHANGES_AT_ONCE: Final = 250
UNITS_AT_ONCE: Final = 50
TRIES: Final = 5


async def fold(deps: Dependencies, _payload: Document) -> Again | None:
    """Job: add what has changed to the rows; first count a source that is not complete."""
    for source in deps.features.sums.values():
        if not await store.is_complete(deps.db, source.name):
            await count_some(deps, source)
            return Again(deps.now())
        while place := await store.next_pending(deps.db, source.name):
            await _fold(deps, source.name, ancestors(place)[0])
    return None


async def _fold(deps: Dependencies, source: str, city: str) -> None:
    async def save(tx: Transaction) -> None:
        await store.hold(deps.db, tx, source, city)
        found = await store.pending(deps.db, tx, source, city, limit=CHANGES_AT_ONCE)
        sums: dict[str, Cells] = {}
        for each in found:
            for place in ancestors(each.place)[:UNIT_DEPTH]:
                sums.setdefault(place, Counter()).update(each.cells)
        await store.add(deps.db, tx, source, sums)
        await store.clear(deps.db, tx, found)

    await deps.in_transaction(save)


async def count_some(deps: Dependencies, source: SumSource) -> None:
    """Count the next units of a source; note that it is complete when there are none left."""
    after = await store.progress(deps.db, source.name)
    for _ in range(UNITS_AT_ONCE):
        unit = await _next_unit(deps, source, after)
        if unit is None:
            await store.set_complete(deps.db, source.name, deps.now())
            return
        await count(deps, source, unit)
        after = unit
        await store.set_progress(deps.db, source.name, after)


async def _next_unit(deps: Dependencies, source: SumSource, after: str) -> str | None:
    """Return the next unit that has documents of a source, rows, or changes to be added."""
    beyond = after + "/" if after else ""
    places = (
        await source.next_place(deps.db, beyond),
        await store.next_row(deps.db, source.name, beyond, depth=UNIT_DEPTH),
        await store.next_pending(deps.db, source.name, beyond),
    )
    units = [".".join(place.split(".")[:UNIT_DEPTH]) for place in places if place]
    return min(units, default=None)


async def count(deps: Dependencies, source: SumSource, unit: str) -> None:
    """Write the rows of a unit anew, and above it what that changes, in one transaction.

    Changes under it that were not added yet are among what is counted.
    """

    async def save(tx: Transaction) -> None:
        await store.hold(deps.db, tx, source.name, ancestors(unit)[0])
        now = await source.of_unit(deps.db, tx, unit)
        kept = await store.rows(deps.db, tx, source.name, unit, depth=UNIT_DEPTH)
        changed = difference(kept.get(unit, Counter()), now)
        await store.add(deps.db, tx, source.name, dict.fromkeys(ancestors(unit), changed))
        while found := await store.pending(
            deps.db, tx, source.name, unit, limit=CHANGES_AT_ONCE
        ):
            await store.clear(deps.db, tx, found)

    await deps.in_transaction(save)


async def rebuild(deps: Dependencies) -> int:
    """Count all units of all sources again, and add up all above; return how many units."""
    counted = 0
    for source in deps.features.sums.values():
        unit = ""
        while (found := await _next_unit(deps, source, unit)) is not None:
            await _patiently(count, deps, source, found)
            counted, unit = counted + 1, found
        for depth in range(UNIT_DEPTH - 1, 0, -1):
            await _add_up_rung(deps, source.name, depth)
        await store.set_complete(deps.db, source.name, deps.now())
    return counted


async def _patiently(step: Callable[..., Awaitable[None]], *about: Any) -> None:
    """Take a step of the rebuild, some times again while the database is late: it has many."""
    for _ in range(TRIES - 1):
        try:
            return await step(*about)
        except PyMongoError as error:
            if not is_outage(error):
                raise
    return await step(*about)


async def _add_up_rung(deps: Dependencies, source: str, depth: int) -> None:
    """Write the rows of all places of a rung anew, as the sums of those directly below."""
    place = ""
    while (found := await _next_of_rung(deps, source, place, depth)) is not None:
        await _patiently(_add_up, deps, source, found)
        place = found


async def _next_of_rung(deps: Dependencies, source: str, after: str, depth: int) -> str | None:
    """Return the next place of a rung that has rows, or anything below it that has."""
    beyond = after + "/" if after else ""
    below = await store.next_row(deps.db, source, beyond, depth=depth + 1)
    own = await store.next_row(deps.db, source, beyond, depth=depth)
    found = [".".join(each.split(".")[:depth]) for each in (below, own) if each]
    return min(found, default=None)


async def _add_up(deps: Dependencies, source: str, place: str) -> None:
    depth = place.count(".") + 1

    async def save(tx: Transaction) -> None:
        await store.hold(deps.db, tx, source, ancestors(place)[0])
        kept = await store.rows(deps.db, tx, source, place, depth=depth)
        below = await store.rows(deps.db, tx, source, place, depth=depth + 1)
        changed = difference(kept.get(place, Counter()), _together(below))
        await store.add(deps.db, tx, source, {place: changed})

    await deps.in_transaction(save)


def _together(parts: Mapping[str, Cells]) -> Cells:
    total: Cells = Counter()
    for cells in parts.values():
        total.update(cells)
    return total


JOBS: Final[dict[str, jobs.Handler]] = {FOLD: fold}
LANES: Final = dict.fromkeys(JOBS, Lane.LONG)
SCHEDULES: Final = (Schedule(FOLD, EVERY),)
