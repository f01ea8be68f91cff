"""Home requests of a person: filed with proof, listed, withdrawn.

A head is asked first and the community decides (reviews.py). Who claims a home that others own
has a dispute with them, which the community ends (ownership): nothing is overwritten
(民法典 art. 234: a right in dispute is to be confirmed; art. 217: the certificate proves it).
"""

from collections.abc import Sequence
from typing import Final

from pymongo.errors import DuplicateKeyError

from services.audiences import holders, residents
from services.audit import actions as audit
from services.cases import actions as cases
from services.consents import actions as consents
from services.consents.policies import PolicyKey
from services.dependencies import Dependencies, Transaction
from services.home_requests import notify, store, views
from services.home_requests.kind import HOME_REQUEST
from services.home_requests.models import FileRequest, HomeRequest, MyRequest, RequestsQuery
from services.home_requests.states import Event, RequestState
from services.homes import household, terms
from services.homes import notify as homes_notify
from services.homes.household import Household
from services.homes.notify import News
from services.kernel import errors, id_numbers
from services.kernel.acts import Act
from services.kernel.pages import ListQuery, Page
from services.kernel.permissions import Actor, Permission
from services.people import actions as people
from services.photos import actions as photos
from services.quotas import actions as quotas
from services.quotas.models import SHARES, Quota
from services.residencies.models import Relation

MOST_OPEN: Final = 5  # of one person for themself; staff file for many


class NameNeeded(errors.InvalidInput):
    """Exactly one of `name` and `on_behalf_of` is needed."""

    code = "name_needed"


class TooManyRequests(errors.Conflict):
    """Five requests are open, or ten were filed within a day; `most` in details."""

    code = "too_many_open_requests"
    details_type = errors.Most


async def file(deps: Dependencies, actor: Actor, wish: FileRequest) -> MyRequest:
    """File a request; the same person's open one for the same home stays the one.

    Raises NameNeeded, TooManyRequests, AlreadyBound, BadDays, TenancyNeedsEnd, ConsentNeeded.
    """
    draft = _draft(deps, actor, wish)
    policies = _policies(actor, draft)
    for policy in policies:
        await consents.check(deps, actor.person_id, policy)
    heads = await holders.advisers_of(deps, draft.home) - {actor.person_id}
    draft.state = RequestState.WITH_HEAD if heads else RequestState.WITH_COMMUNITY

    async def save(tx: Transaction) -> HomeRequest:
        for policy in policies:
            await consents.require(deps, tx, actor.person_id, policy)
        home = await household.hold(deps, tx, draft.home)
        earlier = await store.find_open(deps.db, tx, str(draft.open_key))
        if earlier is None:
            await _insert(deps, tx, actor, draft, home)
            await _tell(deps, tx, draft, home, heads)
        kept = earlier or draft
        await _note(deps, tx, actor, kept, repeated=earlier is not None)
        return kept

    try:
        kept = await deps.in_transaction(save)
    except DuplicateKeyError:  # sent twice at once: now the other one is there
        kept = await deps.in_transaction(save)
    return (await views.mine(deps, [kept]))[0]


def _draft(deps: Dependencies, actor: Actor, wish: FileRequest) -> HomeRequest:
    """Check what was sent and seal what was typed."""
    if (wish.name is None) is (wish.on_behalf_of is None):
        raise NameNeeded("请填写一个姓名:本人,或您代办的人")
    now, relation = deps.now(), Relation(wish.relation)
    terms.require_end(relation, wish.to_day)
    from_day, to_day = terms.check_span(wish.from_day, wish.to_day, deps.today())
    name = wish.name or wish.on_behalf_of or ""
    person = None if wish.on_behalf_of else actor.person_id
    who = person or deps.vault.blind(name, purpose="on-behalf-of")
    draft = HomeRequest(
        id=deps.new_id(),
        home=wish.home,
        relation=relation,
        person=person,
        filed_by=actor.person_id,
        open_key=f"{who}:{wish.home}",
        state=RequestState.WITH_COMMUNITY,
        steps=1,
        entered_at=now,
        name_sealed="",
        photo_ids=list(dict.fromkeys(wish.photo_ids)),
        from_day=from_day,
        to_day=to_day,
        created_at=now,
    )
    _seal(deps, draft, name, wish)
    return draft


def _seal(deps: Dependencies, draft: HomeRequest, name: str, wish: FileRequest) -> None:
    draft.name_sealed = draft.seal(deps.vault, name, "name")
    if wish.id_number:
        number = id_numbers.normalise(wish.id_number)
        draft.id_number_sealed = draft.seal(deps.vault, number, "id_number")
    if wish.note:
        draft.note_sealed = draft.seal(deps.vault, wish.note, "note")


