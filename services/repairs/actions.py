"""Actions of who reports a repair: reported, joined, changed, urged, cancelled, answered."""

from typing import Final

import msgspec

from services.audit import actions as audit
from services.cases import history
from services.cases.models import CameBy, EventView
from services.cases.parties import actions as parties
from services.consents import actions as consents
from services.dependencies import Dependencies, Transaction
from services.kernel import errors
from services.kernel.acts import Act
from services.kernel.pages import ListQuery, Page
from services.kernel.paths import covers, parent
from services.kernel.permissions import Actor, Permission
from services.people import actions as people
from services.photos import actions as photos
from services.place_codes import actions as place_codes
from services.places import actions as places
from services.places.models import Kind as PlaceKind
from services.quotas import actions as quotas
from services.quotas.models import SHARES, Quota
from services.repairs import store, views
from services.repairs.kind import REPAIR, lives_under
from services.repairs.models import (
    Part,
    Repair,
    RepairView,
    ReportRepair,
    SimilarQuery,
)
from services.repairs.reporters import contents, drafts
from services.repairs.reporters.models import RepairPhotos

MOST_SIMILAR: Final = 10
# Where something can be broken: above a compound nobody has it done.
BROKEN: Final = (PlaceKind.COMPOUND, PlaceKind.BUILDING, PlaceKind.UNIT, PlaceKind.HOME)


class TooManyRepairs(errors.Conflict):
    """As many repairs were reported within a day as one may; `most` in details."""

    code = "too_many_repairs"
    details_type = errors.Most


class BadWay(errors.InvalidInput):
    """It cannot have come in so: one's own comes by the mini-program, the city's by itself."""

    code = "repair_bad_way"


async def report(deps: Dependencies, actor: Actor, wish: ReportRepair) -> RepairView:
    """Report something to be repaired, for oneself or by heads and staff for somebody.

    Raises NotFound, ConsentNeeded, WrongPart, BadWish, BadWay, TooManyRepairs,
    CategoryUnknown, CategoryEnded, PlaceCodeUnknown, Forbidden.
    """
    await consents.check(deps, actor.person_id)
    draft, told = await drafts.complete(deps, await _draft(deps, actor, wish))

    async def save(tx: Transaction) -> Repair:
        await consents.require(deps, tx, actor.person_id)
        await _require_room(deps, tx, actor)
        made = await drafts.begin(deps, tx, actor, draft, told, reporter=actor.person_id)
        await note(deps, tx, actor, Act.REPAIR_REPORTED, made)
        return made

    return await views.one(deps, actor, await deps.in_transaction(save))


async def _draft(deps: Dependencies, actor: Actor, wish: ReportRepair) -> Repair:
    """Check what was sent, look up what it leads to, and seal what was typed."""
    place = await places.get(deps, wish.place)
    if place.kind not in BROKEN:
        raise errors.NotFound(places.MISSING)
    part = Part.HOME if place.kind is PlaceKind.HOME else Part.COMMON
    _require_theirs(actor, wish, part)
    category = await drafts.choose(deps, place.id, part, wish.category)
    code = await place_codes.scanned_at(deps, wish.code, place.id) if wish.code else ""
    draft = await drafts.draw_up(
        deps,
        place.id,
        part,
        category.code,
        wish.danger or category.danger,
        person=None if wish.on_behalf_of else actor.person_id,
        filed_by=actor.person_id,
        way=_way(wish),
        photo_ids=list(dict.fromkeys(wish.photo_ids)),
        wish=contents.wish(wish.wish, deps.now()),
    )
    kept = contents.words(deps, draft, wish.text) | contents.sealed(
        deps, draft.id, name=wish.on_behalf_of, phone=wish.phone, access=wish.access
    )
    return msgspec.structs.replace(draft, code=code, **kept)


def _require_theirs(actor: Actor, wish: ReportRepair, part: Part) -> None:
    """Raise NotFound unless it is the actor's home, or what it shares, or their office's.

    Only an office reports for somebody else.
    """
    by_office = actor.may(Permission.REPORT_FOR_OTHERS, wish.place)
    lives = actor.may(Permission.VIEW_HOME, wish.place)
    shares = part is Part.COMMON and lives_under(actor, wish.place)
    if not (by_office or lives or shares):
        raise errors.NotFound(places.MISSING)
    if wish.on_behalf_of and not by_office:
        raise errors.Forbidden("替别人报修要由三长或工作人员办理")


