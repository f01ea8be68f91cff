"""Jobs of messages: one carries a message to WeChat, at most once, and others that wait.

WeChat gives us no key to make a repeat harmless, and every message spends a grant that the
person gave once: a second copy would annoy them and eat the grant of the next message. The
inbox has it in any case. So what may have been sent is never sent again, receipts included.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

import structlog
from msgspec import ValidationError

from services.dependencies import Dependencies
from services.jobs import actions as jobs
from services.jobs import batches
from services.jobs.models import Permanent, RetryAt
from services.kernel.documents import Document
from services.messaging import bulk_store, store
from services.messaging.deliveries import actions as deliveries
from services.messaging.deliveries import quota
from services.messaging.deliveries.actions import Parcel, Post
from services.messaging.models import SEND, Delivery, Message
from services.messaging.states import OUTCOMES, TABLE, Move, Then
from services.people import actions as people
from services.people.models import Person
from services.wechat.errors import WeChatError

# Calls under way of one job: of all that a process does at a time, fewer than its HTTP client
# makes (services/wechat/transport.py). One batch ends in seconds, its leases in a minute.
AT_ONCE: Final = 30

# Message → how its job ends: None for done. One that is not in it was not tried.
Ends = dict[str, Exception | None]

log = structlog.get_logger(__name__)


async def send(deps: Dependencies, payload: Document) -> None:
    """Carry a message to WeChat when a grant is left, and others beside it.

    What a message needs to know and to write costs a few round trips, however many go at once.
    Source: api_sendmessage.
    """
    own = payload["message_id"]
    beside = await batches.take(deps, SEND, limit=AT_ONCE - 1)
    message_of = {job.id: job.payload["message_id"] for job in beside}
    ends: Ends = {}
    try:
        ends = await _carry(deps, [own, *message_of.values()])
    finally:
        known = {job: ends[message] for job, message in message_of.items() if message in ends}
        await batches.settle(deps, beside, known)
    if error := ends[own]:
        raise error


async def _carry(deps: Dependencies, ids: Sequence[str]) -> Ends:
    """Carry those of some messages that can go now, the first of them always."""
    ends: Ends = dict.fromkeys(ids)
    posts = await _address(deps, ids, ends)
    chosen = _one_for_each_grant([posts[each] for each in ends if each in posts])
    for each in posts.keys() - chosen.keys():
        del ends[each]
    return ends | await _push(deps, chosen)


async def _address(deps: Dependencies, ids: Sequence[str], ends: Ends) -> dict[str, Post]:
    """Address messages together.

    One by one where one cannot be read, e.g. as a later release wrote it: its own job fails.
    """
    try:
        return await _address_together(deps, ids, ends)
    except ValidationError as error:
        if len(ids) == 1:
            ends[ids[0]] = error
            return {}
    posts: dict[str, Post] = {}
    for each in ids:
        posts |= await _address(deps, [each], ends)
    return posts


async def _address_together(
    deps: Dependencies, ids: Sequence[str], ends: Ends
) -> dict[str, Post]:
    found = {message.id: message for message in await store.find_many(deps.db, ids)}
    messages = [found[each] for each in ids if each in found]
    known = await people.find_many(deps, sorted({message.person for message in messages}))
    posts: dict[str, Post] = {}
    for template, some in _by_template(await _ready(deps, messages, known)).items():
        addressed = await deliveries.addressed(deps, [_parcel(one) for one in some], known)
        posts |= addressed.posts
        for each, problem in addressed.failed.items():  # somebody must look
            ends[each] = Permanent(f"{template}: {problem}")
    return posts


def _by_template(messages: Sequence[Message]) -> dict[str, list[Message]]:
    found: dict[str, list[Message]] = defaultdict(list)
    for message in messages:
        found[message.template].append(message)
    return found


async def _ready(
    deps: Dependencies, messages: Sequence[Message], known: Mapping[str, Person]
) -> list[Message]:
    """Return what is to be sent; leave everything else as it has to be.

    Nothing but the erasure of its person removes a message: there is nobody left to tell. One
    that was written while they closed the account is removed here.
    """
    closed = {person.id for person in known.values() if person.closed_at}
    for message in messages:
        if message.person in closed:
            await store.remove(deps.db, message.id, message.person)
    rest = [message for message in messages if message.person not in closed]
    # An earlier attempt died between its note and WeChat's answer.
    if lost := [message.id for message in rest if message.delivery is Delivery.SENDING]:
        await bulk_store.lose(deps.db, lost)
        log.warning("message_outcome_unknown", messages=lost)
    return [message for message in rest if TABLE.find(message.delivery, Move.START)]


def _parcel(message: Message) -> Parcel:
    return Parcel(
        message_id=message.id,
        person=message.person,
        template=message.template,
        values=message.values,
        page=message.page,
    )


def _one_for_each_grant(posts: Sequence[Post]) -> dict[str, Post]:
    """Choose the first for each count of grants: how it ends says whether the next may go."""
    first: dict[str, Post] = {}
    for post in posts:
        first.setdefault(post.bearer, post)
    return {post.parcel.message_id: post for post in first.values()}


async def _push(deps: Dependencies, posts: Mapping[str, Post]) -> Ends:
    """Push to some people, or to none while WeChat cannot be asked."""
    if not posts:
        return {}
    if until := await quota.reached_until(deps):
        late = RetryAt(until, "WeChat's daily quota of messages is used up")
        return dict.fromkeys(posts, late)
    try:
        # Trouble with the token shows here, while it is certain that nothing was sent.
        await deps.wechat.tokens.get()
    except WeChatError as refusal:
        return dict.fromkeys(posts, refusal)
    started = await deliveries.reserve(deps, posts) or ()
    answers = await deliveries.deliver(deps, {each: posts[each] for each in started})
    thens = [OUTCOMES[refusal.reaction].then for refusal in answers.values() if refusal]
    if Then.NEXT_DAY in thens:  # noted once for all that went together
        await quota.note_reached(deps)
    return {each: _end(deps, posts[each], answers.get(each)) for each in posts}


def _end(deps: Dependencies, post: Post, refusal: WeChatError | None) -> Exception | None:
    """Return how the job of a message ends by WeChat's answer."""
    if refusal is None:
        return None
    match OUTCOMES[refusal.reaction].then:
        case Then.DONE:
            log.info(
                "message_not_sent", message=post.parcel.message_id, errcode=refusal.errcode
            )
            return None
        case Then.BACK_OFF:
            return refusal
        case Then.NEXT_MINUTE:
            soon = deps.now().replace(second=0, microsecond=0) + timedelta(minutes=1)
            return RetryAt(soon, str(refusal))
        case Then.NEXT_DAY:
            return RetryAt(quota.next_day(deps.now()), str(refusal))
        case Then.DIE:
            return Permanent(f"{post.parcel.template}: {refusal}")


JOBS: Final[dict[str, jobs.Handler]] = {SEND: send}
