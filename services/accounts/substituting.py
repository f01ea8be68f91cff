"""Who acts for a head who is away: in the same role, between two days of the head's term."""

from services.accounts import appointment_store, store
from services.accounts.appointing import sealed, view
from services.accounts.appointment_checks import OfficeTaken
from services.accounts.appointment_models import Substitute
from services.accounts.models import Appointment, AppointmentView
from services.audit import actions as audit
from services.audit.models import Act
from services.dependencies import Dependencies, Transaction
from services.kernel import errors
from services.kernel.days import check_day, day_of
from services.kernel.documents import new_id
from services.kernel.permissions import HEADS, Actor, Permission
from services.places import actions as places


class OutsideTerm(errors.InvalidInput):
    """A substitute acts within the term of the head: `from_day`, `to_day` in details."""

    code = "outside_term"


class NotAHead(errors.InvalidInput):
    """Only heads have substitutes and hand their work over, not staff nor substitutes."""

    code = "not_a_head"


async def substitute(
    deps: Dependencies, actor: Actor, appointment_id: str, request: Substitute
) -> AppointmentView:
    """Say who acts for a head, and when. One at a time."""
    first, last = check_day(request.from_day), check_day(request.to_day)

    async def save(tx: Transaction) -> Appointment:
        head = await appointment_store.find_appointment(deps.db, appointment_id, tx)
        if head is None or not actor.may(Permission.APPOINT, head.place):
            raise errors.NotFound("没有找到这项任命")
        await places.hold(deps, head.place, tx)
        _check(head, first, last, day_of(deps.now()))
        wanted = _draft(deps, actor, head, request)
        if wanted.phone_index == head.phone_index:
            raise errors.InvalidInput("代理人不能是本人")
        for other in await appointment_store.substitutes_of(deps.db, head.id, first, tx):
            if other.from_day <= last:
                days = {"from_day": other.from_day, "to_day": other.to_day}
                raise OfficeTaken("这段时间已有代理人", **days)
        holders = await store.holders_of(deps.db, [wanted.phone_index], tx)
        wanted.person = holders.get(wanted.phone_index)
        await appointment_store.insert_appointment(deps.db, wanted, tx)
        facts = {"role": head.role, "from_day": first, "to_day": last}
        await audit.record(
            deps, tx, actor, Act.SUBSTITUTED, place=head.place, subject=wanted.id, **facts
        )
        return wanted

    return view(deps, await deps.in_transaction(save))


def require_head(appointment: Appointment) -> None:
    if appointment.role not in HEADS or appointment.substitute_for:
        raise NotAHead("只有网格长、楼栋长、单元长才有")


def _check(head: Appointment, first: str, last: str, today: str) -> None:
    require_head(head)
    term = {"from_day": head.from_day, "to_day": head.to_day}
    within = head.from_day <= first and (head.to_day is None or last <= head.to_day)
    if head.ended_at is not None or last < max(first, today) or not within:
        raise OutsideTerm("代理时间要在任期之内,也不能已经过去", **term)


def _draft(
    deps: Dependencies, actor: Actor, head: Appointment, request: Substitute
) -> Appointment:
    now = deps.now()
    appointment = Appointment(
        id=new_id(now),
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
    return sealed(deps, appointment, phone=request.phone, name=request.name)
