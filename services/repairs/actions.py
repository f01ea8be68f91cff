"""Actions of who reports a repair: reported, joined, changed, urged, cancelled, answered."""

from typing import Final

from services.audit import actions as audit
from services.cases import actions as cases
from services.cases import deadlines, history, ladder, numbers
from services.cases.actions import Change, Words
from services.cases.models import CameBy, EventView
from services.cases.parties import actions as parties
from services.consents import actions as consents
from services.dependencies import Dependencies, Transaction
from services.firms import contracts
from services.kernel import errors, phones
from services.kernel.acts import Act
from services.kernel.days import day_of
from services.kernel.documents import Document
from services.kernel.pages import ListQuery, Page
from services.kernel.paths import covers, parent
from services.kernel.permissions import Actor, Permission
from services.kernel.types import Remark
from services.people import actions as people
from services.photos import actions as photos
from services.places import actions as places
from services.places.models import Kind as PlaceKind
from services.quotas import actions as quotas
from services.quotas.models import SHARES, Quota
from services.repairs import notify, store, views
from services.repairs.categories import actions as categories
from services.repairs.categories.models import Scope
from services.repairs.kind import COMPLETION, REPAIR, RESPONSE, lives_under
from services.repairs.models import (
    ACCESS,
    NAME,
    PHONE,
    TEXT,
    AddToRepair,
    AnswerRepair,
    Part,
    Repair,
    RepairView,
    ReportRepair,
    SimilarQuery,
    Wish,
)
from services.repairs.states import REOPENED_WITHIN, RepairAction, RepairState
from services.repairs.terms import actions as terms

MOST_SIMILAR: Final = 10
SCOPES: Final = {Part.HOME: Scope.HOME, Part.COMMON: Scope.COMMON}


class TooManyRepairs(errors.Conflict):
    """As many repairs were reported within a day as one may; `most` in details."""

    code = "too_many_repairs"
    details_type = errors.Most


class WrongPart(errors.InvalidInput):
    """The category is not one of homes, or not one of what all share."""

    code = "repair_wrong_part"


class BadWish(errors.InvalidInput):
    """The time in which the repairer shall come ends before it begins, or is over."""

    code = "repair_bad_wish"


class AlreadyUrged(errors.Conflict):
    """Somebody asked to hurry today already."""

    code = "repair_already_urged"


class AppealedBefore(errors.Conflict):
    """A refusal can be appealed once."""

    code = "repair_appealed_before"


class OthersJoined(errors.Conflict):
    """Others have joined the repair: it is theirs, too, and is not cancelled any more."""

    code = "repair_others_joined"


class TooLate(errors.Conflict):
    """The repair ended more than thirty days ago: report it anew."""

    code = "repair_reopened_too_late"


async def report(deps: Dependencies, actor: Actor, wish: ReportRepair) -> RepairView:
    """Report something to be repaired, for oneself or by heads and staff for somebody.

    Raises NotFound, ConsentNeeded, WrongPart, BadWish, TooManyRepairs, CategoryUnknown,
    CategoryEnded, Forbidden.
    """
    await consents.check(deps, actor.person_id)
    draft = await _draft(deps, actor, wish)
    draft.number = await numbers.draw(deps, REPAIR, draft.place)
    told = await ladder.first_people(deps, REPAIR, draft)

    async def save(tx: Transaction) -> None:
        await consents.require(deps, tx, actor.person_id)
        if not await places.use(deps, [draft.place], tx=tx):
            raise errors.NotFound(places.MISSING)
        await _require_room(deps, tx, actor)
        await store.insert(deps.db, tx, draft)
        if draft.photo_ids:
            await _attach(deps, tx, actor, draft, draft.photo_ids)
        if draft.person:
            await parties.add_reporter(deps, tx, REPAIR, draft.id, draft.person)
        await cases.begin(deps, tx, actor, REPAIR, draft)
        await notify.reported(deps, tx, draft, sorted(told - {actor.person_id}))
        await _note(deps, tx, actor, Act.REPAIR_REPORTED, draft)

    await deps.in_transaction(save)
    return await views.one(deps, actor, draft)