def _policies(actor: Actor, draft: HomeRequest) -> list[PolicyKey]:
    """Return what the requester has to agree to: proof by itself (PIPL art. 29).

    Who has no phone agrees on paper, at the window. Raises Forbidden unless it is the home's
    community that files for somebody else.
    """
    if draft.person is None:
        if not actor.may(Permission.DECIDE_HOMES, draft.home):
            raise errors.Forbidden("替别人申请要由社区工作人员办理")
        return []
    proof_given = bool(draft.photo_ids or draft.id_number_sealed)
    return [PolicyKey.PRIVACY, *([PolicyKey.PROOF] if proof_given else [])]


async def _insert(
    deps: Dependencies, tx: Transaction, actor: Actor, draft: HomeRequest, home: Household
) -> None:
    household.require_new(home, draft.person, draft.relation)
    if draft.person is not None:
        await _require_room(deps, tx, actor)
    draft.disputed = views.is_contested(deps, home, draft)
    await store.insert(deps.db, tx, draft)
    await _attach_proof(deps, tx, actor, draft)
    await cases.begin(deps, tx, actor, HOME_REQUEST, draft)


async def _require_room(deps: Dependencies, tx: Transaction, actor: Actor) -> None:
    """Raise TooManyRequests: each request asks heads and may alarm owners.

    What was filed within a day is counted by WeChat user: an account erased and opened again
    has no more of them.
    """
    if await store.count_open(deps.db, tx, actor.person_id) >= MOST_OPEN:
        raise TooManyRequests("您还有几个申请在处理,请等处理完再提交", most=MOST_OPEN)
    who = await people.counted_as(deps, actor.person_id)
    if not await quotas.take(deps, tx, Quota.HOME_REQUESTS, who):
        most = SHARES[Quota.HOME_REQUESTS].times
        raise TooManyRequests("今天提交的申请太多了,请明天再试", most=most)


async def _attach_proof(
    deps: Dependencies, tx: Transaction, actor: Actor, request: HomeRequest
) -> None:
    """Attach the actor's own photos: a deed, a contract. Raises NotFound for anybody else's.

    Only who decides sees them. What staff photograph for a person without a phone is not their
    own: it stays when they leave, out of their sight and out of what is held about them.
    """
    if request.photo_ids:
        await photos.attach(
            deps,
            tx,
            actor,
            request.photo_ids,
            subject=request.id,
            place=request.home,
            needs=Permission.DECIDE_HOMES,
            owner=request.person or "",
        )


async def _tell(
    deps: Dependencies, tx: Transaction, request: HomeRequest, home: Household, heads: set[str]
) -> None:
    await notify.tell(deps, tx, request, request.state, {request.person or ""} - {""})
    await notify.ask_heads(deps, tx, request.id, heads, home.place)
    if request.disputed:
        owners = residents.owners_of(home.owners)
        await homes_notify.news(deps, tx, home.place, owners, what=News.CLAIMED, key=request.id)


async def _note(
    deps: Dependencies, tx: Transaction, actor: Actor, request: HomeRequest, *, repeated: bool
) -> None:
    await audit.record(
        deps,
        tx,
        actor,
        Act.HOME_REQUESTED,
        place=request.home,
        subject=request.id,
        on_behalf_of="" if request.person else request.id,
        relation=request.relation,
        state=request.state,
        disputed=request.disputed,
        photos=len(request.photo_ids),
        repeated=repeated,
    )


async def mine(deps: Dependencies, actor: Actor, query: ListQuery) -> Page[MyRequest]:
    """Requests the actor filed, newest first; for others, only where they still may."""
    held = actor.places(Permission.DECIDE_HOMES)
    page = await store.filed_by(deps.db, actor.person_id, held, query)
    return page.of(await views.mine(deps, page.items))


async def withdraw(deps: Dependencies, actor: Actor, request_id: str) -> MyRequest:
    """Withdraw a request of the actor's that nobody has decided. Harmless to repeat."""
    found = await cases.act(deps, actor, HOME_REQUEST, request_id, Event.WITHDRAW)
    return (await views.mine(deps, [found]))[0]


async def open_under(deps: Dependencies, places: Sequence[str], *, limit: int) -> list[str]:
    """Ids of the open requests for homes under these places, oldest first."""
    found = await store.page(deps.db, places, RequestsQuery(limit=limit))
    return [request.id for request in found.items]
