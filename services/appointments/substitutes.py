"""Substitutes of heads who are away: the same role, between two days of the head's term."""

from services.appointments import checks, offices, store, views
from services.appointments.checks import TakenDays
from services.appointments.models import Appointment, AppointmentView, Substitute
from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.kernel import errors
from services.kernel.acts import Act
from services.kernel.days import check_day
from services.kernel.permissions import Actor
from services.people import actions as people
from services.places import actions as places


class OutsideTerm(errors.InvalidInput):
    """A substitute acts within the term of the head: `from_day`, `to_day` in details."""

    code = "outside_term"
    details_type = TakenDays


async def substitute(
    deps: Dependencies, actor: Actor, appointment_id: str, request: Substitute
) -> AppointmentView:
    """Appoint who acts for a head between two days. One at a time."""
    first, last = check_day(request.from_day), check_day(request.to_day)

    async def save(tx: Transaction) -> Appointment:
        head = await offices.access_given(deps, tx, actor, appointment_id)
        await places.hold(deps, tx, head.place)
        _check(head, first, last, deps.today())
        wanted = _draft(deps, actor, head, request)
        await _require_free(deps, tx, head, wanted)
        wanted.person = await people.holder_of(deps, tx, wanted.phone_index)
        await store.insert(deps.db, tx, wanted)
        act, facts = Act.SUBSTITUTED, {"role": head.role, "from_day": first, "to_day": last}
        await audit.record(deps, tx, actor, act, place=head.place, subject=wanted.id, **facts)
        return wanted

    return await views.view(deps, await deps.in_transaction(save))


async def _require_free(
    deps: Dependencies, tx: Transaction, head: Appointment, wanted: Appointment
) -> None:
    """Raise OfficeTaken when another substitute acts on some of the days."""
    if wanted.phone_index == head.phone_index:
        raise errors.InvalidInput("代理人不能是本人")
    for other in await store.substitutes_of(deps.db, head.id, wanted.from_day, tx=tx):
        if wanted.to_day is None or other.from_day <= wanted.to_day:
            days = {"from_day": other.from_day, "to_day": other.to_day}
            raise checks.OfficeTaken("这段时间已有代理人", **days)


def _check(head: Appointment, first: str, last: str, today: str) -> None:
    checks.require_head(head)
    term = {"from_day": head.from_day, "to_day": head.to_day}
    within = head.from_day <= first and (head.to_day is None or last <= head.to_day)
    if head.ended_at is not None or last < max(first, today) or not within:
        raise OutsideTerm("代理时间要在任期之内,也不能已经过去", **term)


def _draft(
    deps: Dependencies, actor: Actor, head: Appointment, request: Substitute
) -> Appointment:
    now = deps.now()
    appointment = Appointment(
        id=deps.new_id(),
        role=head.role,
        place=head.place,
        phone_sealed="",
        phone_index="",
        from_day=request.from_day,
        to_day=request.to_day,
        substitute_for=head.id,
        appointed_by=actor.person_id,
        appointed_at=now,
    )
    return views.seal(deps, appointment, phone=request.phone, name=request.name)
