"""Endings of appointments: at once by who appoints, with a last day by the holder.

A head's substitutes end with the head.
"""

from typing import Any

import structlog

from services.appointments import jobs, offices, store, views
from services.appointments.models import BECAUSE, Appointment, AppointmentView, Resign
from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.kernel import errors
from services.kernel.acts import Act
from services.kernel.days import check_day, plus_days
from services.kernel.documents import Document
from services.kernel.permissions import Actor, require_administrator
from services.places import actions as places

log = structlog.get_logger(__name__)


class BadLastDay(errors.InvalidInput):
    """The last day lies between today and the end of the term, which is in details."""

    code = "bad_last_day"
    details_type = errors.LatestDay


class AppointmentOver(errors.Conflict):
    """It is ended, or the holder has resigned already."""

    code = "appointment_over"


async def end(deps: Dependencies, actor: Actor, appointment_id: str) -> None:
    """End an appointment at once, effective on the next request. Repeats are harmless."""

    async def save(tx: Transaction) -> None:
        held = await offices.access_given(deps, tx, actor, appointment_id)
        require_administrator(actor, held.role, held.place)
        await places.hold(deps, tx, held.place)
        change = _change(deps, actor, plus_days(deps.today(), -1))
        if held.to_day is not None:
            change["to_day"] = min(held.to_day, change["to_day"])
        done = await store.end(deps.db, tx, held.id, change)
        if done:
            await store.end_substitutes(deps.db, tx, held.id, change)
        facts: dict[str, Any] = {"role": held.role, "repeated": not done}
        await audit.record(
            deps, tx, actor, Act.APPOINTMENT_ENDED, place=held.place, subject=held.id, **facts
        )

    await deps.in_transaction(save)
    log.info("appointment_ended", appointment=appointment_id, by=actor.person_id)


def _change(deps: Dependencies, actor: Actor, last_day: str) -> Document:
    return {"to_day": last_day, "ended_by": actor.person_id, "ended_at": deps.now()}


async def resign(
    deps: Dependencies, actor: Actor, appointment_id: str, request: Resign
) -> AppointmentView:
    """Set the last day as the holder. The community and the head of the grid are told."""
    last = check_day(request.last_day)

    async def save(tx: Transaction) -> Appointment:
        mine = await offices.access(deps, actor, appointment_id, tx=tx)
        await places.hold(deps, tx, mine.place)  # or a substitute might be added beside us
        _check(actor, mine, last, deps.today())
        if not await _write_resignation(deps, tx, mine, request):
            raise AppointmentOver("刚刚有改动,请刷新后再试")
        await store.end_substitutes(deps.db, tx, mine.id, _change(deps, actor, last))
        await jobs.announce_resignation(deps, tx, mine.id)
        act, facts = Act.RESIGNED, {"role": mine.role, "last_day": last}
        await audit.record(deps, tx, actor, act, place=mine.place, subject=mine.id, **facts)
        mine.to_day = last
        return mine

    return await views.view(deps, await deps.in_transaction(save))


async def _write_resignation(
    deps: Dependencies, tx: Transaction, mine: Appointment, request: Resign
) -> bool:
    because = BECAUSE.seal(deps.vault, mine.id, request.reason)
    last = request.last_day
    return await store.resign(deps.db, tx, mine, last_day=last, because=because, at=deps.now())


def _check(actor: Actor, held: Appointment, last: str, today: str) -> None:
    if held.person != actor.person_id:
        raise errors.Forbidden("辞任要由本人提出")
    over = held.to_day is not None and held.to_day < today
    if over or held.ended_at is not None or held.resigned_at is not None:
        raise AppointmentOver("这项任命已经结束或已提出辞任")
    if last < today or (held.to_day is not None and last > held.to_day):
        raise BadLastDay("最后一天应在今天到任期结束之间", to_day=held.to_day)
