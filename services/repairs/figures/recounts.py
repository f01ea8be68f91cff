"""Recounts of the figures of repairs: a job for each change, in the change's transaction."""

from typing import Final

from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.kernel.days import month_of
from services.places.actions import compound_of
from services.repairs.models import Repair

RECOUNT: Final = "repairs.recount"


async def of_change(deps: Dependencies, tx: Transaction, repair: Repair) -> None:
    """Promise to count a month again of which a repair took a step, or became overdue."""
    await _promise(deps, tx, repair, str(repair.steps))


async def of_rating(
    deps: Dependencies, tx: Transaction, repair: Repair, rating_id: str
) -> None:
    """Promise the same of a repair that was rated."""
    await _promise(deps, tx, repair, rating_id)


async def _promise(deps: Dependencies, tx: Transaction, repair: Repair, of: str) -> None:
    compound, month = compound_of(repair.place), month_of(repair.created_at)
    key = f"{repair.id}:{of}"
    await jobs.enqueue(deps, tx, RECOUNT, key, compound=compound, month=month)
