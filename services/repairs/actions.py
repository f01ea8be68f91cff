"""Actions of who reports a repair: reported, joined, changed, urged, cancelled, answered."""

from typing import Any, Final

import msgspec

from services.audit import actions as audit
from services.cases import actions as cases
from services.cases import deadlines, history, ladder, numbers
from services.cases.models import CameBy, EventView
from services.cases.parties import actions as parties
from services.consents import actions as consents
from services.dependencies import Dependencies, Transaction
from services.firms import contracts
from services.kernel import errors
from services.kernel.acts import Act
from services.kernel.pages import ListQuery, Page
from services.kernel.paths import covers, parent
from services.kernel.permissions import Actor, Permission
from services.people import actions as people
from services.photos import actions as photos
from services.places import actions as places
from services.places.models import Kind as PlaceKind
from services.quotas import actions as quotas
from services.quotas.models import SHARES, Quota
from services.repairs import notify, store, views
from services.repairs.boards import keys
from services.repairs.categories import actions as categories
from services.repairs.categories.models import Category, Scope
from services.repairs.classes import Danger
from services.repairs.kind import COMPLETION, REPAIR, RESPONSE, lives_under
from services.repairs.models import (
    Part,
    Repair,
    RepairView,
    ReportRepair,
    SimilarQuery,
)
from services.repairs.outages import attachments
from services.repairs.quotes import guarantees
from services.repairs.reporters import contents
from services.repairs.reporters.models import RepairPhotos
from services.repairs.states import RepairState
from services.repairs.terms import actions as terms

MOST_SIMILAR: Final = 10
# Where something can be broken: above a compound nobody has it done.
BROKEN: Final = (PlaceKind.COMPOUND, PlaceKind.BUILDING, PlaceKind.UNIT, PlaceKind.HOME)
SCOPES: Final = {Part.HOME: Scope.HOME, Part.COMMON: Scope.COMMON}


class TooManyRepairs(errors.Conflict):
    """As many repairs were reported within a day as one may; `most` in details."""

    code = "too_many_repairs"
    details_type = errors.Most


class WrongPart(errors.InvalidInput):
    """The category is not one of homes, or not one of what all share."""

    code = "repair_wrong_part"


async def report(deps: Dependencies, actor: Actor, wish: ReportRepair) -> RepairView:
    """Report something to be repaired, for oneself or by heads and staff for somebody.

    Raises NotFound, ConsentNeeded, WrongPart, BadWish, TooManyRepairs, CategoryUnknown,
    CategoryEnded, Forbidden.
    """
    await consents.check(deps, actor.person_id)
    draft = await _draft(deps, actor, wish)
    draft.number = await numbers.draw(deps, REPAIR, draft.place)
    draft.guarantee_of = await guarantees.source_of(deps, draft)
    draft = msgspec.structs.replace(draft, **await keys.of(deps, draft))
    told = await ladder.first_people(deps, REPAIR, draft)

    async def save(tx: Transaction) -> None:
        await consents.require(deps, tx, actor.person_id)
        if not await places.use(deps, [draft.place], tx=tx):
            raise errors.NotFound(places.MISSING)
        await _require_room(deps, tx, actor)
        draft.outage = await attachments.attach(deps, tx, draft.place, draft.category)
        await store.insert(deps.db, tx, draft)
        await contents.attach(deps, tx, actor, draft, draft.photo_ids)
        await contents.submit(deps, tx, actor.person_id, draft)
        if draft.person:
            await parties.add_reporter(deps, tx, REPAIR, draft.id, draft.person)
        await cases.begin(deps, tx, actor, REPAIR, draft)
        await notify.reported(deps, tx, draft, sorted(told - {actor.person_id}))
        await note(deps, tx, actor, Act.REPAIR_REPORTED, draft)

    await deps.in_transaction(save)
    return await views.one(deps, actor, draft)


async def _draft(deps: Dependencies, actor: Actor, wish: ReportRepair) -> Repair:
    """Check what was sent, look up what it leads to, and seal what was typed."""
    place = await places.get(deps, wish.place)
    if place.kind not in BROKEN:
        raise errors.NotFound(places.MISSING)
    part = Part.HOME if place.kind is PlaceKind.HOME else Part.COMMON
    _require_theirs(actor, wish, part)
    category = await choose(deps, place.id, part, wish.category)
    draft = await draw_up(
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
    return msgspec.structs.replace(draft, **kept)


async def choose(deps: Dependencies, place: str, part: Part, code: str) -> Category:
    """Return a category of today for a part. Raises WrongPart, CategoryUnknown, -Ended."""
    category = await categories.choose(deps, place, code, today=deps.today())
    if category.scope not in {Scope.BOTH, SCOPES[part]}:
        raise WrongPart("这个类别不适用于这里,请换一个类别")
    return category


async def draw_up(
    deps: Dependencies, place: str, part: Part, code: str, danger: Danger, **fields: Any
) -> Repair:
    """Return a repair that begins now, by today's contract and terms; without its number."""
    contract = await contracts.holding(deps, places.compound_of(place))
    contract_id = contract.id if contract else ""
    rule = await terms.of(deps, place, code, danger, contract_id=contract_id, day=deps.today())
    now = deps.now()
    spans = {RESPONSE: rule.response, COMPLETION: rule.completion}
    clocks = await deadlines.begin(deps, place, now, spans)
    return Repair(
        id=deps.new_id(),
        number="",
        place=place,
        part=part,
        category=code,
        danger=danger,
        state=RepairState.REPORTED,
        created_at=now,
        entered_at=now,
        steps=1,
        firm=contract.firm if contract else "",
        contract=contract_id,
        terms=rule.version_id,
        clocks=clocks,
        due_at=clocks[RESPONSE].due_at,
        **fields,
    )


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
    """Open repairs of the same category at a place or above it, for who is about to report.

    Raises NotFound for a place where the actor neither lives nor works.
    """
    wanted = [query.place]
    compound = places.compound_of(query.place)
    while covers(compound, above := parent(wanted[-1]) or ""):
        wanted.append(above)
    found = await store.similar(deps.db, wanted, query.category, limit=MOST_SIMILAR)
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
    return await history.of_case(
        deps, REPAIR, found, query, internal=seen.internal, remarks=seen.remarks
    )


async def mine(deps: Dependencies, actor: Actor, query: ListQuery) -> Page[RepairView]:
    """Repairs that the actor reported or joined, newest first."""
    page = await parties.of_person(deps, REPAIR, actor.person_id, query)
    found = {
        each.id: each for each in await store.find_many(deps.db, [r.case for r in page.items])
    }
    rows = [found[row.case] for row in page.items if row.case in found]
    return Page(await views.shown(deps, actor, rows), page.next_cursor)


async def attached(deps: Dependencies, actor: Actor, repair_id: str) -> RepairPhotos:
    """Where what is attached to a repair can be seen, of what the actor may see. NotFound."""
    found, row = await views.access(deps, actor, repair_id)
    seen = views.sight(actor, found, is_party=row is not None)
    photo_ids = found.photo_ids if seen.words else []
    later = await history.photos(deps, found, internal=seen.internal, remarks=seen.remarks)
    shown = list(dict.fromkeys([*photo_ids, *later]))
    return RepairPhotos(items=await photos.links_to(deps, shown, subject=found.id))
