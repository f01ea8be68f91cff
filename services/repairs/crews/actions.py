"""Actions on crews of repairs: who works where, what they can, and whose turn it is."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from services.appointments import offices
from services.appointments import views as appointments
from services.appointments.models import Appointment
from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.kernel import errors
from services.kernel.acts import Act
from services.kernel.paths import ancestors
from services.kernel.permissions import FIRM_ROLES, Actor, Permission, Role
from services.places import actions as places
from services.places.models import Kind
from services.repairs import store as repairs
from services.repairs.categories import actions as categories
from services.repairs.crews import store
from services.repairs.crews.models import (
    CrewMember,
    CrewMemberView,
    RepairCrew,
    SetCrewMember,
    member_id,
)
from services.repairs.models import Repair

ROLES: Final = (Role.REPAIRER, Role.DISPATCHER, Role.FIRM_MANAGER, Role.COMMUNITY_STAFF)
NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)


class NotARepairer(errors.InvalidInput):
    """The person does not work on repairs at this place today."""

    code = "repair_not_a_repairer"


class NobodyFree(errors.Conflict):
    """Nobody who is on duty there has the trade that the repair needs."""

    code = "repair_nobody_free"


async def listing(deps: Dependencies, actor: Actor, place: str) -> RepairCrew:
    """Return who works on repairs at a place today. Raises NotFound."""
    await places.access_place(deps, actor, place, Permission.DISPATCH_REPAIRS)
    return RepairCrew(items=await _shown(deps, actor, places.compound_of(place)))


async def _shown(deps: Dependencies, actor: Actor, place: str) -> list[CrewMemberView]:
    people = await _seen(deps, actor, place)
    rows = {row.person: row for row in await store.of_place(deps.db, place)}
    loads = await repairs.on_hand(deps.db, list(people))
    found = [
        CrewMemberView(
            person=person,
            name=_name(deps, held),
            roles=sorted({each.role for each in held}),
            is_of_firm=any(each.firm for each in held),
            skills=rows[person].skills if person in rows else [],
            on_duty=person in rows and rows[person].on_duty,
            on_hand=loads.get(person, 0),
        )
        for person, held in people.items()
    ]
    return sorted(found, key=lambda each: (each.on_hand, each.person))


async def _seen(deps: Dependencies, actor: Actor, place: str) -> dict[str, list[Appointment]]:
    """Return who works there, as far as the actor may hand something to them.

    A firm hands out to its own people. The community also looks after what the firm has.
    """
    by = actor.roles(Permission.DISPATCH_REPAIRS, place)
    people = await _people(deps, place)
    if not by <= frozenset(FIRM_ROLES):
        return people
    return {
        person: mine
        for person, held in people.items()
        if (mine := [each for each in held if each.firm])
    }


async def _of(deps: Dependencies, place: str, firm: str) -> dict[str, list[Appointment]]:
    """Return person → their offices with a firm, or with the community where it has none."""
    people = await _people(deps, place)
    return {
        person: mine
        for person, held in people.items()
        if (mine := [each for each in held if each.firm == firm])
    }


async def _people(deps: Dependencies, place: str) -> dict[str, list[Appointment]]:
    """Return person → the offices by which they work on repairs at a place today."""
    held = await offices.holders_at(deps, ancestors(place), ROLES)
    people: dict[str, list[Appointment]] = {}
    for each in await offices.in_force(deps, held):
        if each.person:
            people.setdefault(each.person, []).append(each)
    return people


def _name(deps: Dependencies, held: Sequence[Appointment]) -> str | None:
    names = [appointments.name_of(deps, each) for each in held]
    return next((name for name in names if name), None)


async def put(
    deps: Dependencies, actor: Actor, place: str, person: str, wish: SetCrewMember
) -> CrewMemberView:
    """Write down what somebody can do at a compound. Raises NotFound, NotARepairer."""
    found = await places.access_place(deps, actor, place, Permission.DISPATCH_REPAIRS)
    if found.kind is not Kind.COMPOUND or person not in await _seen(deps, actor, place):
        raise NotARepairer("请选择负责这里的维修人员")
    row = CrewMember(
        id=member_id(place, person),
        place=place,
        person=person,
        skills=sorted(set(wish.skills)),
        on_duty=wish.on_duty,
        changed_by=actor.person_id,
        changed_at=deps.now(),
    )

    async def save(tx: Transaction) -> None:
        await store.put(deps.db, tx, row)
        about = {"place": place, "subject": row.id}
        act, skills = Act.REPAIR_CREW_SET, list(row.skills)
        await audit.record(deps, tx, actor, act, **about, skills=skills, on_duty=row.on_duty)

    await deps.in_transaction(save)
    return next(each for each in await _shown(deps, actor, place) if each.person == person)


async def require_member(deps: Dependencies, place: str, person: str, *, firm: str) -> None:
    """Raise NotARepairer unless somebody works on repairs of a firm at a place today.

    `firm`: which has the repair; empty for the community. Neither gives its work to the other.
    """
    if person not in await _of(deps, places.compound_of(place), firm):
        raise NotARepairer("请选择负责这里的维修人员")


async def has_people_of(deps: Dependencies, place: str, firm: str) -> bool:
    """Tell whether somebody of a firm works on repairs at a place today."""
    people = await _people(deps, places.compound_of(place))
    return any(each.firm == firm for held in people.values() for each in held)


async def next_for(deps: Dependencies, tx: Transaction, repair: Repair) -> str:
    """Return who does a repair in turn: of its trade, the least on hand, the longest without.

    Of the firm that has it, or of the community where none does. Not who has it now, from whom
    it is handed on. Two at once do not choose the same: both
    write whose turn it was. Raises NobodyFree.
    """
    place = places.compound_of(repair.place)
    skill = await categories.skill(deps, repair.place, repair.category)
    people = await _of(deps, place, repair.firm)
    able = [
        row
        for row in await store.of_place(deps.db, place, tx=tx)
        if row.on_duty and skill in row.skills and row.person in people
    ]
    rows = [row for row in able if row.person != repair.holder]
    if able and not rows:
        raise NobodyFree(f"除现在的维修人员外,没有其他在岗的{skill.label}")
    if not rows:
        raise NobodyFree(f"现在没有在岗的{skill.label},请指定人员")
    loads = await repairs.on_hand(deps.db, [row.person for row in rows], tx=tx)

    def turn(row: CrewMember) -> tuple[int, datetime, str]:
        return loads.get(row.person, 0), row.given_at or NEVER, row.person

    chosen = min(rows, key=turn)
    await store.note_given(deps.db, tx, chosen.id, deps.now())
    return chosen.person
