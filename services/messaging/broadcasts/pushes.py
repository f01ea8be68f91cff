"""Pushes of a broadcast through WeChat: at most once a person, as fast as all may together.

Some hundred people at a time. What cannot be pushed now, because the person had another push
within the hour or WeChat asks to wait, stays where it is and is met again in the next pass.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog
from msgspec import Struct

from services.dependencies import Dependencies, Transaction
from services.jobs.models import Permanent
from services.kernel.days import BEIJING
from services.limits.models import Rate, buckets
from services.messaging import bulk_store, store
from services.messaging.broadcasts import homes_store
from services.messaging.broadcasts.models import Broadcast, Quiet, Urgency, home_id
from services.messaging.bulk_store import Waiting
from services.messaging.deliveries import actions as deliveries
from services.messaging.deliveries import quota
from services.messaging.models import Letter
from services.messaging.push_turns import actions as push_turns
from services.messaging.states import OUTCOMES, Move, Then
from services.people import actions as people
from services.wechat.errors import Reaction, WeChatError
from services.wechat.template_values import BadTemplateValue

SEEN_AT_ONCE: Final = 500  # who is looked at in one step
AT_ONCE: Final = 50  # calls under way: 300 a second of 150 ms each (RELIABILITY part 6)
PASS: Final = timedelta(minutes=10)  # after which those that were held are tried again

# Message → person and letter.
Letters = Mapping[str, tuple[str, Letter]]

log = structlog.get_logger(__name__)


class Result(Struct, kw_only=True):
    """Result of one step. `after`: the last person looked at; None when there is nobody left.

    `wait_until`: WeChat, or our own rate, asks to wait so long.
    """

    after: str | None
    sent: int = 0
    refused: int = 0
    failed: int = 0
    unknown: int = 0
    dropped: int = 0
    held: int = 0
    wait_until: datetime | None = None


def quiet_until(quiet: Quiet, now: datetime) -> datetime | None:
    """Return when the quiet hours end; None outside them. By Beijing's clock."""
    if quiet.from_hour == quiet.to_hour:
        return None
    here = now.astimezone(BEIJING)
    over = here.replace(hour=quiet.to_hour, minute=0, second=0, microsecond=0)
    if quiet.from_hour < quiet.to_hour:
        return over if quiet.from_hour <= here.hour < quiet.to_hour else None
    if here.hour >= quiet.from_hour:
        return over + timedelta(days=1)
    return over if here.hour < quiet.to_hour else None


async def push_some(deps: Dependencies, broadcast: Broadcast) -> Result:
    """Push to the next people who can be reached through WeChat.

    Only this job pushes for this broadcast: what is on the way when it begins was left by a
    worker that died, and may have arrived. Raises Permanent when the account is not set up.
    """
    if await bulk_store.lose_sending(deps.db, broadcast.id):
        log.warning("broadcast_outcome_unknown", broadcast=broadcast.id)
    if broadcast.template not in deps.templates:
        return Result(after=None)
    if until := await quota.reached_until(deps):
        return Result(after=broadcast.after, wait_until=until)
    seen = await bulk_store.waiting(
        deps.db, broadcast.id, after=broadcast.after, limit=SEEN_AT_ONCE
    )
    if not seen:
        return Result(after=None)
    result = Result(after=broadcast.after)
    letters = await _letters(deps, broadcast, seen)
    for i in range(0, len(letters), AT_ONCE):
        batch = dict(list(letters.items())[i : i + AT_ONCE])
        await _push(deps, broadcast, batch, result)
        if result.wait_until:
            return result
    result.after = seen[-1].person
    return result


async def mark_pushed(deps: Dependencies, broadcast: str, ids: Sequence[str]) -> None:
    """Note on their homes that WeChat took these messages."""
    for at in range(0, len(ids), SEEN_AT_ONCE):
        found = await bulk_store.places_of(deps.db, ids[at : at + SEEN_AT_ONCE], sent=True)
        homes = {home_id(broadcast, place) for places in found.values() for place in places}
        await homes_store.note(deps.db, list(homes), "pushed_at", deps.now(), reached=False)


async def mark_all_pushed(deps: Dependencies, broadcast: str) -> None:
    """Note on their homes what WeChat took: a worker may have died before it could."""
    after = ""
    while found := await bulk_store.sent(deps.db, broadcast, after=after, limit=SEEN_AT_ONCE):
        await mark_pushed(deps, broadcast, [one.id for one in found])
        after = found[-1].person


async def _letters(
    deps: Dependencies, broadcast: Broadcast, seen: Sequence[Waiting]
) -> Letters:
    """Return message → person and letter, of those whom a grant lets us reach."""
    openids = await people.openids(deps, [one.person for one in seen])
    found: dict[str, tuple[str, Letter]] = {}
    for one in seen:
        openid = openids.get(one.person)
        if openid is not None and (letter := await _letter(deps, broadcast, one, openid)):
            found[one.id] = (one.person, letter)
    left = await store.grants_left(deps.db, [letter.grant for _, letter in found.values()])
    return {
        message: (person, letter)
        for message, (person, letter) in found.items()
        if left.get(letter.grant, 0) > 0
    }


