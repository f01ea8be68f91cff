"""Giving somebody a role at a place for a term.

A role belongs to a rung of the ladder (permissions.RUNGS): a unit head of a whole community
would see everybody.
"""

from datetime import timedelta
from typing import Any, Final

from services.accounts import appointment_checks as checks
from services.accounts import appointment_store, phones, store
from services.accounts.models import Appoint, Appointment, AppointmentView
from services.audit import actions as audit
from services.audit.models import Act
from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.kernel.days import day_of, plus_days, start_of
from services.kernel.documents import new_id
from services.kernel.permissions import HEADS, Actor, Permission
from services.places import actions as places

# When a head and the community are told that the term comes to its end: at nine in the morning.
WARNING_DAYS: Final = 14
MORNING: Final = timedelta(hours=9)
TERM_ENDING: Final = "heads.term_ending"


async def appoint(deps: Dependencies, actor: Actor, request: Appoint) -> AppointmentView:
    """Give a role at a place for a term. Only an administrator makes those of DUTIES."""
    await places.access_place(deps, actor, request.place, Permission.APPOINT)
    checks.require_administrator(actor, request.role, request.place)
    return await _give(deps, actor, request)


async def grant(deps: Dependencies, request: Appoint, *, appointed_by: str) -> AppointmentView:
    """Give a role without an actor: the command line, for the first administrator.

    Their city need not be there yet.
    """
    return await _give(deps, Actor(appointed_by, ""), request)


async def _give(deps: Dependencies, actor: Actor, request: Appoint) -> AppointmentView:
    """Write an appointment; the same one again is the same one."""
    checks.check_request(request, day_of(deps.now()))
    wanted = _draft(deps, request, actor.person_id)

    async def save(tx: Transaction) -> Appointment:
        await checks.check_place(deps, wanted, tx)
        holders = await store.holders_of(deps.db, [wanted.phone_index], tx)
        wanted.person = holders.get(wanted.phone_index)
        held = await checks.same_or_free(deps, wanted, request, tx)
        if held is None:
            await appointment_store.insert_appointment(deps.db, wanted, tx)
            await promise_warning(deps, wanted, tx)
        kept = held or wanted
        facts: dict[str, Any] = {
            "role": kept.role,
            "to_day": kept.to_day,
            "repeated": held is not None,
        }
        await audit.record(
            deps, tx, actor, Act.APPOINTED, place=kept.place, subject=kept.id, **facts
        )
        return kept

    return view(deps, await deps.in_transaction(save))


async def promise_warning(
    deps: Dependencies, appointment: Appointment, tx: Transaction
) -> None:
    """Promise to tell of the end of a head's term. A term changed since is not told of."""
    if appointment.role not in HEADS or appointment.to_day is None:
        return
    day = plus_days(appointment.to_day, -WARNING_DAYS)
    due_at = start_of(day) + MORNING
    if day > appointment.from_day:  # who is appointed for days knows that it is for days
        await jobs.enqueue(
            deps,
            tx,
            TERM_ENDING,
            f"{appointment.id}:{appointment.to_day}",
            due_at=due_at,
            appointment_id=appointment.id,
            to_day=appointment.to_day,
        )


def _draft(deps: Dependencies, request: Appoint, appointed_by: str) -> Appointment:
    now = deps.now()
    appointment = Appointment(
        id=new_id(now),
        role=request.role,
        place=request.place,
        phone_sealed="",
        phone_index="",
        from_day=request.from_day or day_of(now),
        to_day=request.to_day,
        firm=request.firm_id or "",
        appointed_by=appointed_by,
        appointed_at=now,
    )
    return sealed(deps, appointment, phone=request.phone, name=request.name)


def sealed(
    deps: Dependencies, appointment: Appointment, *, phone: str, name: str | None
) -> Appointment:
    """Write who somebody is into an appointment. InvalidPhone for what is no number."""
    number = phones.normalise(phone)
    at = f"appointments/{appointment.id}"
    appointment.phone_sealed = deps.vault.seal(number, place=f"{at}/phone")
    appointment.phone_index = phones.blind_index(deps.vault, number)
    if name is not None:
        appointment.name_sealed = deps.vault.seal(name, place=f"{at}/name")
    return appointment


def phone_of(deps: Dependencies, appointment: Appointment) -> str:
    place = f"appointments/{appointment.id}/phone"
    return deps.vault.unseal(appointment.phone_sealed, place=place)


def name_of(deps: Dependencies, appointment: Appointment) -> str | None:
    if appointment.name_sealed is None:
        return None
    place = f"appointments/{appointment.id}/name"
    return deps.vault.unseal(appointment.name_sealed, place=place)


async def listing(
    deps: Dependencies, actor: Actor, *, after: str, limit: int
) -> list[AppointmentView]:
    """Roles held today, or to be held, in the places the actor appoints for, by id."""
    held = actor.places(Permission.APPOINT)
    today = day_of(deps.now())
    found = await appointment_store.appointments_under(
        deps.db, held, today, after=after, limit=limit
    )
    return [view(deps, appointment) for appointment in found]


def view(deps: Dependencies, appointment: Appointment) -> AppointmentView:
    name = name_of(deps, appointment)
    return AppointmentView(
        appointment_id=appointment.id,
        role=appointment.role,
        place=appointment.place,
        phone_masked=phones.mask(phone_of(deps, appointment)),
        name_masked=f"{name[0]}*" if name else None,
        firm_id=appointment.firm or None,
        substitute_for=appointment.substitute_for or None,
        from_day=appointment.from_day,
        to_day=appointment.to_day,
    )
