"""Views of a repair: who sees what of it, and access to one.

A home's own repair is seen by its household and those who work on it; one of a common part by
all who live under its place, without names, and its words once they were checked. Who joins
one is a neighbour like the others: joining opens nothing that was not checked.
"""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from services.cases import access as cases
from services.cases.models import Reading
from services.cases.parties import actions as parties
from services.cases.parties.models import PartyRow
from services.dependencies import Dependencies, Transaction
from services.kernel.access import accessible
from services.kernel.permissions import Actor, Permission
from services.kernel.views import show
from services.places import actions as places
from services.repairs import store
from services.repairs.categories import actions as categories
from services.repairs.kind import REPAIR, is_household, knows, may_join
from services.repairs.models import (
    ACCESS,
    NAME,
    OUTSIDE,
    PHONE,
    TEXT,
    DoneView,
    Part,
    Repair,
    RepairView,
)
from services.repairs.ratings import store as ratings
from services.repairs.states import FINISHED, OPEN, RepairState


class Sight(Struct, frozen=True):
    """What somebody sees of a repair.

    `words`: what its reporter typed and photographed. `contact`: whom to call, how to get in
    and when somebody is there. `reading`: of its history; what residents added later nobody
    checks.
    """

    words: bool
    contact: bool
    reading: Reading


def sight(actor: Actor, repair: Repair, *, is_party: bool) -> Sight:
    """Return what somebody sees of a repair that they may know of."""
    works = actor.may(Permission.WORK_ON_REPAIRS, repair.place)
    mine = REPAIR.is_own(actor, repair)
    at_home = repair.part is Part.HOME and (
        is_party or is_household(actor, repair.place, repair.created_at)
    )
    does = works and (
        repair.holder == actor.person_id or actor.may(Permission.DISPATCH_REPAIRS, repair.place)
    )
    by_office = works or actor.may(Permission.FOLLOW_REPAIRS, repair.place)
    remarks = by_office or mine or at_home
    return Sight(
        words=remarks or repair.text_shown,
        contact=(does and repair.state in OPEN) or mine,
        reading=Reading(reader=actor.person_id, internal=works, remarks=remarks),
    )


async def access(
    deps: Dependencies, actor: Actor, repair_id: str, *, tx: Transaction | None = None
) -> tuple[Repair, PartyRow | None]:
    """Return a repair that somebody may know of, and their row as a party. Raises NotFound.

    Who joined sees it also when they live there no more.
    """
    one = await store.find(deps.db, repair_id, tx=tx)
    rows = await parties.of_cases(deps, actor, REPAIR, [one] if one else [])
    found = accessible(
        actor,
        one,
        people=lambda each: [actor.person_id] if rows or knows(actor, each) else [],
        missing=REPAIR.missing,
    )
    return found, rows.get(repair_id)


async def shown(deps: Dependencies, actor: Actor, found: Sequence[Repair]) -> list[RepairView]:
    """Views of repairs that somebody may know of: six queries at most, however many."""
    addresses = await places.addresses(deps, [repair.place for repair in found])
    pairs = {(repair.place, repair.category) for repair in found}
    labels = await categories.labels(deps, pairs)
    rows = await parties.of_cases(deps, actor, REPAIR, found)
    free = await _known(deps, actor, {each.guarantee_of for each in found} - {""})
    views = [
        _shown(deps, actor, each, addresses, labels, row=rows.get(each.id), free=free)
        for each in found
    ]
    await _mark_rateable(deps, actor, found, views, rows)
    return views


async def _known(deps: Dependencies, actor: Actor, repair_ids: set[str]) -> set[str]:
    """Return which of some earlier repairs somebody may know of."""
    found = await store.find_many(deps.db, sorted(repair_ids)) if repair_ids else []
    rows = await parties.of_cases(deps, actor, REPAIR, found)
    return {each.id for each in found if each.id in rows or knows(actor, each)}


