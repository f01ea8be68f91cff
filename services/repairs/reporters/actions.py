"""Actions of reporters: who reported a repair or joined it, and what they do with it then."""

from typing import Final

from msgspec import UNSET, structs

from services.cases import actions as cases
from services.cases import deadlines, history
from services.cases.actions import Change, Words
from services.cases.parties import actions as parties
from services.dependencies import Dependencies, Transaction
from services.kernel import errors
from services.kernel.acts import Act
from services.kernel.days import day_of
from services.kernel.documents import Document
from services.kernel.permissions import Actor
from services.kernel.types import Remark
from services.photos import actions as photos
from services.repairs import actions as repairs
from services.repairs import views
from services.repairs.kind import COMPLETION, REPAIR, for_wish, may_join
from services.repairs.models import (
    AddToRepair,
    AnswerRepair,
    Part,
    Repair,
    RepairView,
    Wish,
)
from services.repairs.quotes import charges
from services.repairs.reporters import contents
from services.repairs.reporters.models import EditRepair
from services.repairs.states import RepairAction
from services.working_time.models import Span

# Of one person to one repair in a day: each tells who does it.
MOST_ADDITIONS: Final = 20
EDITED: Final = ("text", "photo_ids", "wish", "access", "phone")


class AlreadyUrged(errors.Conflict):
    """Somebody asked to hurry today already."""

    code = "repair_already_urged"


class TooManyAdditions(errors.Conflict):
    """Somebody added to a repair as often today as one may; `most` in details."""

    code = "repair_too_many_additions"
    details_type = errors.Most


class AppealedBefore(errors.Conflict):
    """A refusal can be appealed once."""

    code = "repair_appealed_before"


class OthersJoined(errors.Conflict):
    """Others have joined the repair: it is theirs, too, and is not cancelled any more."""

    code = "repair_others_joined"


async def join(deps: Dependencies, actor: Actor, repair_id: str) -> RepairView:
    """Join a repair of what the actor shares; harmless to repeat.

    Raises NotFound, RepairMovedOn for one that is over.
    """

    async def save(tx: Transaction) -> Repair:
        found, row = await views.access(deps, actor, repair_id, tx=tx)
        if row is None and not may_join(actor, found):
            raise errors.Forbidden("只有住在这里的人可以加入")
        is_new = row is None and await parties.join(deps, tx, REPAIR, found, actor.person_id)
        await repairs.note(deps, tx, actor, Act.REPAIR_JOINED, found, again=not is_new)
        return found

    return await views.one(deps, actor, await deps.in_transaction(save))


async def edit(
    deps: Dependencies, actor: Actor, repair_id: str, wish: EditRepair
) -> RepairView:
    """Change what one reported, until somebody accepts it.

    Photos that are left out are removed. Raises BadWish, TooManyPhotos, RepairMovedOn;
    NotFound also for photos that are not the actor's.
    """
    changed = sorted(name for name in EDITED if getattr(wish, name) is not UNSET)

    async def change(tx: Transaction, found: Repair) -> Document:
        return await _edited(deps, tx, actor, found, wish)

    words = Words(facts={"changed": changed})
    found = await cases.act(
        deps, actor, REPAIR, repair_id, RepairAction.EDIT, change=change, words=words
    )
    return await views.one(deps, actor, found)


async def _edited(
    deps: Dependencies, tx: Transaction, actor: Actor, found: Repair, wish: EditRepair
) -> Document:
    changes: Document = {}
    if wish.wish is not UNSET:
        changes |= await _of_wish(deps, found, contents.wish(wish.wish, deps.now()))
    if wish.text is not UNSET:
        changes |= contents.words(deps, found, wish.text)
    if wish.access is not UNSET:
        changes |= contents.sealed(deps, found.id, access=wish.access)
    if wish.phone is not UNSET:
        changes |= contents.sealed(deps, found.id, phone=wish.phone)
    if wish.photo_ids is not UNSET:
        wanted = list(dict.fromkeys(wish.photo_ids))
        new = [each for each in wanted if each not in found.photo_ids]
        gone = [each for each in found.photo_ids if each not in wanted]
        left = structs.replace(found, photo_ids=[x for x in wanted if x not in new])
        await contents.require_room(deps, tx, left, new)
        await contents.attach(deps, tx, actor, found, new)
        await photos.discard(deps, tx, gone, subject=found.id)
        changes["photo_ids"] = wanted
    if changes.keys() & {"text", "photo_ids"} and found.part is Part.COMMON:
        new_version = structs.replace(found, **changes)
        await contents.submit(deps, tx, actor.person_id, new_version)
        changes["text_shown"] = False
    return changes


async def _of_wish(deps: Dependencies, found: Repair, wish: Wish | None) -> Document:
    """Return what another wish changes: nobody has accepted the repair yet."""
    clock = found.clocks[COMPLETION]
    spans = {COMPLETION: Span(clock.total, clock.pace)}
    begun = await deadlines.begin(deps, found.place, found.created_at, spans)
    clocks = await for_wish(deps, found.place, {**found.clocks, **begun}, wish)
    return {"wish": wish, "clocks": clocks}


async def cancel(deps: Dependencies, actor: Actor, repair_id: str, reason: str) -> RepairView:
    """Cancel a repair of one's own. Raises OthersJoined, RepairMovedOn."""

    async def change(tx: Transaction, found: Repair) -> Document:
        if found.joiners:
            raise OthersJoined("还有邻居加入了这个报修,不能取消")
        await charges.drop(deps, tx, found)
        return {}

    return await _step(deps, actor, repair_id, RepairAction.CANCEL, change, reason)


async def add(
    deps: Dependencies, actor: Actor, repair_id: str, wish: AddToRepair
) -> RepairView:
    """Add words and photos to a repair of one's own.

    Raises TooManyAdditions, TooManyPhotos, RepairMovedOn.
    """

    async def change(tx: Transaction, found: Repair) -> Document:
        person_id = actor.person_id
        today = await history.count_today(deps, tx, found.id, RepairAction.ADD, person_id)
        if today >= MOST_ADDITIONS:
            raise TooManyAdditions("今天补充太多了,请明天再补充", most=MOST_ADDITIONS)
        await contents.require_room(deps, tx, found, wish.photo_ids)
        await contents.attach(deps, tx, actor, found, wish.photo_ids)
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

    Raises NotFound, NotAsked, OwnWork for who did it, RepairMovedOn.
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
    return await _step(deps, actor, repair_id, RepairAction.REOPEN, None, reason)


async def _step(
    deps: Dependencies,
    actor: Actor,
    repair_id: str,
    action: RepairAction,
    change: Change | None,
    remark: str = "",
) -> RepairView:
    words = Words(remark=remark)
    found = await cases.act(deps, actor, REPAIR, repair_id, action, change=change, words=words)
    return await views.one(deps, actor, found)
