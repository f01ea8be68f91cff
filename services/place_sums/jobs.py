"""Jobs of kept sums: changes are added to the rows, and rows are counted again."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any, Final, TypeVar

from pymongo.errors import PyMongoError

from services.dependencies import Dependencies, Transaction, is_outage
from services.jobs import actions as jobs
from services.jobs.models import Again
from services.kernel.documents import Document
from services.kernel.features import Lane, Schedule
from services.kernel.paths import ancestors
from services.kernel.sums import Cells, SumSource, difference
from services.place_sums import changes, store
from services.place_sums.models import FOLD, UNIT_DEPTH, Pending

T = TypeVar("T")

EVERY: Final = timedelta(minutes=1)
SOON: Final = timedelta(seconds=5)
CHANGES_AT_ONCE: Final = 500
MEMBERS_AT_ONCE: Final = 1_000
UNITS_AT_ONCE: Final = 50
STEPS_AT_ONCE: Final = 20
TRIES: Final = 5


async def fold(deps: Dependencies, payload: Document) -> Again | None:
    """Job: add what has changed to the rows; first count a source that is not complete.

    `at` in the payload: the minute of a scheduled job, in which it goes on while much changes.
    """
    sources = deps.features.sums
    for name in sorted(sources.keys() - await store.complete(deps.db, sources)):
        await count_some(deps, sources[name])
        return Again(deps.now())
    added = [await _fold_some(deps, source) for source in sources.values()]
    if (
        max(added, default=0) == STEPS_AT_ONCE
    ):  # each source has its turn, and other jobs theirs
        return Again(deps.now())
    soon, at = deps.now() + SOON, payload.get("at")
    if any(added) and at and soon < datetime.fromisoformat(at) + EVERY:
        return Again(soon)
    return None


async def _fold_some(deps: Dependencies, source: SumSource) -> int:
    """Add pending changes of a source in some steps; return how many it took."""
    for count in range(STEPS_AT_ONCE):
        place = await store.next_pending(deps.db, source.name)
        if place is None:
            return count
        await _fold(deps, source, ancestors(place)[0])
    return STEPS_AT_ONCE


async def _fold(deps: Dependencies, source: SumSource, city: str) -> None:
    async def save(tx: Transaction) -> None:
        await store.hold(deps.db, tx, source.name, city)
        found = _some(
            await store.pending(deps.db, tx, source.name, city, limit=CHANGES_AT_ONCE)
        )
        sums: dict[str, Cells] = {}
        for unit, cells in (await changes.come_to(deps.db, tx, source, found)).items():
            for place in ancestors(unit)[:UNIT_DEPTH]:
                sums.setdefault(place, Counter()).update(cells)
        await store.add(deps.db, tx, source.name, sums)
        await store.clear(deps.db, tx, found)

    await deps.in_transaction(save)


def _some(found: Sequence[Pending]) -> list[Pending]:
    """Return the changes of the first places, of not many more homes than for one transaction.

    Those of one place stay together.
    """
    some: list[Pending] = []
    members = 0
    for _, of_place in groupby(found, attrgetter("place")):
        some += (each := list(of_place))
        members += sum(len(one.change.members) for one in each)
        if members >= MEMBERS_AT_ONCE:
            break
    return some


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
        await store.clear_under(deps.db, tx, source.name, unit)

    await deps.in_transaction(save)


async def rebuild(deps: Dependencies) -> int:
    """Count all units of all sources again, and add up all above; return how many units."""
    counted = 0
    for source in deps.features.sums.values():
        unit = ""
        while (found := await _patiently(_next_unit, deps, source, unit)) is not None:
            await _patiently(count, deps, source, found)
            counted, unit = counted + 1, found
        for depth in range(UNIT_DEPTH - 1, 0, -1):
            await _add_up_rung(deps, source.name, depth)
        await _patiently(store.set_complete, deps.db, source.name, deps.now())
    return counted


async def _patiently(step: Callable[..., Awaitable[T]], *about: Any) -> T:
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
    while (found := await _patiently(_next_of_rung, deps, source, place, depth)) is not None:
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
# Beside what takes minutes, whose slot is one: a run of bills is added while it is issued.
LANES: Final = dict.fromkeys(JOBS, Lane.NEWS)
SCHEDULES: Final = (Schedule(FOLD, EVERY),)
