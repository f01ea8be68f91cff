"""Jobs that tell of a term that ends and of a head who leaves."""

from collections.abc import Iterable
from typing import Final

from services.accounts import appointment_store, offices
from services.accounts.models import Appointment
from services.dependencies import Dependencies, Transaction
from services.heads.titles import title
from services.jobs import actions as jobs
from services.kernel.documents import Document
from services.kernel.permissions import Role
from services.messaging import actions as messaging
from services.messaging.templates import TemplateKey
from services.places import actions as places
from services.places import grids as places_grids


async def term_ending(deps: Dependencies, payload: Document) -> None:
    """Tell a head and the community, unless the term was changed since this was promised."""
    found = await appointment_store.find_appointment(deps.db, payload["appointment_id"])
    if found is None or found.to_day != payload["to_day"]:
        return
    staff = await offices.staff_over(deps, found.place)
    people = {*staff, found.person} - {None}
    await _tell(deps, found, TemplateKey.HEAD_TERM_ENDING, people)


async def resigned(deps: Dependencies, payload: Document) -> None:
    """Tell the community, and the head of the grid in which the place lies."""
    found = await appointment_store.find_appointment(deps.db, payload["appointment_id"])
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
