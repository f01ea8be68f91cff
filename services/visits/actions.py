"""Actions on visits: planned, put off, made, cancelled by whoever keeps them."""

from datetime import timedelta
from typing import Any, Final

import msgspec
from pymongo.errors import DuplicateKeyError

from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.kernel import errors
from services.kernel.access import accessible
from services.kernel.days import check_day, end_of, plus_days
from services.kernel.documents import Document
from services.kernel.doors import Talk
from services.kernel.interests import homes_of, require_not_own
from services.kernel.pages import Page
from services.kernel.permissions import Actor, Permission, require_at
from services.photos import actions as photos
from services.photos.models import PhotoPurpose
from services.places import actions as places
from services.visits import store, views
from services.visits.models import (
    FARTHEST_DAYS,
    MINUTES,
    HeadVisitsQuery,
    HeadVisitView,
    PlanVisit,
    Postponed,
    RecordVisit,
    UnplannedVisit,
    Visit,
    VisitOutcome,
    VisitPurpose,
    WhoGoes,
)
from services.visits.offices import goers, households, keepers
from services.visits.offices.households import Household
from services.visits.offices.keepers import Keeper
from services.visits.states import TABLE, VisitAction, VisitState

MISSING: Final = "没有找到这次走访"
# No law says how long. A year shows what comes back with the seasons; later it is only gossip.
MINUTES_KEPT: Final = timedelta(days=365)


class VisitPlanned(errors.Conflict):
    """A visit of this home for this purpose is planned already."""

    code = "visit_planned"


class VisitMovedOn(errors.Conflict):
    """The visit was made or cancelled already."""

    code = "visit_moved_on"


class BadVisitDay(errors.InvalidInput):
    """The day is over, or more than a year away."""

    code = "bad_visit_day"


class NobodyToVisit(errors.InvalidInput):
    """Whoever has moved is not visited again."""

    code = "visit_nobody_left"


async def plan(deps: Dependencies, actor: Actor, wish: PlanVisit) -> HeadVisitView:
    """Plan a visit. Raises NotFound, BadVisitDay, NoSubstitute, VisitPlanned, OwnHome."""
    await households.require_home(deps, wish.home)
    keeper = keepers.keeper_at(actor, wish.home)
    day = _day(deps, wish.day)
    if wish.goes is WhoGoes.SUBSTITUTE:
        await goers.require_substitute(deps, keeper, wish.home, day)
    planned = _draft(deps, actor, keeper, wish.home, purpose=wish.purpose, day=day)
    planned.goes, planned.every_days = wish.goes, wish.every_days

    async def save(tx: Transaction) -> None:
        await places.use(deps, [wish.home], tx=tx)
        await store.insert(deps.db, tx, planned)
        act = TABLE.act(VisitAction.PLAN)
        await _note(deps, tx, actor, planned, act, purpose=wish.purpose)

    await _once(deps, save)
    return await views.one(deps, planned)


def _day(deps: Dependencies, day: str) -> str:
    """Return a day for a visit. Raises BadVisitDay."""
    check_day(day)
    if not deps.today() <= day <= plus_days(deps.today(), FARTHEST_DAYS):
        raise BadVisitDay("请选择今天起一年之内的日期")
    return day


def _draft(
    deps: Dependencies,
    actor: Actor,
    keeper: Keeper,
    home: str,
    *,
    purpose: VisitPurpose,
    day: str,
) -> Visit:
    return Visit(
        id=deps.new_id(),
        home=home,
        keeper=keeper.token,
        role=keeper.role,
        office=keeper.office,
        purpose=purpose,
        day=day,
        due_at=end_of(day),
        state=VisitState.PLANNED,
        planned_by=actor.person_id,
        planned_at=deps.now(),
    )


async def _once(deps: Dependencies, save: Any) -> None:
    try:
        await deps.in_transaction(save)
    except DuplicateKeyError:
        raise VisitPlanned("这户已有同样目的的走访计划") from None


