"""Ending an appointment: by who appoints, at once; by the holder, with a last day.

Who stands in for a head goes when the head goes.
"""

from typing import Any

import structlog

from services.appointments import offices, store
from services.appointments.checks import require_administrator
from services.appointments.jobs import RESIGNED
from services.appointments.models import Appointment, AppointmentView, Resign
from services.appointments.views import view
from services.audit import actions as audit
from services.audit.models import Act
from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.kernel import errors
from services.kernel.days import check_day, day_of, plus_days
from services.kernel.documents import Document
from services.kernel.permissions import Actor, Permission
from services.places import actions as places

log = structlog.get_logger(__name__)


class BadLastDay(errors.InvalidInput):
    """The last day lies between today and the end of the term, which is in details."""

    code = "bad_last_day"


class AppointmentOver(errors.Conflict):
    """It is ended, or the holder has resigned already."""

    code = "appointment_over"


async def end(deps: Dependencies, actor: Actor, appointment_id: str) -> None:
    """End an appointment at once: the next request is made without it. Repeats are harmless."""

    async def save(tx: Transaction) -> None:
        found = await store.find(deps.db, appointment_id, tx)
        if found is None or not actor.may(Permission.APPOINT, found.place):
            raise errors.NotFound("没有找到这项任命")
        require_administrator(actor, found.role, found.place)
        await places.hold(deps, found.place, tx)
        change = _change(deps, actor, plus_days(day_of(deps.now()), -1))
        if found.to_day is not None:
            change["to_day"] = min(found.to_day, change["to_day"])
        done = await store.end(deps.db, found.id, change, tx)
        if done:
            await store.end_substitutes(deps.db, found.id, change, tx)
        facts: dict[str, Any] = {"role": found.role, "repeated": not done}
        await audit.record(
            deps, tx, actor, Act.APPOINTMENT_ENDED, place=found.place, subject=found.id, **facts
        )

    await deps.in_transaction(save)
    log.info("appointment_ended", appointment=appointment_id, by=actor.person_id)


def _change(deps: Dependencies, actor: Actor, last_day: str) -> Document:
    return {"to_day": last_day, "ended_by": actor.person_id, "ended_at": deps.now()}


async def resign(
    deps: Dependencies, actor: Actor, appointment_id: str, request: Resign
) -> AppointmentView:
    """Say as the holder which day is the last one. The community and the grid are told."""
    last = check_day(request.last_day)

    async def save(tx: Transaction) -> Appointment:
        found = await offices.access(deps, actor, appointment_id, tx)
        await places.hold(deps, found.place, tx)  # or a substitute might be added beside us
        _check(found, actor, last, day_of(deps.now()))
        because = deps.vault.seal(request.reason, place=f"appointments/{found.id}/because")
        done = await store.resign(
            deps.db, found, last_day=last, because=because, at=deps.now(), tx=tx
        )
        if not done:
            raise AppointmentOver("刚刚有改动,请刷新后再试")
        change = _change(deps, actor, last)
        await store.end_substitutes(deps.db, found.id, change, tx)
        await jobs.enqueue(deps, tx, RESIGNED, found.id, appointment_id=found.id)
        facts = {"role": found.role, "last_day": last}
        await audit.record(
            deps, tx, actor, Act.RESIGNED, place=found.place, subject=found.id, **facts
        )
        found.to_day = last
        return found

    return view(deps, await deps.in_transaction(save))


def _check(found: Appointment, actor: Actor, last: str, today: str) -> None:
    if found.person != actor.person_id:
        raise errors.Forbidden("辞任要由本人提出")
    over = found.to_day is not None and found.to_day < today
    if over or found.ended_at is not None or found.resigned_at is not None:
        raise AppointmentOver("这项任命已经结束或已提出辞任")
    if last < today or (found.to_day is not None and last > found.to_day):
        raise BadLastDay("最后一天应在今天到任期结束之间", to_day=found.to_day)
