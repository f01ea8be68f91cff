"""Pushes of a broadcast through WeChat: at most once a person, as fast as all may together.

Some hundred people at a time. What cannot be pushed now, because the person had another push
within the hour or WeChat asks to wait, stays where it is and is met again in the next pass.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog
from msgspec import Struct

from services.dependencies import Dependencies
from services.kernel.days import BEIJING
from services.limits.models import Rate, buckets
from services.messaging import bulk_store
from services.messaging.broadcasts import homes_store, store
from services.messaging.broadcasts.models import Broadcast, Quiet, Urgency, home_id
from services.messaging.bulk_store import Waiting
from services.messaging.deliveries import actions as deliveries
from services.messaging.deliveries import quota
from services.messaging.deliveries.actions import Parcel, Post
from services.messaging.push_turns import actions as push_turns
from services.messaging.states import OF_MANY, Move, Then
from services.people import actions as people
from services.wechat.errors import WeChatError

SEEN_AT_ONCE: Final = 500  # who is looked at in one step
AT_ONCE: Final = 50  # calls under way: 300 a second of 150 ms each (RELIABILITY part 6)
PASS: Final = timedelta(minutes=10)  # after which those that were held are tried again
# Neither take a turn of the hour nor wait for one: what is urgent, and what somebody waits for.
WITHOUT_TURN: Final = frozenset({Urgency.EMERGENCY, Urgency.ANSWER})

# Message → how it is delivered.
Posts = Mapping[str, Post]
# Message → WeChat's refusal; None where it took it.
Answers = Mapping[str, WeChatError | None]

log = structlog.get_logger(__name__)


class Result(Struct, kw_only=True):
    """Result of one step. `after`: the last person looked at; None when there is nobody left.

    `wait_until`: WeChat, or our own rate, asks to wait so long. `broken`: what people have to
    mend at our account before anybody can be pushed to. `overtaken`: the broadcast is not as
    it was seen any more, e.g. corrected; the next step sees what it is now.
    """

    after: str | None
    sent: int = 0
    refused: int = 0
    failed: int = 0
    unknown: int = 0
    dropped: int = 0
    held: int = 0
    wait_until: datetime | None = None
    broken: str = ""
    overtaken: bool = False


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
    worker that died, and may have arrived.
    """
    await lose_sending(deps, broadcast)
    if until := await quota.reached_until(deps):
        return Result(after=broadcast.after, wait_until=until)
    seen = await bulk_store.waiting(
        deps.db, broadcast.id, after=broadcast.after, limit=SEEN_AT_ONCE
    )
    if not seen:
        return Result(after=None)
    result = Result(after=broadcast.after)
    known = await people.find_many(deps, [one.person for one in seen])
    parcels = [_parcel(broadcast, one) for one in seen]
    posts = (await deliveries.addressed(deps, parcels, known)).posts
    for i in range(0, len(posts), AT_ONCE):
        batch = dict(list(posts.items())[i : i + AT_ONCE])
        await _push(deps, broadcast, batch, result)
        if result.wait_until or result.broken or result.overtaken:
            return result
    result.after = seen[-1].person
    return result


async def lose_sending(deps: Dependencies, broadcast: Broadcast) -> None:
    """Note that what a worker had on the way when it died may have arrived, and may not."""
    if await bulk_store.lose_sending(deps.db, broadcast.id):
        log.warning("broadcast_outcome_unknown", broadcast=broadcast.id)


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


def _parcel(broadcast: Broadcast, one: Waiting) -> Parcel:
    return Parcel(
        message_id=one.id,
        person=one.person,
        template=broadcast.template,
        values={**broadcast.values, **one.values},
        page=broadcast.page,
        text_at=broadcast.rewritten_at,
    )


