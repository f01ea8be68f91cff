"""Jobs of the figures of repairs: a compound's month is counted again from its repairs."""

from typing import Final

from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.kernel.documents import Document
from services.kernel.features import Lane
from services.repairs import store as repairs
from services.repairs.figures import arithmetic, store
from services.repairs.figures.models import CountedRepair, Rollup
from services.repairs.figures.recounts import RECOUNT
from services.repairs.ratings import store as ratings


async def recount(deps: Dependencies, payload: Document) -> None:
    """Job: count a compound's month again; harmless to repeat, in whatever order.

    All of it in one transaction with the one document that keeps it: of two at once, whoever
    read before the other wrote begins again.
    """
    await count(deps, payload["compound"], payload["month"])


async def count(deps: Dependencies, compound: str, month: str) -> None:
    """Write the rollup of a compound and month anew from its repairs and their ratings."""

    async def save(tx: Transaction) -> None:
        found = await repairs.of_month(deps.db, tx, compound, month, CountedRepair)
        by_id = {each.id: each for each in found}
        for rating in await ratings.of_repairs(deps.db, list(by_id), tx=tx):
            by_id[rating.repair].stars.append(rating.stars)
        rollup = Rollup(
            id=store.rollup_id(compound, month),
            compound=compound,
            month=month,
            cells=arithmetic.cells_of(found),
        )
        await store.put(deps.db, tx, rollup)

    await deps.in_transaction(save)


async def rebuild(deps: Dependencies) -> int:
    """Count all months of all compounds again; return how many. Also those without repairs."""
    wanted = set(await store.kept(deps.db))
    compound, month = "", ""
    while (found := await repairs.next_month(deps.db, compound, month)) is not None:
        wanted.add(found)
        compound, month = found
    for each in sorted(wanted):
        await count(deps, *each)
    return len(wanted)


JOBS: Final[dict[str, jobs.Handler]] = {RECOUNT: recount}
# Figures wait rather than a message to somebody.
LANES: Final = {RECOUNT: Lane.LONG}
