"""Giving somebody a role at a place for a term, and ending it.

A role belongs to a rung of the ladder (permissions.RUNGS): a unit head of a whole community
would see everybody.
"""

import structlog

from services import errors
from services.accounts import appointment_store, phones, store
from services.accounts.models import Appoint, Appointment, AppointmentView
from services.days import check_day, day_of, plus_days
from services.dependencies import Dependencies, Transaction
from services.documents import new_id
from services.permissions import RUNGS, Actor, Permission, Role
from services.places import actions as places
from services.places.models import LADDER

log = structlog.get_logger(__name__)


class WrongRung(errors.InvalidInput):
    """`expected` in details: the kinds of place this role can be held at."""

    code = "role_wrong_rung"


async def appoint(deps: Dependencies, actor: Actor, request: Appoint) -> AppointmentView:
    """Give a role at a place for a term. Only an administrator makes administrators."""
    await places.access_place(deps, actor, request.place, Permission.APPOINT)
    if request.role not in RUNGS:
        raise errors.InvalidInput("住户由房屋登记产生,不能任命")
    if request.role is Role.ADMINISTRATOR and not actor.may(Permission.OPERATE, request.place):
        raise errors.Forbidden("只有管理员可以任命管理员")
    return await grant(deps, request, appointed_by=actor.person_id)


async def grant(deps: Dependencies, request: Appoint, *, appointed_by: str) -> AppointmentView:
    """Write an appointment; the same one again is the same one.

    Without an actor: the command line, for the first administrator, whose city need not be
    there yet.
    """
    _check(request, day_of(deps.now()))
    wanted = _draft(deps, request, appointed_by)
    founder = request.role is Role.ADMINISTRATOR and "." not in request.place

    async def save(tx: Transaction) -> Appointment:
        if not await places.use(deps, [wanted.place], tx) and not founder:
            raise errors.NotFound("没有找到这个地方", place=wanted.place)
        today = day_of(deps.now())
        held = await appointment_store.same_appointment(deps.db, wanted, today, tx)
        holders = await store.holders_of(deps.db, [wanted.phone_index], tx)
        wanted.person = holders.get(wanted.phone_index)
        if held is None:
            await appointment_store.insert_appointment(deps.db, wanted, tx)
        return held or wanted

    return view(deps, await deps.in_transaction(save))


def _check(request: Appoint, today: str) -> None:
    rung = request.place.count(".")
    kind = LADDER[rung] if rung < len(LADDER) else None
    expected = RUNGS.get(request.role, frozenset())
    if kind not in expected:
        raise WrongRung("这个职务不能设在这一级", expected=sorted(expected))
    first = check_day(request.from_day or today)
    if request.to_day is not None and check_day(request.to_day) < first:
        raise errors.InvalidInput("任期结束不能早于开始")


def _draft(deps: Dependencies, request: Appoint, appointed_by: str) -> Appointment:
    now = deps.now()
    phone = phones.normalise(request.phone)
    index = deps.vault.blind(phone, purpose="phone")
    appointment_id = new_id(now)
    return Appointment(
        id=appointment_id,
        role=request.role,
        place=request.place,
        phone_sealed=deps.vault.seal(phone, place=_sealed_at(appointment_id)),
        phone_index=index,
        from_day=request.from_day or day_of(now),
        to_day=request.to_day,
        appointed_by=appointed_by,
        appointed_at=now,
    )


def _sealed_at(appointment_id: str) -> str:
    return f"appointments/{appointment_id}/phone"


async def end(deps: Dependencies, actor: Actor, appointment_id: str) -> None:
    """End an appointment at once: the next request is made without it. Repeats are harmless."""
    found = await appointment_store.find_appointment(deps.db, appointment_id)
    if found is None or not actor.may(Permission.APPOINT, found.place):
        raise errors.NotFound("没有找到这项任命")
    if found.role is Role.ADMINISTRATOR and not actor.may(Permission.OPERATE, found.place):
        raise errors.Forbidden("只有管理员可以免去管理员")
    yesterday = plus_days(day_of(deps.now()), -1)
    await appointment_store.end_appointment(
        deps.db, appointment_id, last_day=yesterday, by=actor.person_id, at=deps.now()
    )
    log.info("appointment_ended", appointment=appointment_id, by=actor.person_id)


async def listing(
    deps: Dependencies, actor: Actor, *, after: str, limit: int
) -> list[AppointmentView]:
    """Roles held today in the places the actor appoints for, by id."""
    held = actor.places(Permission.APPOINT)
    today = day_of(deps.now())
    found = await appointment_store.appointments_under(
        deps.db, held, today, after=after, limit=limit
    )
    return [view(deps, appointment) for appointment in found]


def view(deps: Dependencies, appointment: Appointment) -> AppointmentView:
    phone = deps.vault.unseal(appointment.phone_sealed, place=_sealed_at(appointment.id))
    return AppointmentView(
        appointment_id=appointment.id,
        role=appointment.role,
        place=appointment.place,
        phone_masked=phones.mask(phone),
        from_day=appointment.from_day,
        to_day=appointment.to_day,
    )
