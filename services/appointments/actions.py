"""Appointments: giving a role at a place for a term, and seeing one's own.

A role belongs to a rung of the ladder (permissions.RUNGS): a unit head of a whole community
would see everybody. endings.py ends appointments, substitutes.py adds stand-ins.
"""

from typing import Any, Final

from services.appointments import checks, jobs, offices, store, views
from services.appointments.models import (
    Appoint,
    Appointment,
    AppointmentsQuery,
    AppointmentView,
    ChooseContact,
    MyAppointment,
)
from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.kernel.acts import Act
from services.kernel.days import plus_days
from services.kernel.pages import ListQuery, Page
from services.kernel.permissions import Actor, Permission, require_administrator, scope_of
from services.people import actions as people
from services.places import actions as places

SHOWN_AFTERWARDS_DAYS: Final = 365


async def appoint(deps: Dependencies, actor: Actor, request: Appoint) -> AppointmentView:
    """Give a role at a place for a term. Only an administrator gives those of DUTIES."""
    await places.access_place(deps, actor, request.place, Permission.APPOINT)
    require_administrator(actor, request.role, request.place)
    return await _give(deps, actor, request)


async def grant(deps: Dependencies, request: Appoint, *, appointed_by: str) -> AppointmentView:
    """Give a role without an actor: the command line, for the first administrator."""
    return await _give(deps, Actor(appointed_by, ""), request)


async def _give(deps: Dependencies, actor: Actor, request: Appoint) -> AppointmentView:
    """Write an appointment; the same one again is the same one."""
    checks.check_request(request, deps.today())
    wanted = _draft(deps, request, actor.person_id)

    async def save(tx: Transaction) -> Appointment:
        await checks.check_place(deps, tx, wanted)
        wanted.person = await people.holder_of(deps, tx, wanted.phone_index)
        held = await checks.same_or_free(deps, tx, actor, wanted, request)
        if held is None:
            await store.insert(deps.db, tx, wanted)
            await jobs.schedule_warning(deps, tx, wanted)
        kept, repeated = held or wanted, held is not None
        facts: dict[str, Any] = {"role": kept.role, "to_day": kept.to_day, "repeated": repeated}
        await audit.record(
            deps, tx, actor, Act.APPOINTED, place=kept.place, subject=kept.id, **facts
        )
        return kept

    return await views.view(deps, await deps.in_transaction(save))


def _draft(deps: Dependencies, request: Appoint, appointed_by: str) -> Appointment:
    now = deps.now()
    appointment = Appointment(
        id=deps.new_id(),
        role=request.role,
        place=request.place,
        phone_sealed="",
        phone_index="",
        from_day=request.from_day or deps.today(),
        to_day=request.to_day,
        firm=request.firm_id or "",
        appointed_by=appointed_by,
        appointed_at=now,
    )
    return views.seal(deps, appointment, phone=request.phone, name=request.name)


async def listing(
    deps: Dependencies, actor: Actor, query: AppointmentsQuery
) -> Page[AppointmentView]:
    """Return roles held today, or to be held, in the places the actor appoints for.

    Raises Forbidden for whoever appoints nowhere, NotFound for a place that is not theirs.
    """
    held = scope_of(actor, Permission.APPOINT, query.place)
    found = await store.page(deps.db, held, deps.today(), query)
    return found.of(await views.shown(deps, found.items))


async def mine(deps: Dependencies, actor: Actor, query: ListQuery) -> Page[MyAppointment]:
    """Return the actor's own appointments: those that hold, that will, and the past year's."""
    since = plus_days(deps.today(), -SHOWN_AFTERWARDS_DAYS)
    found = await store.of_person_since(deps.db, actor.person_id, since, query)
    return found.of(await views.my_views(deps, found.items))


async def choose_contact(
    deps: Dependencies, actor: Actor, appointment_id: str, request: ChooseContact
) -> MyAppointment:
    """Set who sees the actor's number as a head. NotFound for another's appointment."""
    chosen = request.phone_visible_to

    async def save(tx: Transaction) -> Appointment:
        mine = await offices.access_own(deps, tx, actor, appointment_id)
        await store.choose_contact(deps.db, tx, mine.id, chosen)
        act, place = Act.CONTACT_CHANGED, mine.place
        await audit.record(
            deps, tx, actor, act, place=place, subject=mine.id, visible_to=chosen
        )
        mine.phone_visible_to = chosen
        return mine

    [view] = await views.my_views(deps, [await deps.in_transaction(save)])
    return view
