"""Offices: who holds which role of a place today, and access to one appointment."""

from collections.abc import Collection, Sequence
from typing import Final

from services.appointments import store
from services.appointments.models import Appointment
from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.firms import contracts
from services.kernel.access import accessible
from services.kernel.acts import Act
from services.kernel.days import Day
from services.kernel.documents import Document
from services.kernel.paths import ancestors
from services.kernel.permissions import FIRM_ROLES, STAFF_ROLES, Actor, Permission, Role
from services.kernel.unions import Part

MISSING: Final = "没有找到这项任命"


async def find(deps: Dependencies, appointment_id: str) -> Appointment | None:
    return await store.find(deps.db, appointment_id)


async def holders_at(
    deps: Dependencies, paths: Sequence[str], roles: Sequence[Role]
) -> list[Appointment]:
    """List who holds one of these roles at one of these places today, lowest place first."""
    today = deps.today()
    return await store.holders_at(deps.db, paths, roles, today)


async def acting_around(
    deps: Dependencies,
    places: Sequence[str],
    roles: Sequence[Role],
    *,
    also: Sequence[str],
    after: tuple[str, str],
    limit: int,
) -> tuple[list[Appointment], tuple[str, str] | None]:
    """List whose role is in force under some places or at one of `also`, by place and id.

    Of people who have signed in; `after`: place and id of the last one before. Return with them
    where the next ones begin, None for nowhere. Three queries however many there are.
    """
    today = deps.today()
    found = await store.holders_around(
        deps.db, places, roles, today, also=also, after=after, limit=limit
    )
    people = {one.person for one in found if one.person}
    held = await store.of_people(deps.db, people, today) if people else []
    acting = {one.id for one in await in_force(deps, held)}
    following = (found[-1].place, found[-1].id) if len(found) == limit else None
    return [one for one in found if one.id in acting], following


async def acting_at(
    deps: Dependencies, paths: Sequence[str], roles: Sequence[Role]
) -> list[Appointment]:
    """List whose role is in force at one of these places today, of who has signed in."""
    found = [one for one in await holders_at(deps, paths, roles) if one.person]
    if not found:
        return []
    people = {one.person for one in found if one.person}
    held = await store.of_people(deps.db, people, deps.today())
    acting = {one.id for one in await in_force(deps, held)}
    return [one for one in found if one.id in acting]


async def staff_over(deps: Dependencies, place: str) -> list[str]:
    """Return the people of the community who are responsible for a place today."""
    holders = await holders_at(deps, ancestors(place), [Role.COMMUNITY_STAFF])
    return sorted({staff.person for staff in holders if staff.person})


async def substitutes_of(deps: Dependencies, appointment_id: str) -> list[Appointment]:
    """List who stands in for a head today or later."""
    today = deps.today()
    return await store.substitutes_of(deps.db, appointment_id, today)


async def heads_during(
    deps: Dependencies, role: Role, days: tuple[Day, Day], after: str, *, limit: int
) -> list[Appointment]:
    """List heads who held an office on one of some days, by id, behind one; of who signed in.

    `days`: the first and the last.
    """
    return await store.heads_during(deps.db, role, *days, after, limit=limit)


async def of_head_during(
    deps: Dependencies, person_id: str, days: tuple[Day, Day]
) -> list[Appointment]:
    """List the offices that a head held on one of some days, from the first to the last."""
    return await store.offices_during(deps.db, person_id, *days)


async def find_many(deps: Dependencies, ids: Sequence[str]) -> list[Appointment]:
    """Return appointments, in any order; the caller asked who may see them."""
    return await store.find_many(deps.db, ids)


async def access(
    deps: Dependencies, actor: Actor, appointment_id: str, *, tx: Transaction | None = None
) -> Appointment:
    """Return an appointment of the actor's own or of a place they appoint for. NotFound."""
    return accessible(
        actor,
        await store.find(deps.db, appointment_id, tx=tx),
        Permission.APPOINT,
        at=lambda one: one.place,
        people=lambda one: [one.person],
        missing=MISSING,
    )


