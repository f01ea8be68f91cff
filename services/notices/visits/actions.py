"""Visits about notices: recorded by a head or staff, and listed for them.

A visit that told somebody, or left a paper, reaches the home in the same transaction. Whoever
sees the residents of a home may record one, also for a notice of another office: the unit head
knocks for the community.
"""

from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.kernel import errors
from services.kernel.access import accessible
from services.kernel.acts import Act
from services.kernel.pages import Page
from services.kernel.permissions import Actor, Permission, Role, require_at
from services.messaging.broadcasts import actions as broadcasts
from services.notices import notify, states
from services.notices import store as notices
from services.notices.figures import access
from services.notices.models import Notice
from services.notices.states import NoticeState
from services.notices.unreached.doors import may_knock
from services.notices.visits import store, views
from services.notices.visits.models import (
    MOST_VISITS,
    REACHED,
    REMARK,
    HomeVisits,
    NewVisit,
    Visit,
    VisitResult,
    VisitsQuery,
    VisitView,
    visit_id,
)
from services.photos import actions as photos

MISSING = "没有找到这条通知,或这户不在通知范围内"


class BadVisit(errors.InvalidInput):
    """Who was told is not said of `told`, or said of another result; or photos of no paper."""

    code = "bad_visit"


class TooManyVisits(errors.Conflict):
    """The home was visited about this notice twenty times; `most` in details."""

    code = "too_many_visits"
    details_type = errors.Most


async def record(
    deps: Dependencies, actor: Actor, notice_id: str, home: str, wish: NewVisit
) -> VisitView:
    """Record a visit. Raises NotFound, BadVisit, TooManyVisits, NoticeMovedOn, OwnHome."""
    _check(wish)
    found = await _about(deps, actor, notice_id, home)
    if found.state is not NoticeState.PUBLISHED:
        raise states.not_from(found.state)

    async def save(tx: Transaction) -> Visit:
        number = len(await store.of_home(deps.db, found.id, home, tx=tx)) + 1
        if number > MOST_VISITS:
            raise TooManyVisits("这户为这条通知已上门很多次,不用再登记了", most=MOST_VISITS)
        made = _visit(deps, actor, (found.id, home, number), wish)
        await store.insert(deps.db, tx, made)
        await _attach(deps, tx, actor, made)
        if made.result in REACHED:
            await broadcasts.visited(deps, tx, notify.broadcast_of(found), home)
        facts = {"notice": found.id, "result": made.result}
        act = Act.NOTICE_VISITED
        await audit.record(deps, tx, actor, act, place=home, subject=made.id, **facts)
        return made

    made = await deps.in_transaction(save)
    return (await views.visits(deps, [made]))[0]


def _check(wish: NewVisit) -> None:
    if (wish.result is VisitResult.TOLD) is not (wish.told_whom is not None):
        raise BadVisit("当面告知时请选择告知了谁,其他结果不用选")
    if wish.photo_ids and wish.result is not VisitResult.PAPER_LEFT:
        raise BadVisit("只有张贴或留单时才需要照片")


async def _about(deps: Dependencies, actor: Actor, notice_id: str, home: str) -> Notice:
    """Return a notice that means a home of the actor's places. Raises NotFound for others.

    Also for one by debts from whom these are hidden: that it means a home says that it owes.
    """
    require_at(actor, Permission.VIEW_RESIDENTS, home)
    found = next(iter(await notices.find_short(deps.db, [notice_id])), None)
    is_out = found is not None and found.state in states.OUT
    means = is_out and found is not None and await may_knock(deps, actor, found, home)
    return accessible(
        actor,
        found,
        people=lambda _: [actor.person_id] if means else [],
        missing=MISSING,
    )


def _visit(
    deps: Dependencies, actor: Actor, key: tuple[str, str, int], wish: NewVisit
) -> Visit:
    notice, home, number = key
    made_id = visit_id(notice, home, number)
    return Visit(
        id=made_id,
        notice=notice,
        home=home,
        number=number,
        result=wish.result,
        told_whom=wish.told_whom,
        remark_sealed=REMARK.seal(deps.vault, made_id, wish.remark) if wish.remark else "",
        photos=list(dict.fromkeys(wish.photo_ids)),
        by=actor.person_id,
        role=_office(actor, home),
        at=deps.now(),
    )


def _office(actor: Actor, home: str) -> Role | None:
    """Return the office nearest to the home by which the actor sees who lives there."""
    held = actor.roles(Permission.VIEW_RESIDENTS, home)
    return next((role for role in Role if role in held), None)  # from the staircase up


async def _attach(deps: Dependencies, tx: Transaction, actor: Actor, made: Visit) -> None:
    """Attach the photos: the office's from then on, for who sees the residents of the home."""
    if made.photos:
        await photos.attach(
            deps,
            tx,
            actor,
            made.photos,
            subject=made.id,
            place=made.home,
            needs=Permission.VIEW_RESIDENTS,
            owner="",
        )


async def of_home(deps: Dependencies, actor: Actor, notice_id: str, home: str) -> HomeVisits:
    """Return the visits of a home about a notice. Raises NotFound."""
    found = await _about(deps, actor, notice_id, home)
    return HomeVisits(
        items=await views.visits(deps, await store.of_home(deps.db, found.id, home))
    )


async def listing(
    deps: Dependencies, actor: Actor, notice_id: str, query: VisitsQuery
) -> Page[VisitView]:
    """Return the visits about a notice, for its senders, by home.

    Raises NotFound, Forbidden, NotPublished.
    """
    found = await access.published(deps, actor, notice_id)
    page = await store.page(deps.db, found.id, access.homes_seen(actor, found), query)
    return page.of(await views.visits(deps, page.items))
