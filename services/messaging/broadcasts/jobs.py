"""Job of broadcasts: one step at a time, from inboxes to WeChat, until nobody is left.

Each step ends by moving the broadcast's cursor and version, so that a worker that was killed
and replaced, or only slept, does nothing twice: entries have ids that tell their person, and a
push begins by compare-and-set.
"""

from datetime import datetime
from typing import Final

import structlog

from services.dependencies import Dependencies
from services.jobs import actions as jobs
from services.jobs.models import Again
from services.kernel.documents import Document, to_document
from services.messaging import bulk_store
from services.messaging.broadcasts import entries, homes_store, pushes, store
from services.messaging.broadcasts.models import (
    AT_ONCE,
    FAN_OUT,
    Broadcast,
    Counts,
    Urgency,
)
from services.messaging.broadcasts.states import BroadcastState, Move
from services.messaging.models import Delivery

log = structlog.get_logger(__name__)


async def step(deps: Dependencies, payload: Document) -> Again | None:
    """Do the next step of a broadcast; one that is done or was stopped has none."""
    broadcast = await store.find(deps.db, payload["broadcast_id"])
    if broadcast is None:
        return None
    match broadcast.state:
        case BroadcastState.GATHERING:
            await gather_some(deps, broadcast)
        case BroadcastState.PUSHING:
            return Again(await push_some(deps, broadcast))
        case _:
            return None
    return Again(deps.now())


async def gather_some(deps: Dependencies, broadcast: Broadcast) -> None:
    """Write the next entries; after the last, count them and begin to push."""
    source = deps.features.broadcasts[broadcast.source]
    part = await source.part(deps, broadcast.key, broadcast.after, AT_ONCE)
    told = await entries.write(deps, broadcast, source, part.recipients)
    if part.after is None:
        counts = await recount(deps, broadcast)
        await store.move(deps.db, broadcast, Move.PUSH, {"after": "", "counts": counts})
        return
    homes = sum(one.is_home for one in part.recipients)
    added = {"counts.homes": homes, "counts.people": told}
    await store.note(deps.db, broadcast, {"$set": {"after": part.after}, "$inc": added})


async def push_some(deps: Dependencies, broadcast: Broadcast) -> datetime:
    """Push to the next people; return when to go on. The last step counts and finishes."""
    now = deps.now()
    if now >= broadcast.push_until:
        return await finish(deps, broadcast)
    if broadcast.urgency is not Urgency.EMERGENCY and (
        until := pushes.quiet_until(broadcast.quiet, now)
    ):
        drops = broadcast.urgency is Urgency.DROPPED
        return await finish(deps, broadcast) if drops else until
    result = await pushes.push_some(deps, broadcast)
    if result.after is None:
        return await _end_pass(deps, broadcast)
    numbers = {
        f"counts.{name}": getattr(result, name)
        for name in ("sent", "refused", "failed", "unknown", "dropped")
    }
    changes = {"$set": {"after": result.after}, "$inc": {**numbers, "held": result.held}}
    await store.note(deps.db, broadcast, changes)
    return result.wait_until or now


async def _end_pass(deps: Dependencies, broadcast: Broadcast) -> datetime:
    """Begin another pass over those who were held, or finish."""
    if not broadcast.held:
        return await finish(deps, broadcast)
    await store.note(deps.db, broadcast, {"$set": {"after": "", "held": 0}})
    return min(deps.now() + pushes.PASS, broadcast.push_until)


async def finish(deps: Dependencies, broadcast: Broadcast) -> datetime:
    """End a broadcast with the counts of what is there, whatever the steps had counted."""
    now = deps.now()
    await pushes.mark_all_pushed(deps, broadcast.id)
    counts = await recount(deps, broadcast)
    counts["dropped"] = broadcast.counts.dropped
    changes = {"counts": counts, "done_at": now}
    if await store.move(deps.db, broadcast, Move.FINISH, changes):
        log.info("broadcast_done", broadcast=broadcast.id, **counts)
    return now


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


JOBS: Final[dict[str, jobs.Handler]] = {FAN_OUT: step}
