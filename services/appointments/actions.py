"""Giving somebody a role at a place for a term.

A role belongs to a rung of the ladder (permissions.RUNGS): a unit head of a whole community
would see everybody.
"""

from typing import Any

from services.appointments import checks, jobs, sealed, store, views
from services.appointments.models import (
    Appoint,
    Appointment,
    AppointmentView,
    ChooseContact,
    MyAppointment,
)
from services.audit import actions as audit
from services.audit.models import Act
from services.dependencies import Dependencies, Transaction
from services.kernel import errors
from services.kernel.days import day_of, plus_days
from services.kernel.documents import new_id
from services.kernel.permissions import Actor, Permission
from services.people import store as people_store
from services.places import actions as places


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
        holders = await people_store.holders_of(deps.db, [wanted.phone_index], tx)
        wanted.person = holders.get(wanted.phone_index)
        held = await checks.same_or_free(deps, wanted, request, tx)
        if held is None:
            await store.insert(deps.db, wanted, tx)
            await jobs.schedule_warning(deps, wanted, tx)
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

    return views.view(deps, await deps.in_transaction(save))


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
    return sealed.seal(deps, appointment, phone=request.phone, name=request.name)


async def listing(
    deps: Dependencies, actor: Actor, *, after: str, limit: int
) -> list[AppointmentView]:
    """Roles held today, or to be held, in the places the actor appoints for, by id."""
    held = actor.places(Permission.APPOINT)
    today = day_of(deps.now())
    found = await store.under(deps.db, held, today, after=after, limit=limit)
    return [views.view(deps, appointment) for appointment in found]


SHOWN_AFTERWARDS_DAYS = 365


async def mine(deps: Dependencies, actor: Actor) -> list[MyAppointment]:
    """My appointments: those that hold, those that will, and the past year's."""
    since = plus_days(day_of(deps.now()), -SHOWN_AFTERWARDS_DAYS)
    found = await store.of_person_since(deps.db, actor.person_id, since)
    return await views.my_views(deps, found)


async def choose_contact(
    deps: Dependencies, actor: Actor, appointment_id: str, request: ChooseContact
) -> MyAppointment:
    """Let nobody, the residents or everybody see my number. NotFound unless it is mine."""

    async def save(tx: Transaction) -> Appointment:
        found = await store.find(deps.db, appointment_id, tx)
        if found is None or found.person != actor.person_id:
            raise errors.NotFound("没有找到这项任命")
        chosen = request.phone_visible_to
        await store.choose_contact(deps.db, found.id, chosen, tx)
        await audit.record(
            deps,
            tx,
            actor,
            Act.CONTACT_CHANGED,
            place=found.place,
            subject=found.id,
            visible_to=chosen,
        )
        found.phone_visible_to = chosen
        return found

    [view] = await views.my_views(deps, [await deps.in_transaction(save)])
    return view
