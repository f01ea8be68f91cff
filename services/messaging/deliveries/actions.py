"""Deliveries of messages beyond the inbox: how a person can be reached, one call, its answer.

By a subscribe message of the mini-program while a grant is left; else by a template message of
the linked service account, if there is one and the person follows it; else not at all. WeChat
gives us no key that makes a repeat harmless for the first of them, and it spends a grant that
the person gave once: so it is written down that WeChat is about to be called, and what may have
been sent is never sent again.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

import structlog
from msgspec import Struct

from services.dependencies import Dependencies, Transaction
from services.followers import actions as followers
from services.kernel import unions
from services.kernel.waits import all_of
from services.messaging import bulk_store, message_grants, store
from services.messaging.bulk_store import Start
from services.messaging.deliveries.accepted import Accepted
from services.messaging.models import Channel, Letter, grant_id, service_bearer
from services.messaging.states import OUTCOMES, Grant, Move, Outcome
from services.people import actions as people
from services.people.models import Person
from services.wechat.errors import Reaction, WeChatError
from services.wechat.template_values import BadTemplateValue, fill

PAGE_NOT_RELEASED: Final = 41030

log = structlog.get_logger(__name__)


class Parcel(Struct, frozen=True, kw_only=True):
    """Message to be delivered: what of it WeChat is told. `values`: all that it speaks of.

    `text_at`: of a broadcast that was written anew, when.
    """

    message_id: str
    person: str
    template: str
    values: Mapping[str, str]
    page: str
    text_at: datetime | None = None


class Way(Struct, frozen=True):
    """Way to a person. `openid`: what that app of WeChat calls them."""

    channel: Channel
    openid: str


class Post(Struct, frozen=True, kw_only=True):
    """Parcel on its way: with a letter and grant of the mini-program, or to a follower.

    `follower`: the openid in the service account; empty for the mini-program.
    """

    parcel: Parcel
    letter: Letter | None = None
    follower: str = ""

    @property
    def grant(self) -> str | None:
        return self.letter.grant if self.letter else None

    @property
    def bearer(self) -> str:
        """What a receipt finds the message by: who it went to, and by which template."""
        return self.letter.grant if self.letter else service_bearer(self.follower)

    @property
    def channel(self) -> Channel:
        return Channel.MINI_PROGRAM if self.letter else Channel.SERVICE_ACCOUNT


class Addressed(Struct, frozen=True):
    """Messages of which it is known how they go on.

    `posts`: message → its post, of those whose person can be reached. `failed`: message → what
    of it does not fit into WeChat's form.
    """

    posts: dict[str, Post]
    failed: dict[str, str]


async def addressed(
    deps: Dependencies, parcels: Sequence[Parcel], known: Mapping[str, Person]
) -> Addressed:
    """Find how messages of one template reach their people; what does not fit fails at once.

    `known`: person id → person, of those whom the parcels are for.
    """
    found = Addressed({}, {})
    reached = await ways(deps, known, parcels[0].template) if parcels else {}
    for one in parcels:
        if (way := reached.get(one.person)) is None:
            continue
        try:
            found.posts[one.message_id] = _post(deps, one, way)
        except BadTemplateValue as error:  # no other message has to wait for this one
            found.failed[one.message_id] = await _fail(deps, one, error)
    return found


async def ways(
    deps: Dependencies, known: Mapping[str, Person], template: str
) -> dict[str, Way]:
    """Return person → how a message of a template would reach them now, of those it would.

    One query whatever the number. Nobody is reached by a closed account.
    """
    there = [each for each in known.values() if each.closed_at is None]
    template_id = deps.templates.get(template)
    grants = {each.id: grant_id(each.openid, template_id) for each in there if template_id}
    carried = there if followers.carries(deps, template) else []
    counts = store.part_of_grants(list(grants.values()))
    follow = followers.part(deps, [each.union_key for each in carried if each.union_key])
    read = await unions.read(deps.db, [counts, follow])
    left = {count.id: count.left for count in read.of(counts)}
    openids = followers.openids_by_key(read.of(follow))
    found: dict[str, Way] = {}
    for each in there:
        count = left.get(grants.get(each.id, ""), 0)
        if count and message_grants.is_spendable(deps, template, count):
            found[each.id] = Way(Channel.MINI_PROGRAM, each.openid)
        elif openid := openids.get(each.union_key or ""):
            found[each.id] = Way(Channel.SERVICE_ACCOUNT, openid)
    return found


def _post(deps: Dependencies, one: Parcel, way: Way) -> Post:
    """Return the post of a message, whose values fit either way. Raises BadTemplateValue."""
    data = fill(deps.features.templates[one.template].data, one.values)
    if way.channel is Channel.SERVICE_ACCOUNT:
        return Post(parcel=one, follower=way.openid)
    template_id = deps.templates[one.template]
    letter = Letter(openid=way.openid, template_id=template_id, data=data, page=one.page)
    return Post(parcel=one, letter=letter)


async def _fail(deps: Dependencies, one: Parcel, error: BadTemplateValue) -> str:
    await store.move(deps.db, one.message_id, Move.FAIL, problem=str(error))
    log.error("message_failed", message=one.message_id, template=one.template, exc_info=error)
    return str(error)


async def reserve(
    deps: Dependencies,
    posts: Mapping[str, Post],
    *,
    hold: Callable[[Transaction], Awaitable[bool]] | None = None,
) -> list[str] | None:
    """Take a grant for each and write that WeChat is about to be called, all or none.

    Returns the messages that are to be delivered: not read meanwhile, not on their way by
    another worker, and a grant is still left. `hold`: locks what all of them depend on, in the
    same transaction; None is returned when that is not as it was seen any more.
    """

    async def start(tx: Transaction) -> list[str] | None:
        if hold is not None and not await hold(tx):
            return None
        ids = await bulk_store.startable(deps.db, tx, list(posts))
        grants = [grant for each in ids if (grant := posts[each].grant)]
        left = await store.grants_left(deps.db, grants, tx=tx)
        chosen = [each for each in ids if _may_go(deps, posts[each], left)]
        if chosen:
            taken = [grant for each in chosen if (grant := posts[each].grant)]
            await bulk_store.take_grants(deps.db, tx, taken)
            ways = {each: _start_of(posts[each]) for each in chosen}
            await bulk_store.start(deps.db, tx, ways, deps.now())
        return chosen

    return await deps.in_transaction(start) if posts else []


def _start_of(post: Post) -> Start:
    return Start(post.channel, post.bearer, post.parcel.text_at)


def _may_go(deps: Dependencies, post: Post, left: Mapping[str, int]) -> bool:
    """Tell whether a grant is still left for it, or none is needed."""
    if post.grant is None:
        return True
    grants = left.get(post.grant, 0)
    return message_grants.is_spendable(deps, post.parcel.template, grants)


async def deliver(
    deps: Dependencies,
    posts: Mapping[str, Post],
    outcomes: Mapping[Reaction, Outcome] = OUTCOMES,
) -> dict[str, WeChatError | None]:
    """Call WeChat for all messages at once and write down its answers; they are reserved.

    Returns message → its refusal, None where WeChat took it. What fails otherwise is raised
    when all have ended.
    """
    accepted = Accepted(deps.db)
    calls = (_deliver(deps, post, outcomes, accepted) for post in posts.values())
    return dict(zip(posts, await all_of(*calls), strict=True))


async def _deliver(
    deps: Dependencies, post: Post, outcomes: Mapping[Reaction, Outcome], accepted: Accepted
) -> WeChatError | None:
    call = _by_mini_program(deps, post.letter) if post.letter else _by_service(deps, post)
    try:
        wechat_id = await call
    except WeChatError as refusal:
        await _record(deps, post, outcomes[refusal.reaction], problem=str(refusal))
        return refusal
    await accepted.note(post.parcel.message_id, wechat_id)
    return None


async def _by_mini_program(deps: Dependencies, letter: Letter) -> str:
    """Return WeChat's number of the message, "" when it tells none."""
    try:
        return await deps.wechat.send_subscribe_message(
            letter.openid, letter.template_id, data=letter.data, page=letter.page
        )
    except WeChatError as refusal:
        if refusal.errcode != PAGE_NOT_RELEASED:
            raise
    # Certainly not sent. A message that opens no page is better than none.
    log.error("message_page_not_released", page=letter.page.partition("?")[0])
    return await deps.wechat.send_subscribe_message(
        letter.openid, letter.template_id, data=letter.data
    )


async def _by_service(deps: Dependencies, post: Post) -> str:
    one = post.parcel
    return await followers.send(
        deps, post.follower, one.template, one.values, one.page, client_id=one.message_id
    )


async def _record(deps: Dependencies, post: Post, outcome: Outcome, *, problem: str) -> None:
    """Write down what WeChat said against it, and what that means for the grant."""
    message_id, grant = post.parcel.message_id, post.grant

    async def work(tx: Transaction) -> None:
        moved = await store.move(deps.db, message_id, outcome.move, tx=tx, problem=problem)
        if grant is None:
            return
        if outcome.grant is Grant.VOID:
            await store.void_grants(deps.db, tx, grant)
        elif outcome.grant is Grant.RETURNED and moved and await _is_open(deps, tx, post):
            await store.add_grant(deps.db, tx, grant)

    await deps.in_transaction(work)


async def _is_open(deps: Dependencies, tx: Transaction, post: Post) -> bool:
    """Tell whether the person still has an account: a closed one has no grants any more."""
    return await people.hold(deps, tx, post.parcel.person) is not None
