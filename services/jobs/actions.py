"""Durable job queue: work is enqueued in a transaction and done after it, at least once.

The outbox is the only queue. A job is claimed by lease, renewed by heartbeat and finished
under a fence, so a killed worker loses its lease and not the job.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from time import monotonic
from typing import Any, Final

import structlog
from redis.exceptions import RedisError

from services.dependencies import Dependencies, Transaction
from services.jobs import store
from services.jobs.models import Again, Backlog, Job, Permanent, RetryAt
from services.kernel import endings
from services.kernel.documents import Document
from services.kernel.errors import NotFound
from services.kernel.features import Lane
from services.kernel.pages import ListQuery, Page
from services.kernel.redaction import redacted

Handler = Callable[[Dependencies, Document], Awaitable[Again | None]]
Found = dict[Lane, list[str]]  # jobs that are due

LEASE: Final = timedelta(seconds=60)
HEARTBEAT_SECONDS: Final = 20.0
# How long a job of many steps keeps its slot; then whatever else is due has its chance.
TURN_SECONDS: Final = 1.0
MAX_ATTEMPTS: Final = 12
FIRST_BACKOFF: Final = timedelta(seconds=5)
LONGEST_BACKOFF: Final = timedelta(hours=1)
ALL_LANES: Final = tuple(Lane)
CANDIDATES: Final = 20
BACKLOG_CAP: Final = 1_000  # of a lane: more is an alarm, whatever the number
WAKE: Final = "wake"
HINT_SECONDS: Final = 0.2  # Redis takes a millisecond; each transaction waits for its hint

log = structlog.get_logger(__name__)


async def enqueue(
    deps: Dependencies,
    tx: Transaction | None,
    kind: str,
    key: str,
    *,
    due_at: datetime | None = None,
    lane: Lane | None = None,
    **payload: Any,
) -> None:
    """Enqueue a job of `kind`. The same kind and key again is the same job, done once.

    All jobs of a transaction are written at its end, in one command; workers are woken after
    its commit when one is due by then. `lane`: when it is not that of its kind.
    """
    now = deps.now()
    job = Job(
        id=f"{kind}:{key}",
        kind=kind,
        lane=deps.features.lanes.get(kind, Lane.PEOPLE) if lane is None else lane,
        payload=payload,
        due_at=due_at or now,
        created_at=now,
    )
    await store.insert(deps.db, tx, job)
    if tx is not None and job.due_at <= now:
        endings.of(tx).follow[WAKE] = partial(wake, deps)


async def keep_going(deps: Dependencies, kind: str, key: str, **payload: Any) -> None:
    """Make sure that a job is being done: enqueue it, or start it again when it ended.

    A job that is waiting or at work is left alone, so that sweeping often adds nothing.
    """
    await enqueue(deps, None, kind, key, **payload)
    if await store.revive(deps.db, f"{kind}:{key}", deps.now()):
        log.info("job_revived", job=f"{kind}:{key}")


async def open_among(deps: Dependencies, kind: str, keys: Sequence[str]) -> set[str]:
    """Return the keys of those jobs that wait or are at work: the others ended or died."""
    found = await store.open_among(deps.db, [f"{kind}:{key}" for key in keys])
    return {each.removeprefix(f"{kind}:") for each in found}


async def end(deps: Dependencies, tx: Transaction, kind: str, key: str) -> None:
    """End a waiting job in the transaction that leaves it nothing to do.

    One that a worker holds at this moment sees for itself that nothing is left.
    """
    await store.end(deps.db, tx, f"{kind}:{key}", deps.now())


async def wake(deps: Dependencies) -> None:
    """Wake the workers by a hint in Redis. A lost hint costs one poll interval."""
    with suppress(RedisError, OSError, TimeoutError):
        async with asyncio.timeout(HINT_SECONDS):
            await deps.redis.publish(channel(deps), b"")


def channel(deps: Dependencies) -> str:
    """Return where hints are published: workers of another database do not hear them."""
    return f"outbox:{deps.db.name}"


async def due(deps: Dependencies, lanes: Sequence[Lane] = ALL_LANES) -> Found:
    """Return lane → ids of jobs that are due, in one query.

    At random among the oldest of the lane, so that many workers do not collide.
    """
    found = await store.due(deps.db, lanes, deps.now(), limit=CANDIDATES)
    for job_ids in found.values():
        random.shuffle(job_ids)
    return found


async def claim(
    deps: Dependencies, owner: str, found: Found, lanes: Sequence[Lane]
) -> Job | None:
    """Lease one of the jobs found, of the first of `lanes` that has any; it is found no more.

    Those that another worker was first to lease are passed over.
    """
    now = deps.now()
    for lane in lanes:
        while job_ids := found.get(lane):
            job_id = job_ids.pop()
            job = await store.claim(deps.db, job_id, owner=owner, now=now, until=now + LEASE)
            if job is not None:
                return job
    return None


async def claim_due(
    deps: Dependencies, owner: str, lanes: Sequence[Lane] = ALL_LANES
) -> Job | None:
    """Lease one due job of the most urgent of `lanes` that has any."""
    return await claim(deps, owner, await due(deps, lanes), sorted(lanes))


async def perform(deps: Dependencies, handlers: Mapping[str, Handler], job: Job) -> None:
    """Run one leased job and record how it ended."""
    bound = log.bind(job=job.id, attempt=job.attempts)
    try:
        handler = handlers.get(job.kind)
        if handler is None:
            raise Permanent(f"no handler for jobs of kind {job.kind!r}")  # noqa: TRY301  # handled below, like any other failure
        outcome = await _take_turn(deps, job, handler)
    except Permanent as error:
        text = redacted(str(error))
        await store.bury(deps.db, job, error=text)
        bound.error("job_died", error=text)
    except RetryAt as error:
        text = redacted(str(error))
        await store.put_back(deps.db, job, error.due_at, error=text, attempts=job.attempts - 1)
        bound.warning("job_postponed", error=text, due_at=error.due_at.isoformat())
    except Exception as error:  # noqa: BLE001  # whatever went wrong, the job is not lost
        await _retry_or_bury(deps, job, error)
    else:
        match outcome:
            case Again(due_at):
                await store.put_back(deps.db, job, due_at, error="", attempts=0)
            case None:
                await store.finish(deps.db, job, deps.now())


async def _take_turn(deps: Dependencies, job: Job, handler: Handler) -> Again | None:
    """Run a job, step after step while the next one is due at once and its turn lasts.

    A step that was done forgives the failures before it, as it does between two turns.
    """
    ends_at = monotonic() + TURN_SECONDS
    while True:
        outcome = await _with_heartbeat(deps, job, handler)
        if outcome is None or outcome.due_at > deps.now() or monotonic() >= ends_at:
            return outcome
        job.attempts = 1


async def _with_heartbeat(deps: Dependencies, job: Job, handler: Handler) -> Again | None:
    work = asyncio.ensure_future(handler(deps, job.payload))
    try:
        while True:
            done, _ = await asyncio.wait({work}, timeout=HEARTBEAT_SECONDS)
            if done:
                return work.result()
            if not await store.renew(deps.db, job, deps.now() + LEASE):
                raise LeaseLost(job.id)
    finally:
        # Whoever cancels this does not cancel the work: it would go on without a database.
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)


class LeaseLost(Exception):
    """Another worker took the job over; whatever we were doing, it does again."""


async def _retry_or_bury(deps: Dependencies, job: Job, error: Exception) -> None:
    text = redacted(f"{type(error).__name__}: {error}")[:500]
    bound = log.bind(job=job.id, attempt=job.attempts)
    if job.attempts >= MAX_ATTEMPTS:
        await store.bury(deps.db, job, error=text)
        bound.exception("job_died", error=text)
        return
    due_at = deps.now() + backoff(job.attempts)
    await store.put_back(deps.db, job, due_at, error=text, attempts=job.attempts)
    bound.exception("job_failed", error=text, due_at=due_at.isoformat())


def backoff(attempts: int) -> timedelta:
    """Return a random part of 5 s × 2^(attempts-1), at most an hour (full jitter)."""
    doublings = min(attempts - 1, 20)  # far beyond the cap, far below what timedelta holds
    ceiling: timedelta = min(FIRST_BACKOFF * 2**doublings, LONGEST_BACKOFF)
    return ceiling * random.random()  # noqa: S311  # spreads load, guards nothing


async def run_due(deps: Dependencies, handlers: Mapping[str, Handler], owner: str) -> int:
    """Run due jobs one after the other until none is left; return how many ran."""
    count = 0
    while (job := await claim_due(deps, owner)) is not None:
        await perform(deps, handlers, job)
        count += 1
    return count


async def replay(deps: Dependencies, job_id: str) -> None:
    """Start a dead job again. NotFound when it is not dead."""
    if not await store.replay(deps.db, job_id, deps.now()):
        raise NotFound("没有这项失败的任务", job_id=job_id)
    await wake(deps)


async def dead(deps: Dependencies, query: ListQuery) -> Page[Job]:
    """Return dead jobs by id: for the operator at the command line."""
    return await store.dead(deps.db, query)


async def backlog(deps: Dependencies) -> Backlog:
    """Return how much work waits and died: for the figures and their alarms."""
    now = deps.now()
    overdue = {lane: await store.overdue(deps.db, lane, now, cap=BACKLOG_CAP) for lane in Lane}
    return Backlog(overdue, await store.count_dead(deps.db))


async def beat(deps: Dependencies, worker: str) -> None:
    """Record that a worker is alive."""
    await store.beat(deps.db, worker, deps.now())


async def last_beat(deps: Dependencies) -> datetime | None:
    """Return when any worker was last alive."""
    return await store.last_beat(deps.db)
