"""Actions on outages: announced, postponed and ended by who hands repairs out there."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from services.audiences import actions as audiences
from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.kernel import errors
from services.kernel.access import accessible
from services.kernel.acts import Act
from services.kernel.documents import Document
from services.kernel.pages import Page
from services.kernel.paths import covers, outermost
from services.kernel.permissions import Actor, Permission
from services.messaging.broadcasts import actions as broadcasts
from services.places import actions as places
from services.places.actions import compound_of
from services.places.models import Kind
from services.repairs.categories import actions as categories
from services.repairs.outages import notify, store, views
from services.repairs.outages.models import (
    PLACES,
    CancelOutage,
    NewOutage,
    Outage,
    OutagesAtQuery,
    OutagesQuery,
    OutageView,
    PostponeOutage,
)
from services.repairs.outages.states import TABLE, OutageAction, moved_on

MISSING: Final = "没有找到这条通告"
ATTACH: Final = "repairs.outages.attach"
CLOSE: Final = "repairs.outages.close"
REMIND: Final = "repairs.outages.remind"
# Longer ago than this it is no news any more; longer than this it is no outage.
LATEST_NEWS: Final = timedelta(days=7)
LONGEST: Final = timedelta(days=30)


class OutageWrongPlace(errors.InvalidInput):
    """An outage is of one compound, its buildings and its units, not of a home."""

    code = "outage_wrong_place"


class OutageBadTimes(errors.InvalidInput):
    """It ends before it begins, is over already, is too long, or a sudden one is to come."""

    code = "outage_bad_times"


class SameOutage(Struct, frozen=True, kw_only=True):
    """Outage that is announced already.

    `outage_id`: Id of that outage.
    """

    outage_id: str


class OutageExists(errors.Conflict):
    """The same does not work at one of these places at this time: everybody was told."""

    code = "outage_exists"
    details_type = SameOutage


class OutageBegun(errors.Conflict):
    """It has begun: it can be ended, not cancelled."""

    code = "outage_begun"


class OutageNotBegun(errors.Conflict):
    """It has not begun: it can be cancelled, not ended."""

    code = "outage_not_begun"


async def announce(deps: Dependencies, actor: Actor, place: str, wish: NewOutage) -> OutageView:
    """Announce an outage of a compound; everybody there is told.

    Raises NotFound, OutageWrongPlace, OutageBadTimes, OutageExists, CategoryUnknown,
    CategoryEnded.
    """
    outage = await _draft(deps, actor, place, wish)
    broadcast = await notify.wish(deps, outage)

    async def save(tx: Transaction) -> None:
        if await places.hold(deps, tx, outage.compound) is None:
            raise errors.NotFound(places.MISSING)
        await places.use(deps, outage.places, tx=tx)
        await _require_new(deps, tx, outage)
        await store.insert(deps.db, tx, outage)
        await broadcasts.start(deps, tx, broadcast)
        if views.runs(outage, deps.now()):
            await jobs.enqueue(deps, tx, ATTACH, outage.id, outage_id=outage.id)
        await _remind(deps, tx, outage)
        await _note(deps, tx, actor, Act.OUTAGE_ANNOUNCED, outage, kind=outage.kind)

    await deps.in_transaction(save)
    return await views.one(deps, outage)


async def _draft(deps: Dependencies, actor: Actor, place: str, wish: NewOutage) -> Outage:
    compound = await places.access_place(deps, actor, place, Permission.DISPATCH_REPAIRS)
    if compound.kind is not Kind.COMPOUND:
        raise OutageWrongPlace("请按小区发布停水停电等通告")
    if not all(covers(compound.id, each) for each in wish.places):
        raise errors.NotFound(places.MISSING)
    now = deps.now()
    begins = wish.begins_at or now
    _require_times(now, begins, wish.ends_at, planned=wish.planned)
    for code in wish.categories:
        await categories.choose(deps, compound.id, code, today=deps.today())
    outage = Outage(
        id=deps.new_id(),
        compound=compound.id,
        places=list(outermost(wish.places)),
        kind=wish.kind,
        planned=wish.planned,
        categories=list(dict.fromkeys(wish.categories)),
        begins_at=begins,
        ends_at=wish.ends_at,
        text=wish.text,
        announced_by=actor.person_id,
        announced_at=now,
    )
    await audiences.check(deps, actor, notify.audience_of(outage), Permission.DISPATCH_REPAIRS)
    found = await places.find_many(deps, outage.places)
    if any(each.kind not in PLACES for each in found):
        raise OutageWrongPlace("请选择小区、楼栋或单元")
    return outage


def _require_times(now: datetime, begins: datetime, ends: datetime, *, planned: bool) -> None:
    is_told_in_time = begins >= now - LATEST_NEWS and (planned or begins <= now)
    if not is_told_in_time or not max(begins, now) < ends <= begins + LONGEST:
        raise OutageBadTimes("开始或预计恢复的时间不对,请检查")


async def _require_new(deps: Dependencies, tx: Transaction, outage: Outage) -> None:
    """Raise OutageExists when somebody announced it already: nobody is woken twice."""
    now = deps.now()
    for other in await store.announced(deps.db, outage.compound, tx=tx):
        ends = max(other.ends_at, now) if views.runs(other, now) else other.ends_at
        meet = other.begins_at < outage.ends_at and outage.begins_at <= ends
        if other.kind is outage.kind and meet and _touch(other.places, outage.places):
            raise OutageExists("这里已经发过同样的通告", outage_id=other.id)


async def _remind(deps: Dependencies, tx: Transaction, outage: Outage) -> None:
    """Promise to look at an outage at its expected end; each such end is a job of its own."""
    facts: Document = {"outage_id": outage.id, "version": outage.version}
    key, due_at = notify.key_of(outage), outage.ends_at
    await jobs.enqueue(deps, tx, REMIND, key, due_at=due_at, **facts)


def _touch(some: Sequence[str], others: Sequence[str]) -> bool:
    return any(covers(a, b) or covers(b, a) for a in some for b in others)


async def _note(
    deps: Dependencies, tx: Transaction, actor: Actor, act: Act, outage: Outage, **facts: str
) -> None:
    place, subject = outage.compound, outage.id
    await audit.record(deps, tx, actor, act, place=place, subject=subject, **facts)


async def postpone(
    deps: Dependencies, actor: Actor, outage_id: str, wish: PostponeOutage
) -> OutageView:
    """Change when an outage is expected to end; everybody is told again.

    Raises NotFound, OutageMovedOn, OutageBadTimes.
    """

    async def save(tx: Transaction) -> Outage:
        found = await _hold(deps, tx, actor, outage_id, OutageAction.POSTPONE)
        now = deps.now()
        if not max(found.begins_at, now) < wish.ends_at <= now + LONGEST:
            raise OutageBadTimes("预计恢复的时间不对,请检查")
        changes = {
            "ends_at": wish.ends_at,
            "text": wish.text or found.text,
            "version": found.version + 1,
        }
        moved = await _move(deps, tx, actor, found, OutageAction.POSTPONE, changes)
        await _stop(deps, tx, found, notify.replaced(found))
        await broadcasts.start(deps, tx, await notify.wish(deps, moved))
        await _remind(deps, tx, moved)
        return moved

    return await views.one(deps, await deps.in_transaction(save))


async def end(deps: Dependencies, actor: Actor, outage_id: str) -> OutageView:
    """Say that an outage is over: all who reported it are asked whether it really is.

    Raises NotFound, OutageMovedOn, OutageNotBegun.
    """

    async def save(tx: Transaction) -> Outage:
        found = await _hold(deps, tx, actor, outage_id, OutageAction.END)
        now = deps.now()
        if found.begins_at > now:
            raise OutageNotBegun("还没有开始,不用的话请取消")
        changes = {"ended_by": actor.person_id, "ended_at": now}
        moved = await _move(deps, tx, actor, found, OutageAction.END, changes)
        await _stop(deps, tx, moved, notify.ended(moved))
        await jobs.enqueue(deps, tx, CLOSE, moved.id, outage_id=moved.id)
        return moved

    return await views.one(deps, await deps.in_transaction(save))


async def cancel(
    deps: Dependencies, actor: Actor, outage_id: str, wish: CancelOutage
) -> OutageView:
    """Cancel a planned outage before it begins. Raises NotFound, OutageMovedOn, OutageBegun."""

    async def save(tx: Transaction) -> Outage:
        found = await _hold(deps, tx, actor, outage_id, OutageAction.CANCEL)
        if found.begins_at <= deps.now():
            raise OutageBegun("已经开始,结束后请通告恢复")
        changes = {"cancelled_because": wish.reason}
        moved = await _move(deps, tx, actor, found, OutageAction.CANCEL, changes)
        await _stop(deps, tx, moved, await notify.cancelled(deps, moved))
        return moved

    return await views.one(deps, await deps.in_transaction(save))


async def _hold(
    deps: Dependencies, tx: Transaction, actor: Actor, outage_id: str, action: OutageAction
) -> Outage:
    found = accessible(
        actor,
        await store.find(deps.db, outage_id, tx=tx),
        Permission.DISPATCH_REPAIRS,
        at=lambda outage: outage.compound,
        missing=MISSING,
    )
    TABLE.require(found.state, action, moved_on(found.state))
    return found


async def _move(
    deps: Dependencies,
    tx: Transaction,
    actor: Actor,
    found: Outage,
    action: OutageAction,
    changes: Document,
) -> Outage:
    moved = await store.move(deps.db, tx, found, action, changes)
    if moved is None:
        raise moved_on(found.state)
    await _note(deps, tx, actor, TABLE.act(action), moved)
    return moved


async def _stop(
    deps: Dependencies, tx: Transaction, outage: Outage, words: tuple[str, str]
) -> None:
    title, body = words
    await broadcasts.stop(deps, tx, notify.broadcast_of(outage), title=title, body=body)


def knows(actor: Actor, place: str) -> bool:
    """Tell whether somebody may know of the outages at a place: who lives or works there."""
    held = (*actor.places(Permission.VIEW_HOME), *actor.places(Permission.FOLLOW_REPAIRS))
    return _touch(held, [place])


async def get(deps: Dependencies, actor: Actor, outage_id: str) -> OutageView:
    """Return an outage of a compound where one lives or works, whatever its state.

    Raises NotFound.
    """
    found = await store.find(deps.db, outage_id)
    if found is None:
        raise errors.NotFound(MISSING)
    if not knows(actor, found.compound):
        raise errors.NotFound(MISSING)
    return await views.one(deps, found)


async def at_place(deps: Dependencies, actor: Actor, query: OutagesAtQuery) -> Page[OutageView]:
    """Outages at a place or in it that run or are to come, the earliest first.

    Raises NotFound for a place where the actor neither lives nor works.
    """
    if not knows(actor, query.place):
        raise errors.NotFound(places.MISSING)
    found = await store.announced(deps.db, compound_of(query.place))
    meant = [each for each in found if _touch(each.places, [query.place])]
    if query.category is not None:
        meant = [each for each in meant if query.category in each.categories]
    return Page(await views.shown(deps, meant))


async def listing(
    deps: Dependencies, actor: Actor, place: str, query: OutagesQuery
) -> Page[OutageView]:
    """Outages at a place and below it, the latest beginning first. Raises NotFound."""
    await places.access_place(deps, actor, place, Permission.DISPATCH_REPAIRS)
    page = await store.page(deps.db, place, query)
    return page.of(await views.shown(deps, page.items))