async def _letter(
    deps: Dependencies, broadcast: Broadcast, one: Waiting, openid: str
) -> Letter | None:
    values = {**broadcast.values, **one.values}
    try:
        return deliveries.letter(
            deps, broadcast.template, values, openid=openid, page=broadcast.page
        )
    except BadTemplateValue as error:
        log.exception("broadcast_message_failed", message=one.id)
        await store.move(deps.db, one.id, Move.FAIL, problem=str(error))
        return None


async def _push(
    deps: Dependencies, broadcast: Broadcast, batch: Letters, result: Result
) -> None:
    """Push to some people, all at once; or to none, when our own rate asks to wait."""
    if wait := await _take_rate(deps, broadcast, len(batch)):
        result.wait_until = deps.now() + timedelta(seconds=wait)
        return
    # Trouble with the token shows here, while it is certain that nothing was sent.
    await deps.wechat.tokens.get()
    free = await _with_turns(deps, broadcast, batch, result)
    started = await _reserve(deps, {each: letter for each, (_, letter) in free.items()})
    refusals = await _deliver(deps, {each: free[each] for each in started})
    sent = [each for each, refusal in zip(started, refusals, strict=True) if refusal is None]
    await mark_pushed(deps, broadcast.id, sent)
    lost = {each for each, refusal in zip(started, refusals, strict=True) if _lost(refusal)}
    idle = [free[each][0] for each in free.keys() - {*sent} - lost]
    await push_turns.give_back(deps, idle, broadcast.id)
    result.sent += len(sent)
    for refusal in refusals:
        if refusal is not None:
            await _count(deps, refusal, result)
    result.after = max(person for person, _ in batch.values())


async def _deliver(deps: Dependencies, batch: Letters) -> list[WeChatError | None]:
    """Call WeChat for all at once; what fails otherwise is raised when all have ended."""
    calls = (deliveries.deliver(deps, each, *pair) for each, pair in batch.items())
    ended = await asyncio.gather(*calls, return_exceptions=True)
    for one in ended:
        if isinstance(one, BaseException) and not isinstance(one, WeChatError):
            raise one
    return [one if isinstance(one, WeChatError) else None for one in ended]


async def _with_turns(
    deps: Dependencies, broadcast: Broadcast, batch: Letters, result: Result
) -> Letters:
    """Leave out who had another ordinary push within the hour."""
    if broadcast.urgency is Urgency.EMERGENCY:
        return batch
    free = await push_turns.take(deps, [person for person, _ in batch.values()], broadcast.id)
    left_out = sum(person not in free for person, _ in batch.values())
    if broadcast.urgency is Urgency.DROPPED:
        result.dropped += left_out
    else:
        result.held += left_out
    return {message: pair for message, pair in batch.items() if pair[0] in free}


async def _take_rate(deps: Dependencies, broadcast: Broadcast, calls: int) -> float:
    """Take so many calls from the rate that all processes share; or return seconds to wait.

    What is ordinary may use a part of it only: an emergency never waits behind it.
    """
    rates = [Rate.PUSH, Rate.PUSH_DAY]
    if broadcast.urgency is not Urgency.EMERGENCY:
        rates.append(Rate.PUSH_ORDINARY)
    return await deps.limiter.take(buckets([(rate, "wechat") for rate in rates], calls))


async def _reserve(deps: Dependencies, letters: Mapping[str, Letter]) -> list[str]:
    """Take a grant for each message and write that WeChat is about to be called; all or none.

    Returns those that can be: not read meanwhile, and a grant is still left.
    """

    async def start(tx: Transaction) -> list[str]:
        ids = await bulk_store.startable(deps.db, tx, list(letters))
        left = await store.grants_left(deps.db, [letters[each].grant for each in ids], tx=tx)
        chosen = {each: grant for each in ids if left.get(grant := letters[each].grant, 0) > 0}
        if chosen:
            await bulk_store.take_grants(deps.db, tx, list(chosen.values()))
            await bulk_store.start(deps.db, tx, chosen, deps.now())
        return list(chosen)

    return await deps.in_transaction(start) if letters else []


def _lost(refusal: WeChatError | None) -> bool:
    """Tell whether a message may have arrived although WeChat did not say so."""
    return refusal is not None and OUTCOMES[refusal.reaction].move is Move.LOSE


async def _count(deps: Dependencies, refusal: WeChatError, result: Result) -> None:
    outcome = OUTCOMES[refusal.reaction]
    match outcome.move:
        case Move.REFUSE:
            result.refused += 1
        case Move.LOSE:
            result.unknown += 1
        case Move.POSTPONE:
            result.held += 1
        case _:
            result.failed += 1
    match outcome.then:
        case Then.NEXT_DAY:
            result.wait_until = await quota.note_reached(deps)
        case Then.NEXT_MINUTE:
            result.wait_until = deps.now() + timedelta(minutes=1)
        case Then.DIE if refusal.reaction is Reaction.CONFIG:
            raise Permanent(str(refusal))
        case Then.DIE:
            log.error("broadcast_message_failed", errcode=refusal.errcode)