async def _note(
    deps: Dependencies, tx: Transaction, actor: Actor, visit: Visit, act: Any, **facts: Any
) -> None:
    await audit.record(deps, tx, actor, act, place=visit.home, subject=visit.id, **facts)


async def access(deps: Dependencies, actor: Actor, visit_id: str) -> Visit:
    """Return a visit that the actor keeps today. Raises NotFound for anybody else's; OwnHome.

    What an office noted of a home is not shown to its next holder, or to who stands in, where
    the home is their own: the minutes may be about their family.
    """
    mine = {*keepers.tokens(actor)}
    found = accessible(
        actor,
        await store.find(deps.db, visit_id),
        people=lambda found: [actor.person_id] if found.keeper in mine else [],
        missing=MISSING,
    )
    require_not_own(actor, [found.home])
    return found


async def get(deps: Dependencies, actor: Actor, visit_id: str) -> HeadVisitView:
    return await views.one(deps, await access(deps, actor, visit_id))


async def listing(
    deps: Dependencies, actor: Actor, query: HeadVisitsQuery
) -> Page[HeadVisitView]:
    """Return the visits that the actor keeps, by day, none of a home of their own.

    Raises NotFound for a home elsewhere.
    """
    if query.home is not None:
        require_at(actor, Permission.PLAN_VISITS, query.home)
    mine, own = keepers.tokens(actor), homes_of(actor)
    page = await store.page(deps.db, mine, query, apart=own)
    return page.of(await views.several(deps, page.items))


async def postpone(
    deps: Dependencies, actor: Actor, visit_id: str, wish: Postponed
) -> HeadVisitView:
    """Plan a visit for another day. Raises NotFound, OwnHome, BadVisitDay, VisitMovedOn."""
    found = await access(deps, actor, visit_id)
    day = _day(deps, wish.day)
    if found.goes is WhoGoes.SUBSTITUTE:
        keeper = Keeper(found.keeper, found.role, found.office)
        await goers.require_substitute(deps, keeper, found.home, day)
    changes: Document = {"day": day, "due_at": end_of(day)}
    return await _move(deps, actor, found, VisitAction.POSTPONE, changes)


async def cancel(deps: Dependencies, actor: Actor, visit_id: str) -> HeadVisitView:
    """Cancel a visit, and those that would follow. Raises NotFound, OwnHome, VisitMovedOn."""
    found = await access(deps, actor, visit_id)
    return await _move(deps, actor, found, VisitAction.CANCEL, {})


async def _move(
    deps: Dependencies, actor: Actor, found: Visit, action: VisitAction, changes: Document
) -> HeadVisitView:
    async def save(tx: Transaction) -> None:
        await _step(deps, tx, found, action, changes)
        await _note(deps, tx, actor, found, TABLE.act(action))

    await deps.in_transaction(save)
    return await _again(deps, found)


async def _step(
    deps: Dependencies, tx: Transaction, found: Visit, action: VisitAction, changes: Document
) -> None:
    if not await store.move(deps.db, tx, found.id, action, changes):
        raise VisitMovedOn("这次走访已经登记或取消,请刷新后再看")


async def _again(deps: Dependencies, found: Visit) -> HeadVisitView:
    return await views.one(deps, await store.find(deps.db, found.id) or found)


async def record(
    deps: Dependencies, actor: Actor, visit_id: str, wish: RecordVisit
) -> HeadVisitView:
    """Record what came of a planned visit; plan the next one, where there is to be one.

    Raises NotFound, BadVisitDay, NobodyToVisit, VisitMovedOn, VisitPlanned, OwnHome.
    """
    found = await access(deps, actor, visit_id)
    following = _following(deps, actor, found, wish)
    made = await _made(deps, actor, found, wish, following)

    async def save(tx: Transaction) -> None:
        made["people"] = await households.still_open(deps, tx, made["people"])
        await _step(deps, tx, found, VisitAction.RECORD, made)
        await _attach(deps, tx, actor, found, wish)
        if following is not None:
            await store.insert(deps.db, tx, following)
        await _tell(deps, tx, actor, found, wish)
        act = TABLE.act(VisitAction.RECORD)
        await _note(deps, tx, actor, found, act, outcome=wish.outcome)

    await _once(deps, save)
    return await _again(deps, found)


