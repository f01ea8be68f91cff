"""Jobs of erasure: what was written while an account closed is removed too."""

from collections.abc import Mapping
from typing import Final

from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.jobs.models import Again
from services.kernel.documents import Document

SWEEP: Final = "privacy.sweep"


async def sweep(deps: Dependencies, payload: Document) -> Again | None:
    """Remove what was written about a person while their account was closed, in steps."""

    async def work(tx: Transaction) -> bool:
        left = [await step(deps, tx, payload["person_id"]) for step in deps.features.sweeps]
        return any(left)

    return Again(deps.now()) if await deps.in_transaction(work) else None


JOBS: Final[Mapping[str, jobs.Handler]] = {SWEEP: sweep}
