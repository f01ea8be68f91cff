"""Jobs of the figures of repairs: months are counted again from the repairs."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Final

from pymongo.errors import PyMongoError

from services.dependencies import Dependencies, Transaction, is_outage
from services.jobs import actions as jobs
from services.kernel.documents import Document
from services.kernel.features import Lane, Schedule
from services.kernel.paths import ancestors
from services.places.models import LADDER, Kind
from services.repairs import store as repairs
from services.repairs.figures import arithmetic, store
from services.repairs.figures.arithmetic import Sums
from services.repairs.figures.models import Cell, CountedRepair
from services.repairs.figures.recounts import RECOUNT
from services.repairs.ratings import store as ratings
from services.statistics import measures
from services.statistics.hidden_homes import HOMES
from services.statistics.small_groups import SMALLEST_GROUP

RENEW: Final = "repairs.renew_figures"
EVERY: Final = timedelta(minutes=10)
AT_ONCE: Final = 100
TRIES: Final = 5


async def recount(deps: Dependencies, payload: Document) -> None:
    """Job: count a compound's month again; harmless to repeat, in whatever order."""
    await count(deps, payload["compound"], payload["month"])


async def count(deps: Dependencies, compound: str, month: str) -> None:
    """Write a compound's month anew from its repairs; above it, what that changes.

    All of it in one transaction, which holds the city's month: so each sum is that of its parts
    at every moment. Whether a compound has few homes is decided here, by the register as it is
    now.
    """
    homes = await measures.total(deps, [HOMES], [compound])
    few = homes["homes"] < SMALLEST_GROUP

    async def save(tx: Transaction) -> None:
        await store.hold(deps.db, tx, compound, month)
        found = await repairs.of_month(deps.db, tx, compound, month, CountedRepair)
        by_id = {each.id: each for each in found}
        for rating in await ratings.of_repairs(deps.db, list(by_id), tx=tx):
            by_id[rating.repair].stars.append(rating.stars)
        now = arithmetic.cells_of(found, few=few)
        changed = await _renew(deps, tx, (compound, month), now)
        await _pass_up(deps, tx, (compound, month), changed)
        await store.drop_earlier(deps.db, tx, compound, month)

    await deps.in_transaction(save)


async def _renew(
    deps: Dependencies, tx: Transaction, of: tuple[str, str], now: Mapping[Cell, Sums]
) -> dict[Cell, tuple[Sums, Sums]]:
    """Write what is not kept as it is now; return cell → what it was, and what it is."""
    place, month = of
    kept = await store.of_month(deps.db, tx, place, month)
    changed = {
        cell: (before, after)
        for cell in sorted({*kept, *now})
        if (before := kept.get(cell, Sums())) != (after := now.get(cell, Sums()))
    }
    after_all = {(place, cell): after for cell, (_, after) in changed.items()}
    await store.put(deps.db, tx, month, after_all)
    return changed


async def _pass_up(
    deps: Dependencies,
    tx: Transaction,
    of: tuple[str, str],
    changed: Mapping[Cell, tuple[Sums, Sums]],
) -> None:
    """Write what the change of a compound's month changes in each place above it."""
    compound, month = of
    above = ancestors(compound)[:-1]
    kept = await store.of_cells(deps.db, tx, above, month, changed)
    sums = {
        (place, cell): kept.get((place, cell), Sums()).changed(*change)
        for place in above
        for cell, change in changed.items()
    }
    await store.put(deps.db, tx, month, sums)


async def rebuild(deps: Dependencies) -> int:
    """Count all months of all compounds again, and add up all above; return how many.

    Also what is kept without repairs, or without anything below it.
    """
    kept = {*await store.kept(deps.db)}
    compounds = {of for of in kept if of[0].count(".") == LADDER.index(Kind.COMPOUND)}
    compound, month = "", ""
    while (found := await repairs.next_month(deps.db, compound, month)) is not None:
        compounds.add(found)
        compound, month = found
    for each in sorted(compounds):
        await _patiently(deps, count, *each)
    await renew(deps, {})
    above = {(place, month) for each, month in compounds for place in ancestors(each)[:-1]}
    for of in sorted((kept | above) - compounds, key=lambda of: (-of[0].count("."), of)):
        await _patiently(deps, _add_up, *of)
    return len(compounds)


async def _patiently(
    deps: Dependencies,
    step: Callable[[Dependencies, str, str], Awaitable[None]],
    place: str,
    month: str,
) -> None:
    """Take a step of the rebuild, some times again while the database is late: it has many."""
    for _ in range(TRIES - 1):
        try:
            return await step(deps, place, month)
        except PyMongoError as error:
            if not is_outage(error):
                raise
    return await step(deps, place, month)


async def _add_up(deps: Dependencies, place: str, month: str) -> None:
    """Write the month of a place above the compound anew, as the sum of those below it."""

    async def save(tx: Transaction) -> None:
        await store.hold(deps.db, tx, place, month)
        now = await store.below(deps.db, tx, place, month)
        await _renew(deps, tx, (place, month), now)

    await deps.in_transaction(save)


async def renew(deps: Dependencies, _payload: Document) -> None:
    """Job: count what is kept as it was before there were sums above the compound."""
    while found := await store.earlier(deps.db, limit=AT_ONCE):
        for each in found:
            await count(deps, *each)


JOBS: Final[dict[str, jobs.Handler]] = {RECOUNT: recount, RENEW: renew}
# Figures wait rather than a message to somebody.
LANES: Final = dict.fromkeys(JOBS, Lane.LONG)
SCHEDULES: Final = (Schedule(RENEW, EVERY),)