async def access_given(
    deps: Dependencies, tx: Transaction, actor: Actor, appointment_id: str
) -> Appointment:
    """Return an appointment of a place the actor appoints for. NotFound otherwise."""
    return accessible(
        actor,
        await store.find(deps.db, appointment_id, tx=tx),
        Permission.APPOINT,
        at=lambda one: one.place,
        missing=MISSING,
    )


async def access_own(
    deps: Dependencies, tx: Transaction, actor: Actor, appointment_id: str
) -> Appointment:
    """Return an appointment of the actor's own. NotFound otherwise."""
    return accessible(
        actor,
        await store.find(deps.db, appointment_id, tx=tx),
        people=lambda one: [one.person],
        missing=MISSING,
    )


async def follow_phone(
    deps: Dependencies, tx: Transaction, person_id: str, phone_index: str
) -> None:
    """Give a person the roles under the phone they proved, and none under another."""
    today = deps.today()
    await store.free_other_phones(deps.db, tx, person_id, phone_index, today)
    await store.bind_phone(deps.db, tx, person_id, phone_index, today)


async def roles_of(deps: Dependencies, person_id: str) -> list[Appointment]:
    """Return the appointments that are in force today."""
    today = deps.today()
    return await in_force(deps, await store.of_person(deps.db, person_id, today))


def part_of_person(deps: Dependencies, person_id: str) -> Part[Appointment]:
    """Return the query for a person's roles of today; `serving` says which are in force."""
    return store.part_of_person(person_id, deps.today())


async def held_through(
    deps: Dependencies, person_id: str, stages: Sequence[Document]
) -> list[Document]:
    """Return what stages of a pipeline make of the offices that somebody holds as a head.

    For a package that looks something up for each of them, in one round trip.
    """
    return await store.held_through(deps.db, person_id, deps.today(), stages)


async def ending_of(deps: Dependencies, person_id: str, last: Day) -> list[Appointment]:
    """List a head's terms that end from today to a day, and that they did not say they know."""
    return await store.ending_of(deps.db, person_id, deps.today(), last)


async def count_ending(deps: Dependencies, place: str, last: Day, *, limit: int) -> int:
    """Count the heads' terms under a place that end so, and of which nobody said it."""
    return await store.count_ending(deps.db, place, deps.today(), last, limit=limit)


async def note_end(deps: Dependencies, actor: Actor, appointment_id: str) -> None:
    """Say that one knows the last day of one's own term. Harmless to repeat. NotFound."""

    async def save(tx: Transaction) -> None:
        mine = await access_own(deps, tx, actor, appointment_id)
        await store.note_end(deps.db, tx, mine)
        place, act, last = mine.place, Act.TERM_END_NOTED, mine.to_day
        await audit.record(deps, tx, actor, act, place=place, subject=mine.id, last_day=last)

    await deps.in_transaction(save)


async def in_force(deps: Dependencies, roles: Sequence[Appointment]) -> list[Appointment]:
    """Leave out the roles of firms that have no contract today: one query if there are any.

    And of an auditor who holds another role of staff, whichever was given later: it waits.
    `roles`: of one person or several, all that each holds today.
    """
    compounds = [role.place for role in roles if role.role in FIRM_ROLES]
    return serving(roles, await contracts.serving(deps, compounds))


def serving(
    roles: Sequence[Appointment], under_contract: Collection[tuple[str, str]]
) -> list[Appointment]:
    """Return those of the roles that `in_force` does. `under_contract`: (firm, compound)."""
    kept_apart = _kept_apart(roles)
    return [
        role
        for role in roles
        if role.id not in kept_apart
        and (role.role not in FIRM_ROLES or (role.firm, role.place) in under_contract)
    ]


def _kept_apart(roles: Sequence[Appointment]) -> set[str]:
    """Return what may not be held beside an earlier role (GB/T 22239-2019)."""
    duties = sorted(
        (role for role in roles if role.role in STAFF_ROLES),
        key=lambda role: (role.appointed_at, role.id),
    )
    audits = dict[str | None, bool]()  # person → whether their first duty is an auditor's
    return {
        duty.id
        for duty in duties
        if audits.setdefault(duty.person, is_audit := duty.role is Role.AUDITOR) != is_audit
    }
