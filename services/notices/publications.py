"""Publications of notices: published now or at an hour, corrected, withdrawn.

A publication writes the state, the audit and the start of one broadcast: as much for a city as
for a staircase. Whoever is meant is told by the broadcast's own job.
"""

from datetime import datetime
from typing import Any, Final

import msgspec
from msgspec import UNSET, UnsetType

from services.audiences import actions as audiences
from services.audiences import doors
from services.audiences import senders as audience_senders
from services.audiences.models import Audience
from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.kernel import errors
from services.kernel.paths import smallest_around
from services.kernel.permissions import Actor, Permission
from services.messaging.broadcasts import actions as broadcasts
from services.notices import drafts, notify, senders, states, store
from services.notices.contents import checks
from services.notices.corrections import repeats
from services.notices.figures import groups
from services.notices.models import (
    Notice,
    PublishNotice,
    WithdrawNotice,
    position,
)
from services.notices.rules import actions as rules
from services.notices.rules.models import NoticeRules
from services.notices.states import TABLE, NoticeAction, NoticeState, edition

PUBLISH: Final = "notices.publish"  # the job that publishes at an hour
# Homes that are looked at for the first that is meant, part by part. Beyond them an audience
# that is empty after all tells nobody: a publication takes no longer for a larger place.
LOOKED_AT: Final = (50, 1_000, 1_000)


class ReviewNeeded(errors.Conflict):
    """The place asks for a second pair of eyes first."""

    code = "notice_review_needed"


async def access(deps: Dependencies, actor: Actor, notice_id: str) -> Notice:
    """Return a notice that the actor works on, whole. Raises NotFound."""
    return senders.access(actor, await store.find(deps.db, notice_id))


async def access_seen(
    deps: Dependencies, actor: Actor, notice_id: str, revision: int | UnsetType
) -> Notice:
    """Return a notice as the actor read it, if they say so. Raises NotFound, NoticeMovedOn."""
    found = await access(deps, actor, notice_id)
    if revision not in {UNSET, found.revision}:
        raise states.moved_on(found.state)
    return found


async def move(
    deps: Dependencies, tx: Transaction, found: Notice, action: NoticeAction, **changes: Any
) -> Notice:
    """Move a notice along the table; return it as it is now. Raises NoticeMovedOn."""
    row = TABLE.require(found.state, action, states.not_from(found.state))
    kept = msgspec.to_builtins(changes, builtin_types=(datetime,))
    if not await store.move(deps.db, tx, found, action, kept):
        raise states.moved_on(found.state)
    revision, state = found.revision + 1, row.target or found.state
    return msgspec.structs.replace(found, state=state, revision=revision, **changes)


async def note(
    deps: Dependencies,
    tx: Transaction,
    actor: Actor,
    action: NoticeAction,
    found: Notice,
    **facts: Any,
) -> None:
    """Write the act of a move into the audit: the last thing in its transaction."""
    act, place = TABLE.act(action), found.place
    await audit.record(deps, tx, actor, act, place=place, subject=found.id, **facts)


async def publish(
    deps: Dependencies, actor: Actor, notice_id: str, wish: PublishNotice
) -> Notice:
    """Publish a notice: at once, or at an hour to come.

    Raises NotFound, TimePast, EndsBeforeStart, ReviewNeeded, NoticeMovedOn, KindNotYours,
    AudienceEmpty, FilterNotYours.
    """
    found = await access_seen(deps, actor, notice_id, wish.revision)
    now = deps.now()
    at = now if wish.at is None else checks.check_instant(deps, wish.at)
    start = max(at, found.shown_from or at)
    checks.check_times(found.content, start)
    if start > now:
        return await _schedule(deps, actor, found, start)
    return await go(deps, actor, found, by=actor)


async def _rules_of(deps: Dependencies, found: Notice, frozen: Audience) -> NoticeRules:
    """Return the rules of all places that are meant. Raises ReviewNeeded where they ask it."""
    held = await rules.of(deps, frozen.places)
    if held.second_eyes and not _is_approved(found):
        raise ReviewNeeded("这里要求先由别人审核,请先提交审核")
    return held


def _is_approved(found: Notice) -> bool:
    return found.state is NoticeState.APPROVED or (
        found.state is NoticeState.SCHEDULED and found.scheduled_approved
    )


