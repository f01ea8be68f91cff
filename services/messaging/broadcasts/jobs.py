"""Job of broadcasts: one step at a time, from inboxes to WeChat, until nobody is left.

Each step ends by moving the broadcast's cursor and version, so that a worker that was killed
and replaced, or only slept, does nothing twice: entries have ids that tell their person, and a
push begins by compare-and-set.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime
from typing import Any, Final

import msgspec
import structlog

from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.jobs.models import Again, Permanent
from services.kernel.documents import Document, to_document
from services.messaging import bulk_store
from services.messaging.broadcasts import actions, entries, homes_store, pushes, store
from services.messaging.broadcasts.models import (
    ANSWERED,
    ANSWERED_AFTER,
    AT_ONCE,
    FAN_OUT,
    SETTLED_AFTER,
    UNREAD,
    Answer,
    Broadcast,
    Counts,
    Part,
    Urgency,
)
from services.messaging.broadcasts.states import BroadcastState, Move
from services.messaging.models import Delivery

PARTS_IN_A_STEP: Final = 20  # some seconds: then work that is more urgent may go first
PARTS_AT_ONCE: Final = 3

log = structlog.get_logger(__name__)


async def step(deps: Dependencies, payload: Document) -> Again | None:
    """Do the next step of a broadcast; one that is done or was stopped is counted once more."""
    broadcast = await store.find(deps.db, payload["broadcast_id"])
    if broadcast is None:
        return None
    match broadcast.state:
        case BroadcastState.GATHERING:
            await gather_some(deps, broadcast)
        case BroadcastState.PUSHING:
            return Again(await push_some(deps, broadcast))
        case _:
            await settle(deps, broadcast)
            return None
    return Again(deps.now())


async def gather_some(deps: Dependencies, broadcast: Broadcast) -> None:
    """Write the next entries; after the last, count them and begin to push."""
    seen = broadcast
    async with aclosing(_written(deps, broadcast)) as parts:
        async for part, told in parts:
            if part.after is None:
                counts = await recount(deps, seen)
                await store.move(deps.db, seen, Move.PUSH, {"after": "", "counts": counts})
                return
            homes = sum(one.is_home for one in part.recipients)
            added = {"counts.homes": homes, "counts.people": told}
            changes = {"$set": {"after": part.after}, "$inc": added}
            noted = await store.note(deps.db, seen, changes)
            if noted is None:  # stopped, or another worker went on
                return
            seen = noted


async def _written(
    deps: Dependencies, broadcast: Broadcast
) -> AsyncGenerator[tuple[Part, int], None]:
    """Yield parts when they are written, in order, each with the number of its people.

    Meanwhile the next one is read, and begun: they wait for different things.
    """
    source, after = deps.features.broadcasts[broadcast.source], broadcast.after
    under_way: deque[tuple[Part, asyncio.Task[int]]] = deque()
    try:
        for _ in range(PARTS_IN_A_STEP):
            part = await source.part(deps, broadcast.key, after, AT_ONCE)
            write = entries.write(deps, broadcast, source, part.recipients)
            under_way.append((part, asyncio.ensure_future(write)))
            if part.after is None:
                break
            after = part.after
            if len(under_way) == PARTS_AT_ONCE:
                yield under_way[0][0], await under_way[0][1]
                under_way.popleft()
        while under_way:
            yield under_way[0][0], await under_way[0][1]
            under_way.popleft()
    finally:
        # Not cancelled: a write that is cut off in the middle of a connection leaves it open.
        await asyncio.gather(*(left for _, left in under_way), return_exceptions=True)


async def push_some(deps: Dependencies, broadcast: Broadcast) -> datetime:
    """Push to the next people; return when to go on. The last step counts and finishes.

    Raises Permanent when people have to mend our account; replayed, nobody was left out.
    """
    now = deps.now()
    if now >= broadcast.push_until:
        return await finish(deps, broadcast)
    if broadcast.urgency is not Urgency.EMERGENCY and (
        until := pushes.quiet_until(broadcast.quiet, now)
    ):
        drops = broadcast.urgency is Urgency.DROPPED
        return await finish(deps, broadcast) if drops else await _wait(deps, broadcast, until)
    result = await pushes.push_some(deps, broadcast)
    if result.after is None:
        return await _end_pass(deps, broadcast)
    numbers = {
        f"counts.{name}": getattr(result, name)
        for name in ("sent", "refused", "failed", "unknown", "dropped")
    }
    left = max(0, broadcast.left - sum(numbers.values()) - result.held)
    where = {"after": result.after, "left": left, "next_push_at": result.wait_until}
    changes = {"$set": where, "$inc": {**numbers, "held": result.held}}
    await store.note(deps.db, broadcast, changes)
    if result.broken:
        raise Permanent(result.broken)
    return result.wait_until or now


async def _end_pass(deps: Dependencies, broadcast: Broadcast) -> datetime:
    """Begin another pass over those who were held, or finish."""
    if not broadcast.held:
        return await finish(deps, broadcast)
    at = min(deps.now() + pushes.PASS, broadcast.push_until)
    return await _wait(deps, broadcast, at, after="", held=0, left=broadcast.held)


async def _wait(
    deps: Dependencies, broadcast: Broadcast, until: datetime, **changes: Any
) -> datetime:
    """Note when pushing goes on, for whoever asks why nothing happens."""
    await store.note(deps.db, broadcast, {"$set": {**changes, "next_push_at": until}})
    return until


async def finish(deps: Dependencies, broadcast: Broadcast) -> datetime:
    """End a broadcast with the counts of what is there, whatever the steps had counted."""
    now = deps.now()
    key, due_at = f"{broadcast.id}:done", now + SETTLED_AFTER
    await jobs.enqueue(deps, None, FAN_OUT, key, due_at=due_at, broadcast_id=broadcast.id)
    counts = await _final(deps, broadcast)
    changes = {"counts": counts, "done_at": now}
    if await store.move(deps.db, broadcast, Move.FINISH, changes):
        log.info("broadcast_done", broadcast=broadcast.id, **counts)
    return now


async def settle(deps: Dependencies, broadcast: Broadcast) -> None:
    """Count what a broadcast has done, a while after its end.

    A step was perhaps in the middle when it was stopped; and a worker that slept past its lease
    learns WeChat's answers when another one has finished.
    """
    counts = await _final(deps, broadcast)
    if counts != to_document(broadcast.counts):
        await store.note(deps.db, broadcast, {"$set": {"counts": counts}})


async def _final(deps: Dependencies, broadcast: Broadcast) -> Document:
    """Clear up what a worker that died left behind; return the counts of what is there."""
    await pushes.lose_sending(deps, broadcast)
    await pushes.mark_all_pushed(deps, broadcast.id)
    counts = await recount(deps, broadcast)
    if broadcast.urgency is Urgency.DROPPED:
        counts["dropped"] = await bulk_store.count_dropped(deps.db, broadcast.id)
    return counts


async def recount(deps: Dependencies, broadcast: Broadcast) -> Document:
    """Count a broadcast's homes, and its messages by what became of them."""
    by = await bulk_store.counts(deps.db, broadcast.id)
    return to_document(
        Counts(
            homes=await homes_store.count(deps.db, broadcast.id),
            people=sum(by.values()),
            sent=by.get(Delivery.SENT, 0),
            refused=by.get(Delivery.REFUSED, 0),
            failed=by.get(Delivery.FAILED, 0),
            unknown=by.get(Delivery.UNKNOWN, 0) + by.get(Delivery.SENDING, 0),
        )
    )


async def make_unread(deps: Dependencies, payload: Document) -> None:
    """Make the entries unread of those who read the text before the present one.

    Kept with each entry, and not asked of its broadcast whenever somebody counts: so the count
    of what is unread stays one look at one index. Done again, it changes only what is left.
    """
    broadcast = await store.find(deps.db, payload["broadcast_id"])
    if broadcast is not None and broadcast.rewritten_at is not None:
        await bulk_store.make_unread(deps.db, broadcast.id, broadcast.rewritten_at)


async def note_answered(deps: Dependencies, payload: Document) -> Again | None:
    """Note an answer that was given before its message was written, once it is.

    Whose message is not there when all are written was not told, and is not counted.
    """
    answer = msgspec.convert(payload, Answer)
    is_early = await actions.is_gathering(deps, answer.broadcast)

    async def save(tx: Transaction) -> bool:
        return await actions.note_answer(deps, tx, answer)

    if await deps.in_transaction(save) or not is_early:
        return None
    return Again(deps.now() + ANSWERED_AFTER)


JOBS: Final[dict[str, jobs.Handler]] = {
    FAN_OUT: step,
    UNREAD: make_unread,
    ANSWERED: note_answered,
}
