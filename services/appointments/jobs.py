"""Jobs of an appointment's end: the warning before a term ends, and word of a resignation."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from services.appointments import offices, store
from services.appointments.models import Appointment
from services.appointments.views import title
from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.kernel.days import plus_days, start_of
from services.kernel.documents import Document
from services.kernel.permissions import HEADS, Role
from services.messaging import actions as messaging
from services.messaging.templates import TemplateKey
from services.places import actions as places
from services.places import grids as places_grids


async def term_ending(deps: Dependencies, payload: Document) -> None:
    """Tell a head and the community, unless the term was changed since this was promised."""
    found = await store.find(deps.db, payload["appointment_id"])
    if found is None or found.to_day != payload["to_day"]:
        return
    staff = await offices.staff_over(deps, found.place)
    people = {*staff, found.person} - {None}
    await _tell(deps, found, TemplateKey.HEAD_TERM_ENDING, people)


async def resigned(deps: Dependencies, payload: Document) -> None:
    """Tell the community, and the head of the grid in which the place lies."""
    found = await store.find(deps.db, payload["appointment_id"])
    if found is None:
        return
    grids = await places_grids.grids_with(deps, found.place)
    above = await offices.holders_at(deps, grids, [Role.GRID_HEAD]) if grids else []
    staff = await offices.staff_over(deps, found.place)
    people = {*staff, *(head.person for head in above)} - {None, found.person}
    await _tell(deps, found, TemplateKey.HEAD_RESIGNED, people)


async def _tell(
    deps: Dependencies,
    about: Appointment,
    template: TemplateKey,
    people: Iterable[str | None],
) -> None:
    addresses = await places.addresses(deps, [about.place])
    values = {
        "place": addresses.get(about.place, ""),
        "office": title(about.role, substitute=about.substitute_for),
        "until_on": about.to_day or "",
    }

    async def save(tx: Transaction) -> None:
        for person in sorted(str(each) for each in people):
            await messaging.notify(
                deps,
                tx,
                person_id=person,
                template=template,
                key=f"{about.id}:{about.to_day}",
                values=values,
            )

    await deps.in_transaction(save)


JOBS: Final[dict[str, jobs.Handler]] = {
    "heads.term_ending": term_ending,
    "heads.resigned": resigned,
}


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
