"""Jobs of an appointment's end: the warning before a term ends, and word of a resignation."""

from datetime import timedelta
from typing import Final

from services.appointments.models import Appointment
from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.kernel.days import plus_days, start_of
from services.kernel.permissions import HEADS

# When a head and the community are told that the term comes to its end: at nine in the morning.
WARNING_DAYS: Final = 14
MORNING: Final = timedelta(hours=9)
TERM_ENDING: Final = "heads.term_ending"


async def schedule_warning(
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


RESIGNED = "heads.resigned"