def _way(wish: ReportRepair) -> CameBy:
    """Return how it came in; only who reports for somebody else says so. Raises BadWay."""
    if wish.way in {CameBy.CITY, CameBy.ROUND} or (wish.way and not wish.on_behalf_of):
        raise BadWay("报修方式不对:替别人报修时才填写,且不能是城市平台")
    return wish.way or (CameBy.SCAN if wish.code else CameBy.APP)


async def _require_room(deps: Dependencies, tx: Transaction, actor: Actor) -> None:
    """Raise TooManyRepairs: each sends somebody to look. Offices write down for many."""
    if actor.places(Permission.REPORT_FOR_OTHERS):
        return
    who = await people.counted_as(deps, actor.person_id)
    if not await quotas.take(deps, tx, Quota.REPAIRS, who):
        most = SHARES[Quota.REPAIRS].times
        raise TooManyRepairs("今天报修太多了,请明天再报,急事请打电话", most=most)


async def note(
    deps: Dependencies,
    tx: Transaction,
    actor: Actor,
    act: Act,
    repair: Repair,
    **facts: object,
) -> None:
    """Record an act of a reporter in the audit."""
    await audit.record(
        deps,
        tx,
        actor,
        act,
        place=repair.place,
        subject=repair.id,
        on_behalf_of="" if repair.person else repair.id,
        category=repair.category,
        danger=repair.danger,
        photos=len(repair.photo_ids),
        **facts,
    )


async def similar(deps: Dependencies, actor: Actor, query: SimilarQuery) -> Page[RepairView]:
    """Open repairs of the same category at a place or above it, the nearest first, then newest.

    Raises NotFound for a place where the actor neither lives nor works.
    """
    wanted = [query.place]
    compound = places.compound_of(query.place)
    while covers(compound, above := parent(wanted[-1]) or ""):
        wanted.append(above)
    found = await store.similar(deps.db, wanted, query.category, limit=MOST_SIMILAR)
    found.sort(key=lambda repair: -len(repair.place))  # all are on one line upwards
    known = [each for each in found if REPAIR.knows(actor, each)]
    return Page(await views.shown(deps, actor, known))


async def get(deps: Dependencies, actor: Actor, repair_id: str) -> RepairView:
    """One repair that the actor may know of. Raises NotFound."""
    found, _ = await views.access(deps, actor, repair_id)
    return await views.one(deps, actor, found)


async def events(
    deps: Dependencies, actor: Actor, repair_id: str, query: ListQuery
) -> Page[EventView]:
    """The history of a repair that the actor may know of. Raises NotFound."""
    found, row = await views.access(deps, actor, repair_id)
    seen = views.sight(actor, found, is_party=row is not None)
    return await history.of_case(deps, REPAIR, found, query, seen.reading)


async def mine(deps: Dependencies, actor: Actor, query: ListQuery) -> Page[RepairView]:
    """Repairs that the actor reported or joined, newest first.

    Without those that they wrote down by an office that is over.
    """
    page = await parties.of_person(deps, REPAIR, actor.person_id, query)
    found = {
        each.id: each for each in await store.find_many(deps.db, [r.case for r in page.items])
    }
    rows = [
        found[row.case]
        for row in page.items
        if row.case in found and REPAIR.counts(actor, found[row.case], row)
    ]
    return Page(await views.shown(deps, actor, rows), page.next_cursor)


async def attached(deps: Dependencies, actor: Actor, repair_id: str) -> RepairPhotos:
    """Where what is attached to a repair can be seen, of what the actor may see. NotFound."""
    found, row = await views.access(deps, actor, repair_id)
    seen = views.sight(actor, found, is_party=row is not None)
    photo_ids = found.photo_ids if seen.words else []
    later = await history.photos(deps, found, seen.reading)
    shown = list(dict.fromkeys([*photo_ids, *later]))
    return RepairPhotos(items=await photos.links_to(deps, shown, subject=found.id))