async def _mark_rateable(
    deps: Dependencies,
    actor: Actor,
    found: Sequence[Repair],
    views: Sequence[RepairView],
    rows: Mapping[str, PartyRow],
) -> None:
    """Say which repairs a party may rate: those that are fixed and that they have not rated."""
    open_to = {
        each.id
        for each in found
        if each.state is RepairState.CONFIRMED
        and each.id in rows
        and not is_in_work(actor.person_id, each, rows[each.id])
    }
    if open_to:
        rated = await ratings.rated_by(deps.db, actor.person_id, sorted(open_to))
        for view in views:
            view.may_rate = view.repair_id in open_to - set(rated)


def is_in_work(person_id: str, repair: Repair, row: PartyRow) -> bool:
    """Tell whether a party did the work or wrote it down for somebody, and so does not rate."""
    return repair.holder == person_id or row.is_office(repair.person)


async def one(deps: Dependencies, actor: Actor, found: Repair) -> RepairView:
    [view] = await shown(deps, actor, [found])
    return view


def _shown(
    deps: Dependencies,
    actor: Actor,
    repair: Repair,
    addresses: Mapping[str, str],
    labels: Mapping[tuple[str, str], str],
    *,
    row: PartyRow | None,
    free: set[str],
) -> RepairView:
    seen = sight(actor, repair, is_party=row is not None)
    goal = REPAIR.goals.get(repair.state)
    clock = repair.clocks.get(goal) if goal else None
    is_free = bool(repair.guarantee_of) and not repair.guarantee_lifted
    return show(
        repair,
        RepairView,
        repair_id=repair.id,
        address=addresses.get(repair.place, repair.place),
        category_label=labels[repair.place, repair.category],
        text=text_of(deps, repair) if seen.words else None,
        photo_ids=repair.photo_ids if seen.words else None,
        is_being_checked=bool(repair.text) and not seen.words,
        is_mine=row is not None or REPAIR.is_own(actor, repair),
        is_held_by_me=repair.holder == actor.person_id,
        is_held=bool(repair.holder),
        is_due_estimated=bool(clock and clock.is_estimated),
        done=_done(repair),
        done_at=repair.done_at if repair.state in FINISHED else None,
        **_opened(deps, repair, seen),
        merged_into=repair.merged_into or None,
        wish=repair.wish if seen.contact else None,
        outage_id=repair.outage or None,
        found_in=(repair.found_in or None) if seen.reading.internal else None,
        is_guaranteed=is_free,
        guarantee_of=repair.guarantee_of if is_free and repair.guarantee_of in free else None,
        is_asked=cases.is_asked(REPAIR, repair, row),
        may_join=row is None and _may_join(actor, repair),
        may_rate=False,
        steps=cases.steps_of(actor, REPAIR, repair, deps.now(), party=row),
    )


def _may_join(actor: Actor, repair: Repair) -> bool:
    is_open = not REPAIR.is_over(repair.state) and not parties.is_full(repair)
    return is_open and not REPAIR.is_own(actor, repair) and may_join(actor, repair)


def text_of(deps: Dependencies, repair: Repair) -> str:
    """Return what is broken, in the words of who reported it."""
    sealed = repair.text_sealed
    return TEXT.open(deps.vault, repair.id, sealed) if sealed else repair.text


def _opened(deps: Dependencies, repair: Repair, seen: Sight) -> dict[str, str | None]:
    """Return what is sealed, as far as somebody sees it: None for nothing."""
    works = seen.contact or seen.reading.internal
    sealed = {
        "phone": (PHONE, repair.phone_sealed, seen.contact),
        "access": (ACCESS, repair.access_sealed, seen.contact),
        "contact_name": (NAME, repair.name_sealed, seen.contact),
        "outside": (OUTSIDE, repair.outside_sealed, works),
    }
    return {
        name: field.open(deps.vault, repair.id, value) if value and sees else None
        for name, (field, value, sees) in sealed.items()
    }


def _done(repair: Repair) -> DoneView | None:
    return show(repair.done, DoneView) if repair.done else None