async def _draft(deps: Dependencies, actor: Actor, wish: ReportRepair) -> Repair:
    """Check what was sent, look up what it leads to, and seal what was typed."""
    place = await places.get(deps, wish.place)
    part = Part.HOME if place.kind is PlaceKind.HOME else Part.COMMON
    _require_theirs(actor, wish, part)
    category = await categories.choose(deps, place.id, wish.category, today=deps.today())
    if category.scope not in {Scope.BOTH, SCOPES[part]}:
        raise WrongPart("这个类别不适用于这里,请换一个类别")
    danger = wish.danger or category.danger
    contract = await contracts.holding(deps, places.compound_of(place.id))
    contract_id = contract.id if contract else ""
    rule = await terms.of(
        deps, place.id, category.code, danger, contract_id=contract_id, day=deps.today()
    )
    now = deps.now()
    spans = {RESPONSE: rule.response, COMPLETION: rule.completion}
    clocks = await deadlines.begin(deps, place.id, now, spans)
    draft = Repair(
        id=deps.new_id(),
        number="",
        place=place.id,
        part=part,
        category=category.code,
        danger=danger,
        state=RepairState.REPORTED,
        person=None if wish.on_behalf_of else actor.person_id,
        filed_by=actor.person_id,
        way=_way(wish),
        created_at=now,
        entered_at=now,
        steps=1,
        photo_ids=list(dict.fromkeys(wish.photo_ids)),
        wish=_wish(deps, wish),
        firm=contract.firm if contract else "",
        contract=contract_id,
        terms=rule.version_id,
        clocks=clocks,
        due_at=clocks[RESPONSE].due_at,
    )
    _seal(deps, draft, wish)
    return draft


def _require_theirs(actor: Actor, wish: ReportRepair, part: Part) -> None:
    """Raise NotFound unless it is the actor's home, or what it shares, or their office's.

    Only an office reports for somebody else.
    """
    by_office = actor.may(Permission.REPORT_FOR_OTHERS, wish.place)
    lives = actor.may(Permission.VIEW_HOME, wish.place)
    shares = part is Part.COMMON and lives_under(actor, wish.place)
    is_compound = covers(places.compound_of(wish.place), wish.place)
    if not (by_office or lives or shares) or not is_compound:
        raise errors.NotFound(places.MISSING)
    if wish.on_behalf_of and not by_office:
        raise errors.Forbidden("替别人报修要由三长或工作人员办理")


def _way(wish: ReportRepair) -> CameBy:
    return wish.way or (CameBy.SCAN if wish.code else CameBy.APP)


def _wish(deps: Dependencies, wish: ReportRepair) -> Wish | None:
    if wish.wish is None:
        return None
    if wish.wish.ends <= wish.wish.begins or wish.wish.ends <= deps.now():
        raise BadWish("上门时间不对,请重新选择")
    return Wish(begins=wish.wish.begins, ends=wish.wish.ends)


def _seal(deps: Dependencies, draft: Repair, wish: ReportRepair) -> None:
    if draft.part is Part.HOME:
        draft.text_sealed = TEXT.seal(deps.vault, draft.id, wish.text)
    else:
        draft.text = wish.text
    if wish.on_behalf_of:
        draft.name_sealed = NAME.seal(deps.vault, draft.id, wish.on_behalf_of)
    if wish.phone:
        draft.phone_sealed = PHONE.seal(deps.vault, draft.id, phones.normalise(wish.phone))
    if wish.access:
        draft.access_sealed = ACCESS.seal(deps.vault, draft.id, wish.access)


async def _require_room(deps: Dependencies, tx: Transaction, actor: Actor) -> None:
    """Raise TooManyRepairs: each sends somebody to look. Offices write down for many."""
    if actor.places(Permission.REPORT_FOR_OTHERS):
        return
    who = await people.counted_as(deps, actor.person_id)
    if not await quotas.take(deps, tx, Quota.REPAIRS, who):
        most = SHARES[Quota.REPAIRS].times
        raise TooManyRepairs("今天报修太多了,请明天再报,急事请打电话", most=most)


async def _attach(
    deps: Dependencies, tx: Transaction, actor: Actor, repair: Repair, photo_ids: list[str]
) -> None:
    await photos.attach(
        deps,
        tx,
        actor,
        photo_ids,
        subject=repair.id,
        place=repair.place,
        needs=Permission.WORK_ON_REPAIRS,
    )


async def _note(
    deps: Dependencies,
    tx: Transaction,
    actor: Actor,
    act: Act,
    repair: Repair,
    **facts: object,
) -> None:
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
        deps, REPAIR, found, query, internal=seen.internal, remarks=seen.words
    )


async def mine(deps: Dependencies, actor: Actor, query: ListQuery) -> Page[RepairView]:
    """Repairs that the actor reported or joined, newest first."""
    page = await parties.of_person(deps, REPAIR, actor.person_id, query)
    found = {
        each.id: each for each in await store.find_many(deps.db, [r.case for r in page.items])
    }
    rows = [found[row.case] for row in page.items if row.case in found]
    return Page(await views.shown(deps, actor, rows), page.next_cursor)


