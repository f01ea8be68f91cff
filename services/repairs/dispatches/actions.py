"""Actions of dispatchers on reports: another class, one of two, two of one."""

import msgspec

from services.cases import actions as cases
from services.cases.actions import Words
from services.cases.parties import actions as parties
from services.dependencies import Dependencies, Transaction
from services.kernel import errors
from services.kernel.access import accessible
from services.kernel.days import day_of
from services.kernel.documents import Document
from services.kernel.permissions import Actor, Permission
from services.places.actions import compound_of
from services.repairs import states, store, views
from services.repairs.dispatches import classes, details
from services.repairs.dispatches.models import MergeRepair, ReclassifyRepair, SplitRepair
from services.repairs.dispatches.refusals import (
    MergedBefore,
    MergedElsewhere,
    MergedWithItself,
    SameClass,
)
from services.repairs.kind import REPAIR
from services.repairs.models import ACCESS, NAME, PHONE, Part, Repair, RepairView
from services.repairs.quotes import charges
from services.repairs.reporters import contents, drafts
from services.repairs.states import TABLE, RepairAction
from services.repairs.terms import actions as terms
from services.residencies import actions as residencies


async def reclassify(
    deps: Dependencies, actor: Actor, repair_id: str, wish: ReclassifyRepair
) -> RepairView:
    """Change the category or the class of a repair, and its deadlines with it.

    By the terms of the day of its report, and of its contract. Raises WrongPart,
    CategoryUnknown, CategoryEnded, SameClass, RepairMovedOn.
    """
    facts: Document = {}

    async def change(tx: Transaction, found: Repair) -> Document:
        code, danger = found.category, wish.danger or found.danger
        if wish.category and wish.category != code:
            category = await drafts.choose(deps, found.place, found.part, wish.category)
            code, danger = category.code, wish.danger or category.danger
        if (code, danger) == (found.category, found.danger):
            raise SameClass("类别和紧急程度没有变化")
        facts.clear()  # a transaction may run twice
        facts.update(details.class_facts(found, code, danger))
        day, contract = day_of(found.created_at), found.contract
        rule = await terms.of(deps, found.place, code, danger, contract_id=contract, day=day)
        clocks = await classes.clocks(deps, tx, found, rule)
        changed = {"category": code, "danger": danger}
        return {**changed, "terms": rule.version_id, "clocks": clocks}

    words = Words(remark=wish.reason or "", facts=facts)
    action = RepairAction.RECLASSIFY
    found = await cases.act(deps, actor, REPAIR, repair_id, action, change=change, words=words)
    return await views.one(deps, actor, found)


async def merge(
    deps: Dependencies, actor: Actor, repair_id: str, wish: MergeRepair
) -> RepairView:
    """Merge a repair into another of the same thing: who reported or joined it joins that one.

    Into that of a home only those come along who live there today. Its words, photos and
    history stay with it. Raises MergedBefore, MergedWithItself,
    MergedElsewhere, RepairMovedOn of either.
    """

    async def change(tx: Transaction, found: Repair) -> Document:
        target = await _target(deps, tx, actor, found, wish.into)
        among = await _household(deps, tx, target)
        await parties.bring(deps, tx, REPAIR, found.id, target, among=among)
        await charges.drop(deps, tx, found)
        return {"merged_into": target.id}

    found, _ = await views.access(deps, actor, repair_id)
    if actor.may(Permission.DISPATCH_REPAIRS, found.place):
        await _require_apart(deps, found)
    words = Words(facts={"into": wish.into})
    action = RepairAction.MERGE
    found = await cases.act(deps, actor, REPAIR, repair_id, action, change=change, words=words)
    return await views.one(deps, actor, found)


