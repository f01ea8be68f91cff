"""Idempotency of requests: the same Idempotency-Key gets the first answer again.

The key lives in MongoDB beside the facts. What it guards is idempotent by its own ids too, so
a key whose process died may be run again.
Source: draft-ietf-httpapi-idempotency-key-header, and Stripe's published behaviour.
"""

import hashlib
from base64 import b64decode, b64encode
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

from services.dependencies import Dependencies
from services.idempotency import store
from services.idempotency.models import Answer, KeyedRequest, KeyState
from services.kernel.errors import Conflict, InvalidInput, RetryAfter

ABANDONED_AFTER: Final = timedelta(seconds=60)


class KeyReused(InvalidInput):
    code = "idempotency_key_reused"


class StillRunning(Conflict):
    code = "request_in_progress"
    details_type = RetryAfter


async def once(
    deps: Dependencies,
    key: str,
    request: bytes,
    work: Callable[[], Awaitable[Answer]],
) -> Answer:
    """Do `work` for the first request under `key`; give repeats the first answer.

    `request`: the bytes that make two requests the same. A failed request leaves no trace, so
    that the client may mend the cause and use the key again.
    """
    mine = KeyedRequest(
        id=key_id(deps, key),
        fingerprint=fingerprint(deps, request),
        state=KeyState.RUNNING,
        started_at=deps.now(),
    )
    if not await store.start(deps.db, mine):
        earlier = await _earlier(deps, mine)
        if earlier is not None:
            return earlier
    try:
        answer = await work()
    except BaseException:
        await store.remove(deps.db, mine)
        raise
    await _keep(deps, mine, answer)
    return answer


async def _keep(deps: Dependencies, mine: KeyedRequest, answer: Answer) -> None:
    body = b64encode(answer.body).decode()
    sealed = deps.vault.seal(body, place=_place(mine.id))
    await store.finish(deps.db, mine, status=answer.status, sealed=sealed)


def key_id(deps: Dependencies, key: str) -> str:
    """Keep who asked, and of the client's own key (a phone number for all we know) a digest."""
    actor, _, given = key.partition(":")
    return f"{actor}:{deps.vault.blind(given, purpose='idempotency-key')}"


def fingerprint(deps: Dependencies, request: bytes) -> str:
    """Return a keyed fingerprint of a request."""
    digest = hashlib.sha256(request).hexdigest()
    return deps.vault.blind(digest, purpose="idempotency-request")


def _place(identity: str) -> str:
    return f"idempotency_keys/{identity}/answer"


async def _earlier(deps: Dependencies, mine: KeyedRequest) -> Answer | None:
    """Return the first answer, or None when the first request died and ours takes over."""
    first = await store.find(deps.db, mine.id)
    if first is not None and first.fingerprint != mine.fingerprint:
        raise KeyReused("这个 Idempotency-Key 已用于另一个请求,请换一个")
    if first is not None and first.state is KeyState.DONE:
        sealed = first.answer_sealed
        body = b64decode(deps.vault.unseal(sealed, place=_place(first.id))) if sealed else b""
        return Answer(first.status, body)
    if first is None or first.started_at > deps.now() - ABANDONED_AFTER:
        raise StillRunning("同样的请求正在处理,请稍候", retry_after_seconds=1)
    if await store.take_over(deps.db, first, mine.started_at) is None:
        raise StillRunning("同样的请求正在处理,请稍候", retry_after_seconds=1)
    return None