async def join(deps: Dependencies, actor: Actor, repair_id: str) -> RepairView:
    """Join a repair of what the actor shares; harmless to repeat.

    Raises NotFound, RepairMovedOn for one that is over.
    """

    async def save(tx: Transaction) -> Repair:
        found, row = await views.access(deps, actor, repair_id, tx=tx)
        may = found.part is Part.COMMON and lives_under(actor, found.place)
        if row is None and not (may or actor.may(Permission.VIEW_HOME, found.place)):
            raise errors.Forbidden("只有住在这里的人可以加入")
        is_new = row is None and await parties.join(deps, tx, REPAIR, found, actor.person_id)
        await _note(deps, tx, actor, Act.REPAIR_JOINED, found, again=not is_new)
        return found

    return await views.one(deps, actor, await deps.in_transaction(save))


async def cancel(deps: Dependencies, actor: Actor, repair_id: str, reason: str) -> RepairView:
    """Cancel a repair of one's own. Raises OthersJoined, RepairMovedOn."""

    async def change(_tx: Transaction, found: Repair) -> Document:
        if found.joiners:
            raise OthersJoined("还有邻居加入了这个报修,不能取消")
        return {"ended_at": deps.now(), "holder": ""}

    return await _step(deps, actor, repair_id, RepairAction.CANCEL, change, reason)


async def add(
    deps: Dependencies, actor: Actor, repair_id: str, wish: AddToRepair
) -> RepairView:
    """Add words and photos to a repair of one's own. Raises RepairMovedOn."""

    async def change(tx: Transaction, found: Repair) -> Document:
        if wish.photo_ids:
            await _attach(deps, tx, actor, found, wish.photo_ids)
        return {}

    words = Words(remark=wish.text, photo_ids=wish.photo_ids)
    found = await cases.act(
        deps, actor, REPAIR, repair_id, RepairAction.ADD, change=change, words=words
    )
    return await views.one(deps, actor, found)


async def urge(deps: Dependencies, actor: Actor, repair_id: str) -> RepairView:
    """Ask to hurry, once a day for a repair. Raises AlreadyUrged, RepairMovedOn."""

    async def change(_tx: Transaction, found: Repair) -> Document:
        today = day_of(deps.now())
        if found.urged_day == today:
            raise AlreadyUrged("今天已经催过了,工作人员已收到")
        return {"urged_day": today, "urged": found.urged + 1}

    return await _step(deps, actor, repair_id, RepairAction.URGE, change)


async def appeal(deps: Dependencies, actor: Actor, repair_id: str, reason: str) -> RepairView:
    """Appeal a refusal to the community, once. Raises AppealedBefore, RepairMovedOn."""

    async def change(_tx: Transaction, found: Repair) -> Document:
        if found.appealed:
            raise AppealedBefore("这个报修已经申诉过一次了")
        return {"appealed": True}

    return await _step(deps, actor, repair_id, RepairAction.APPEAL, change, reason)


async def answer(
    deps: Dependencies, actor: Actor, repair_id: str, wish: AnswerRepair
) -> RepairView:
    """Say whether it is fixed. A no sends it back with the deadline of its class.

    Raises NotFound, NotAsked, RepairMovedOn.
    """
    _, row = await views.access(deps, actor, repair_id)
    if row is None:
        raise errors.Forbidden(REPAIR.forbidden)
    note = wish.note or ""
    found = await parties.answer(deps, actor, REPAIR, repair_id, fixed=wish.fixed, note=note)
    return await views.one(deps, actor, found)


async def reopen(
    deps: Dependencies, actor: Actor, repair_id: str, reason: Remark
) -> RepairView:
    """Open a repair again that ended within thirty days: it broke again, or never was fixed.

    Raises TooLate, RepairMovedOn.
    """

    async def change(_tx: Transaction, found: Repair) -> Document:
        now = deps.now()
        if found.ended_at is None or now - found.ended_at > REOPENED_WITHIN:
            raise TooLate("已经过了30天,请重新报修")
        return {}

    return await _step(deps, actor, repair_id, RepairAction.REOPEN, change, reason)


async def _step(
    deps: Dependencies,
    actor: Actor,
    repair_id: str,
    action: RepairAction,
    change: Change,
    remark: str = "",
) -> RepairView:
    words = Words(remark=remark)
    found = await cases.act(deps, actor, REPAIR, repair_id, action, change=change, words=words)
    return await views.one(deps, actor, found)