async def _schedule(deps: Dependencies, actor: Actor, found: Notice, start: datetime) -> Notice:
    """Promise to publish at an hour. A job of an earlier promise will find another number."""
    states.require(found.state, NoticeAction.SCHEDULE)
    await _rules_of(deps, found, await require_allowed(deps, actor, found))
    number = found.schedule + 1
    plan = {
        "schedule": number,
        "scheduled_by": actor.person_id,
        "scheduled_approved": _is_approved(found),
        "publish_at": start,
    }

    async def save(tx: Transaction) -> Notice:
        made = await move(deps, tx, found, NoticeAction.SCHEDULE, sent_back_because="", **plan)
        key = f"{found.id}:{number}"
        await jobs.enqueue(
            deps, tx, PUBLISH, key, due_at=start, notice_id=found.id, schedule=number
        )
        at = start.isoformat()
        await note(deps, tx, actor, NoticeAction.SCHEDULE, found, publish_at=at)
        return made

    return await deps.in_transaction(save)


async def require_allowed(deps: Dependencies, actor: Actor, found: Notice) -> Audience:
    """Return the audience as it is at this moment, if the actor may still write to it.

    Raises NotFound, KindNotYours, OnePlace, AudienceEmpty, FilterNotYours.
    """
    await audiences.check(deps, actor, found.audience, Permission.SEND_NOTICES)
    frozen = await audiences.freeze(deps, found.audience)
    senders.office_of(actor, found.kind, frozen.places)
    after: str | None = ""
    for limit in LOOKED_AT:
        part = await audiences.part(deps, frozen, after or "", limit)
        after = part.after
        if part.recipients:
            return frozen
        if after is None:
            if await groups.is_small(deps, actor, frozen, {}):
                return frozen  # that it is empty would tell of a single home
            raise audiences.AudienceEmpty("没有符合条件的住户或人员,请重新选择发给谁")
    return frozen


async def go(deps: Dependencies, actor: Actor, found: Notice, *, by: Actor) -> Notice:
    """Publish what may go out, once however often it is asked at the same time.

    `by`: whom the audit names: the actor, or the clock. Raises as `publish` does.
    """
    states.require(found.state, NoticeAction.PUBLISH)
    frozen = await require_allowed(deps, actor, found)
    quiet = notify.quiet_of(await _rules_of(deps, found, frozen))
    now = deps.now()
    checks.check_times(found.content, now)  # of a schedule, its job may be late
    changes = {
        "audience": frozen,
        # A grid may have other buildings by now than when it was drafted.
        "place": smallest_around(frozen.places),
        "places": list(frozen.places),
        "senders": audience_senders.tokens_again(actor, found, frozen.places),
        "readers": senders.readers_of(found.id, frozen),
        "doors": doors.tokens(frozen),
        "version": 1,
        "position": position(now, found.id, pinned=found.pinned),
        "published_at": now,
        "published_by": actor.person_id,
        "writers": [],  # a correction has its own
        "sent_back_because": "",
    }

    async def save(tx: Transaction) -> Notice:
        made = await move(deps, tx, found, NoticeAction.PUBLISH, **changes)
        await broadcasts.start(deps, tx, notify.wish(made, quiet))
        await note(deps, tx, by, NoticeAction.PUBLISH, made)
        return made

    return await deps.in_transaction(save)


async def withdraw(
    deps: Dependencies, actor: Actor, notice_id: str, wish: WithdrawNotice
) -> Notice:
    """Withdraw a published notice, also while told about. Raises NoticeMovedOn, HtmlRefused."""
    found = await access(deps, actor, notice_id)
    states.require(found.state, NoticeAction.WITHDRAW)
    checks.check_html(wish.because)
    quiet = notify.quiet_of(await rules.of(deps, found.places))
    last = edition(found.version, NoticeState.WITHDRAWN)
    changes = {
        "withdrawn_at": deps.now(),
        "withdrawn_by": actor.person_id,
        "withdrawn_because": wish.because,
        "told_again": repeats.editions(found, last, tell_again=wish.tell_again),
        "proposal": None,
    }

    async def save(tx: Transaction) -> Notice:
        made = await move(deps, tx, found, NoticeAction.WITHDRAW, **changes)
        await drafts.discard_proposed(deps, tx, found, found.content)
        title, body = notify.withdrawn(made)
        await broadcasts.stop(deps, tx, notify.broadcast_of(found), title=title, body=body)
        await repeats.follow(deps, tx, made, found, quiet)
        told = {"tell_again": wish.tell_again}
        await note(deps, tx, actor, NoticeAction.WITHDRAW, found, **told)
        return made

    return await deps.in_transaction(save)
