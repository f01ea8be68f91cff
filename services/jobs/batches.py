"""Batches of jobs: what waits beside a job of its kind is leased, done and ended with it.

For jobs of which one costs little more than the round trips to find and end it. Their leases
are not renewed: what a batch does is bounded well below LEASE, and harmless if it is not.
"""

import random
from collections.abc import Mapping, Sequence
from typing import Final, NoReturn

from services.dependencies import Dependencies
from services.jobs import actions, batches_store
from services.jobs.models import Job
from services.kernel.documents import Document, random_id
from services.kernel.features import Lane

LOOKED_AT: Final = 200  # of the lane: so many workers at once seldom choose the same jobs


async def take(deps: Dependencies, kind: str, *, limit: int) -> list[Job]:
    """Lease due jobs of a kind; at most `limit`, and perhaps none although some wait."""
    now, lane = deps.now(), deps.features.lanes.get(kind, Lane.PEOPLE)
    found = await batches_store.waiting(deps.db, lane, kind, now, among=LOOKED_AT)
    chosen = random.sample(found, min(limit, len(found)))
    if not chosen:
        return []
    until = now + actions.LEASE
    return await batches_store.claim(deps.db, chosen, owner=random_id(), now=now, until=until)


async def settle(
    deps: Dependencies, taken: Sequence[Job], ends: Mapping[str, Exception | None]
) -> None:
    """Record how the jobs of one batch ended: job id → None, or what it failed with.

    Those that are not in `ends` were not done, and wait again as before.
    """
    done = [job for job in taken if ends.get(job.id, job) is None]
    left = [job for job in taken if job.id not in ends]
    if done:
        await batches_store.finish(deps.db, done, deps.now())
    if left:
        await batches_store.put_back(deps.db, left, deps.now())
    for job in taken:
        if error := ends.get(job.id):
            await _fail(deps, job, error)


async def _fail(deps: Dependencies, job: Job, error: Exception) -> None:
    """Record a failure as that of a job by itself: to be retried, put off or buried.

    Several may have failed with one and the same: none is told with the tracebacks of others.
    """
    raised_at = error.__traceback__

    async def failed(_deps: Dependencies, _payload: Document) -> NoReturn:
        raise error

    await actions.perform(deps, {job.kind: failed}, job)
    error.__traceback__ = raised_at
