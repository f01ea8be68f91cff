"""Idempotency of requests: the same Idempotency-Key gets the first answer again.

The key lives in MongoDB beside the facts, leased by the process that is at work and renewed
while it lives. What it guards is idempotent by its own ids too, so a key whose process died
may be run again.
Source: draft-ietf-httpapi-idempotency-key-header, and Stripe's published behaviour.
"""

import asyncio
import hashlib
import math
import secrets
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Final

from pymongo.errors import PyMongoError

from services.dependencies import Dependencies
from services.idempotency import store
from services.idempotency.models import ANSWER, Answer, KeyedRequest, KeyState
from services.kernel.errors import Conflict, InvalidInput, RetryAfter

# Long enough for a loop that is held up or a database that changes its primary.
LEASE: Final = timedelta(seconds=10)
RENEW_SECONDS: Final = 2.0
PROCESS: Final = secrets.token_hex(8)
BUSY: Final = "同样的请求正在处理,请稍候"


class KeyReused(InvalidInput):
    code = "idempotency_key_reused"


class StillRunning(Conflict):
    code = "request_in_progress"
    details_type = RetryAfter


async def once(
    deps: Dependencies,
    key: str,
    request: bytes | tuple[bytes, ...],
    work: Callable[[], Awaitable[Answer]],
    *,
    is_idempotent: bool = False,
) -> Answer:
    """Do `work` for the first request under `key`; give repeats the first answer.

    `request`: the bytes that make two requests the same, in parts where they are many. A
    failed request leaves no trace, so that the client may mend the cause and use the key again.
    `is_idempotent`: doing the work twice at once is harmless, so nobody waits for a process
    that may be dead.
    """
    now = deps.now()
    mine = KeyedRequest(
        id=key_id(deps, key),
        fingerprint=fingerprint(deps, request),
        state=KeyState.RUNNING,
        owner=f"{PROCESS}:{secrets.token_hex(8)}",
        started_at=now,
        lease_until=now + LEASE,
    )
    if not await store.start(deps.db, mine):
        earlier = await _earlier(deps, mine, is_idempotent=is_idempotent)
        if earlier is not None:
            return earlier
    async with _renewed(deps, mine):
        try:
            answer = await work()
        except BaseException:
            await store.remove(deps.db, mine)
            raise
        await _keep(deps, mine, answer)
    return answer


@asynccontextmanager
async def _renewed(deps: Dependencies, mine: KeyedRequest) -> AsyncIterator[None]:
    """Renew the lease until the work is over; one that was lost is not asked for again."""

    async def renew() -> None:
        is_mine = True
        while is_mine:
            await asyncio.sleep(RENEW_SECONDS)
            with suppress(PyMongoError):  # the database away: the lease runs out
                is_mine = await store.renew(deps.db, mine, deps.now() + LEASE)

    renewal = asyncio.create_task(renew())
    try:
        yield
    finally:
        renewal.cancel()
        await asyncio.gather(renewal, return_exceptions=True)


async def _keep(deps: Dependencies, mine: KeyedRequest, answer: Answer) -> None:
    body = b64encode(answer.body).decode()
    sealed = ANSWER.seal(deps.vault, mine.id, body)
    await store.finish(deps.db, mine, status=answer.status, sealed=sealed)


def key_id(deps: Dependencies, key: str) -> str:
    """Keep who asked, and of the client's own key (a phone number for all we know) a digest."""
    actor, _, given = key.partition(":")
    return f"{actor}:{deps.vault.blind(given, purpose='idempotency-key')}"


def fingerprint(deps: Dependencies, request: bytes | tuple[bytes, ...]) -> str:
    """Return a keyed fingerprint of a request; its parts count as lines."""
    digest = hashlib.sha256()
    for number, part in enumerate(request if isinstance(request, tuple) else (request,)):
        digest.update(b"\n" if number else b"")
        digest.update(part)
    return deps.vault.blind(digest.hexdigest(), purpose="idempotency-request")


async def _earlier(
    deps: Dependencies, mine: KeyedRequest, *, is_idempotent: bool
) -> Answer | None:
    """Return the first answer, or None when the first request died and ours takes over."""
    first = await store.find(deps.db, mine.id)
    if first is None:  # it failed a moment ago
        raise StillRunning(BUSY, retry_after_seconds=1)
    if first.fingerprint != mine.fingerprint:
        raise KeyReused("这个 Idempotency-Key 已用于另一个请求,请换一个")
    if first.state is KeyState.DONE:
        sealed = first.answer_sealed
        body = b64decode(ANSWER.open(deps.vault, first.id, sealed)) if sealed else b""
        return Answer(first.status, body)
    is_here = first.owner.startswith(f"{PROCESS}:")  # in this process, so it lives
    wait = 0.0 if is_idempotent and not is_here else _left(first, mine)
    if wait > 0 or not await store.take_over(deps.db, first, mine):
        raise StillRunning(BUSY, retry_after_seconds=max(1, math.ceil(wait)))
    return None


def _left(first: KeyedRequest, mine: KeyedRequest) -> float:
    """Return how many seconds are left until the first request counts as dead."""
    return (first.abandoned_at - mine.started_at).total_seconds()