async def record_unplanned(
    deps: Dependencies, actor: Actor, wish: UnplannedVisit
) -> HeadVisitView:
    """Record a visit that nobody had planned. Raises as plan() and record() do."""
    await households.require_home(deps, wish.home)
    keeper = keepers.keeper_at(actor, wish.home)
    found = _draft(deps, actor, keeper, wish.home, purpose=wish.purpose, day=deps.today())
    following = _following(deps, actor, found, wish)
    made = await _made(deps, actor, found, wish, following)
    visit = msgspec.structs.replace(found, **made, state=TABLE.target(VisitAction.RECORD))

    async def save(tx: Transaction) -> None:
        await places.use(deps, [wish.home], tx=tx)
        visit.people = await households.still_open(deps, tx, visit.people)
        await store.insert(deps.db, tx, visit)
        await _attach(deps, tx, actor, visit, wish)
        if following is not None:
            await store.insert(deps.db, tx, following)
        await _tell(deps, tx, actor, visit, wish)
        act = TABLE.act(VisitAction.RECORD)
        await _note(deps, tx, actor, visit, act, outcome=wish.outcome)

    await _once(deps, save)
    return await views.one(deps, visit)


def _following(
    deps: Dependencies, actor: Actor, found: Visit, wish: RecordVisit
) -> Visit | None:
    """Return the next visit: on the day that was said, or so many days from today."""
    if wish.outcome is VisitOutcome.MOVED:
        if wish.next_day is not None:
            raise NobodyToVisit("住户已搬走,不用再安排走访")
        return None
    if wish.next_day is not None:
        day = _day(deps, wish.next_day)
    elif found.every_days is not None:
        day = plus_days(deps.today(), found.every_days)
    else:
        return None
    keeper = Keeper(found.keeper, found.role, found.office)
    following = _draft(deps, actor, keeper, found.home, purpose=found.purpose, day=day)
    following.every_days = found.every_days
    return following


async def _made(
    deps: Dependencies,
    actor: Actor,
    found: Visit,
    wish: RecordVisit,
    following: Visit | None,
) -> Document:
    """Return what a visit is once it was made."""
    home: Household = await households.of_home(deps, found.home)
    now = deps.now()
    minutes = MINUTES.seal(deps.vault, found.id, wish.minutes) if wish.minutes else ""
    is_more = bool(minutes or wish.photo_ids)
    return {
        "day": deps.today(),
        "outcome": wish.outcome,
        "minutes_sealed": minutes,
        "minutes_until": now + MINUTES_KEPT if is_more else None,
        "photos": list(dict.fromkeys(wish.photo_ids)),
        "people": home.people,
        "made_by": actor.person_id,
        "made_at": now,
        "next_id": following.id if following else "",
    }


async def _tell(
    deps: Dependencies, tx: Transaction, actor: Actor, visit: Visit, wish: RecordVisit
) -> None:
    """Tell who keeps demands that somebody was asked at the door for what they owe."""
    if visit.purpose is VisitPurpose.FEE and wish.outcome is VisitOutcome.MET:
        for keep in deps.features.at_doors:
            await keep(deps, tx, actor, Talk(home=visit.home, subject=visit.id))


async def _attach(
    deps: Dependencies, tx: Transaction, actor: Actor, visit: Visit, wish: RecordVisit
) -> None:
    """Attach the photos: nobody's, at no place, so that only who keeps the visit sees them."""
    if wish.photo_ids:
        await photos.attach(
            deps,
            tx,
            actor,
            wish.photo_ids,
            subject=visit.id,
            place="",
            needs=Permission.PLAN_VISITS,
            owner="",
            purposes={PhotoPurpose.VISIT},
        )
