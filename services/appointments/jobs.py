"""Jobs of an appointment's end: warning before a term ends, news of a resignation."""

from datetime import timedelta
from typing import Final

from services.appointments import notify, offices
from services.appointments.models import Appointment
from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.kernel.days import plus_days, start_of
from services.kernel.documents import Document
from services.kernel.permissions import HEADS, Role
from services.places import grids as places_grids

TERM_ENDING: Final = "appointments.term_ending"
RESIGNED: Final = "appointments.resigned"

# When a head and the community are told that the term comes to its end: at nine in the morning.
WARNING_DAYS: Final = 14
MORNING: Final = timedelta(hours=9)


async def schedule_warning(
    deps: Dependencies, tx: Transaction, appointment: Appointment
) -> None:
    """Enqueue the warning before a head's term ends. A term changed since is not warned of."""
    if appointment.role not in HEADS or appointment.to_day is None:
        return
    day = plus_days(appointment.to_day, -WARNING_DAYS)
    if day <= appointment.from_day:  # who is appointed for days knows that it is for days
        return
    await jobs.enqueue(
        deps,
        tx,
        TERM_ENDING,
        f"{appointment.id}:{appointment.to_day}",
        due_at=start_of(day) + MORNING,
        appointment_id=appointment.id,
        to_day=appointment.to_day,
    )


async def announce_resignation(
    deps: Dependencies, tx: Transaction, appointment_id: str
) -> None:
    """Enqueue the news that a head resigned, for the community and the head of the grid."""
    await jobs.enqueue(deps, tx, RESIGNED, appointment_id, appointment_id=appointment_id)


async def term_ending(deps: Dependencies, payload: Document) -> None:
    """Notify a head and the community, unless the term was changed since the job was made."""
    head = await offices.find(deps, payload["appointment_id"])
    if head is None or head.to_day != payload["to_day"]:
        return
    staff = await offices.staff_over(deps, head.place)
    await notify.tell(deps, head, notify.HEAD_TERM_ENDING, {*staff, head.person} - {None})


async def resigned(deps: Dependencies, payload: Document) -> None:
    """Notify the community, and the head of the grid in which the place lies."""
    head = await offices.find(deps, payload["appointment_id"])
    if head is None:
        return
    grids = await places_grids.grids_with(deps, head.place)
    above = await offices.holders_at(deps, grids, [Role.GRID_HEAD]) if grids else []
    staff = await offices.staff_over(deps, head.place)
    people = {*staff, *(one.person for one in above)} - {None, head.person}
    await notify.tell(deps, head, notify.HEAD_RESIGNED, people)


JOBS: Final[dict[str, jobs.Handler]] = {
    TERM_ENDING: term_ending,
    RESIGNED: resigned,
    # Names of rows already in the outbox when the jobs moved here: a warning waits for a term.
    "heads.term_ending": term_ending,
    "heads.resigned": resigned,
}
