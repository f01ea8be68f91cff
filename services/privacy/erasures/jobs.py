"""Job of an erasure: clear what a closed account left, package by package, in bounded steps.

A step and the note of it are one transaction, so a process that is killed between two of them
loses nothing, and a step done twice finds nothing left. The order of the packages does not
matter: none finds its rows by another's. One that goes on failing makes the job a dead letter,
which operators see (`outbox_jobs{state="dead"}`, `job_died`) and replay.
"""

from collections.abc import Mapping
from typing import Final

from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.jobs.models import Again
from services.kernel.documents import Document
from services.privacy.erasures import store

ERASE: Final = "privacy.erase"


async def erase(deps: Dependencies, payload: Document) -> Again | None:
    """Job: do the next step of an erasure; run again at once while there is more."""

    async def work(tx: Transaction) -> bool:
        return await step(deps, tx, payload["erasure_id"])

    return Again(deps.now()) if await deps.in_transaction(work) else None


async def step(deps: Dependencies, tx: Transaction, erasure_id: str) -> bool:
    """Clear at most AT_ONCE rows of one package; tell whether anything may be left."""
    erasure = await store.hold(deps.db, tx, erasure_id)
    if erasure is None or erasure.person is None:
        return False
    left = [package for package in deps.features.erasure if package not in erasure.done]
    for package in left[:1]:
        if await deps.features.erasure[package](deps, tx, erasure.person):
            return True
        await store.note_cleared(deps.db, tx, erasure.id, package)
    if len(left) > 1:
        return True
    await store.finish(deps.db, tx, erasure.id, deps.now())
    return False


JOBS: Final[Mapping[str, jobs.Handler]] = {ERASE: erase}
