"""Jobs of erasure: what was written while an account closed is removed too."""

from collections.abc import Mapping
from typing import Final

from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.jobs.models import Again
from services.kernel.documents import Document
from services.kernel.features import Step

SWEEP: Final = "privacy.sweep"


async def sweep(deps: Dependencies, payload: Document) -> Again | None:
    """Job: clear once more what every package has of a person whose account was closed.

    A request that was let in before the close may write its last row after the erasure has
    passed there. A step of each package a run; run again at once while there is more.
    """
    steps = deps.features.erasure.values()
    left = [await _step(deps, step, payload["person_id"]) for step in steps]
    return Again(deps.now()) if any(left) else None


async def _step(deps: Dependencies, step: Step, person_id: str) -> bool:
    async def work(tx: Transaction) -> bool:
        return await step(deps, tx, person_id)

    return await deps.in_transaction(work)


JOBS: Final[Mapping[str, jobs.Handler]] = {SWEEP: sweep}