async def _push(deps: Dependencies, broadcast: Broadcast, batch: Posts, result: Result) -> None:
    """Push to some people, all at once; or to none, when our own rate asks to wait."""
    if wait := await _take_rate(deps, broadcast, len(batch)):
        result.wait_until = deps.now() + timedelta(seconds=wait)
        return
    # Trouble with the token shows here, while it is certain that nothing was sent.
    await deps.wechat.tokens.get()
    held = result.held
    free = await _with_turns(deps, broadcast, batch, result)
    started = await deliveries.reserve(
        deps, free, hold=lambda tx: store.hold(deps.db, tx, broadcast)
    )
    if started is None:
        result.overtaken, result.held = True, held
        await _give_back(deps, broadcast, free)
        return
    going = {each: free[each] for each in started}
    answers = await deliveries.deliver(deps, going, OF_MANY)
    await _note(deps, broadcast, free, answers, result)
    if not result.broken:  # else this batch is the first again once the cause is mended
        result.after = max(post.parcel.person for post in batch.values())


async def _note(
    deps: Dependencies, broadcast: Broadcast, free: Posts, answers: Answers, result: Result
) -> None:
    """Note what WeChat answered, and give the turns back that came to nothing."""
    sent = [each for each, refusal in answers.items() if refusal is None]
    await mark_pushed(deps, broadcast.id, sent)
    spent = {*sent, *(each for each, refusal in answers.items() if _lost(refusal))}
    idle = {each: post for each, post in free.items() if each not in spent}
    await _give_back(deps, broadcast, idle)
    result.sent += len(sent)
    refusals = [refusal for refusal in answers.values() if refusal is not None]
    for refusal in refusals:
        _count(deps, refusal, result)
    if any(OF_MANY[refusal.reaction].then is Then.NEXT_DAY for refusal in refusals):
        result.wait_until = await quota.note_reached(deps)  # once for all of them
    if refusals and not sent and all(_is_busy(refusal) for refusal in refusals):
        # WeChat is away: the others need not learn it one by one.
        result.wait_until = result.wait_until or deps.now() + timedelta(minutes=1)


async def _give_back(deps: Dependencies, broadcast: Broadcast, posts: Posts) -> None:
    people = [post.parcel.person for post in posts.values()]
    await push_turns.give_back(deps, people, broadcast.id)


async def _with_turns(
    deps: Dependencies, broadcast: Broadcast, batch: Posts, result: Result
) -> Posts:
    """Leave out who had another ordinary push within the hour."""
    if broadcast.urgency in WITHOUT_TURN:
        return batch
    people = [post.parcel.person for post in batch.values()]
    free = await push_turns.take(deps, people, broadcast.id)
    left_out = len(people) - len(free)
    if broadcast.urgency is Urgency.DROPPED:
        dropped = [each for each, post in batch.items() if post.parcel.person not in free]
        await bulk_store.drop(deps.db, dropped)
        result.dropped += left_out
    else:
        result.held += left_out
    return {each: post for each, post in batch.items() if post.parcel.person in free}


async def _take_rate(deps: Dependencies, broadcast: Broadcast, calls: int) -> float:
    """Take so many calls from the rate that all processes share; or return seconds to wait.

    What is ordinary may use a part of it only: an emergency never waits behind it.
    """
    rates = [Rate.PUSH, Rate.PUSH_DAY]
    if broadcast.urgency is not Urgency.EMERGENCY:
        rates.append(Rate.PUSH_ORDINARY)
    return await deps.limiter.take(buckets([(rate, "wechat") for rate in rates], calls))


def _lost(refusal: WeChatError | None) -> bool:
    """Tell whether a message may have arrived although WeChat did not say so."""
    return refusal is not None and OF_MANY[refusal.reaction].move is Move.LOSE


def _is_busy(refusal: WeChatError) -> bool:
    return OF_MANY[refusal.reaction].then is Then.BACK_OFF


def _count(deps: Dependencies, refusal: WeChatError, result: Result) -> None:
    outcome = OF_MANY[refusal.reaction]
    match outcome.move:
        case Move.REFUSE:
            result.refused += 1
        case Move.LOSE:
            result.unknown += 1
        case Move.POSTPONE:
            result.held += outcome.then is not Then.DIE
        case _:
            result.failed += 1
    match outcome.then:
        case Then.NEXT_MINUTE:
            result.wait_until = deps.now() + timedelta(minutes=1)
        case Then.DIE if outcome.move is Move.POSTPONE:
            result.broken = str(refusal)
        case Then.DIE:
            log.error("broadcast_message_failed", errcode=refusal.errcode)