async def _target(
    deps: Dependencies, tx: Transaction, actor: Actor, found: Repair, into: str
) -> Repair:
    """Return what a repair can be merged into: that of a home is seen by its own people.

    It is held: two that are merged into one another at once would both be over, and none done.
    """
    if into == found.id:
        raise MergedWithItself("不能并入自己")
    target = accessible(
        actor,
        await store.hold(deps.db, tx, into),
        Permission.DISPATCH_REPAIRS,
        at=lambda repair: repair.place,
        missing=REPAIR.missing,
    )
    is_near = compound_of(target.place) == compound_of(found.place)
    if not is_near or (target.part is Part.HOME and target.place != found.place):
        raise MergedElsewhere("只能并入同一小区公共部位、或同一户的报修")
    await _require_apart(deps, target, tx=tx)
    if TABLE.find(target.state, RepairAction.MERGE) is None:
        raise states.moved_on(target.state)
    return target


async def _household(deps: Dependencies, tx: Transaction, target: Repair) -> set[str] | None:
    """Return who belongs to the home of a repair today; None where all who share it may know.

    Whoever reported the same there and moved out would read what the next household wrote.
    """
    if target.part is not Part.HOME:
        return None
    today = deps.today()
    there = await residencies.of_home(deps, target.place, tx=tx)
    return {row.person for row in there if row.person and row.from_day <= today}


async def _require_apart(
    deps: Dependencies, found: Repair, *, tx: Transaction | None = None
) -> None:
    """Raise MergedBefore, with what goes on, for a repair that was merged into another."""
    root: Repair | None = found
    seen = set[str]()  # of a ring, which was made before its two were held, no walk has an end
    while root is not None and root.merged_into and root.id not in seen:
        seen.add(root.id)
        root = await store.find(deps.db, root.merged_into, tx=tx)
    if root is not None and root.id != found.id:
        raise MergedBefore(f"这个报修已并入{root.number}", repair_id=root.id)


async def split(
    deps: Dependencies, actor: Actor, repair_id: str, wish: SplitRepair
) -> RepairView:
    """Make a repair of its own of a second thing that was reported with the first.

    The same people are told of it and asked at its end; its deadlines begin now. What was
    attached stays with the first. Raises WrongPart, CategoryUnknown, CategoryEnded,
    RepairMovedOn.
    """
    found, _ = await views.access(deps, actor, repair_id)
    if not actor.may(Permission.DISPATCH_REPAIRS, found.place):
        raise errors.Forbidden(REPAIR.forbidden)
    REPAIR.step(found, RepairAction.SPLIT)
    draft, told = await drafts.complete(deps, await _second(deps, found, wish))

    async def change(tx: Transaction, found: Repair) -> Document:
        if found.person != draft.person:
            raise states.moved_on(found.state)  # erased meanwhile
        reporter = await _reporter(deps, found)
        made = await drafts.begin(deps, tx, actor, draft, told, reporter=reporter)
        await parties.bring(deps, tx, REPAIR, found.id, made)
        return {}

    words = Words(facts={"into": draft.id})
    await cases.act(
        deps, actor, REPAIR, repair_id, RepairAction.SPLIT, change=change, words=words
    )
    made, _ = await views.access(deps, actor, draft.id)
    return await views.one(deps, actor, made)


async def _reporter(deps: Dependencies, first: Repair) -> str | None:
    """Return who reported a repair, or wrote it down for somebody; None for no person.

    A city's system is none, and whoever was erased is a party of nothing any more.
    """
    if first.person:
        return first.person
    is_there = await parties.is_party(deps, first.id, first.filed_by)
    return first.filed_by if is_there else None


async def _second(deps: Dependencies, first: Repair, wish: SplitRepair) -> Repair:
    """Draw up a repair of the same people at the same place; what is sealed is sealed anew."""
    category = await drafts.choose(deps, first.place, first.part, wish.category)
    draft = await drafts.draw_up(
        deps,
        first.place,
        first.part,
        category.code,
        wish.danger or category.danger,
        person=first.person,
        filed_by=first.filed_by,
        way=first.way,
        wish=first.wish,
        split_from=first.id,
    )
    said = {"name": NAME, "phone": PHONE, "access": ACCESS}
    kept = {name: getattr(first, f"{name}_sealed") for name in said}
    opened = {
        name: said[name].open(deps.vault, first.id, value) if value else None
        for name, value in kept.items()
    }
    sealed = contents.words(deps, draft, wish.text) | contents.sealed(deps, draft.id, **opened)
    return msgspec.structs.replace(draft, **sealed)
