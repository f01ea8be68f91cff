"""Jobs of erasure: what was written while an account closed is removed too."""

from collections.abc import Mapping
from typing import Final

from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.kernel.documents import Document

SWEEP: Final = "privacy.sweep"


async def sweep(deps: Dependencies, payload: Document) -> None:
    """Remove what was written about a person while they were erased."""

    async def work(tx: Transaction) -> None:
        for remove in deps.features.sweeps:
            await remove(deps, tx, payload["person_id"])

    await deps.in_transaction(work)


JOBS: Final[Mapping[str, jobs.Handler]] = {SWEEP: sweep}
