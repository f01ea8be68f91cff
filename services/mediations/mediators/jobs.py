"""Jobs on mediators: whose office is over mediates no more, and another is to be named."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from services.appointments import offices
from services.appointments.models import Appointment
from services.cases import actions as cases
from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.kernel.documents import Document
from services.kernel.features import Lane, Schedule
from services.mediations import store
from services.mediations.kind import MEDIATION
from services.mediations.mediators.actions import mediates_at
from services.mediations.states import OPEN, MediationAction

VACATE: Final = "mediations.vacate"
AT_ONCE: Final = 100
EVERY: Final = timedelta(minutes=15)
Offices = Mapping[str, Appointment]


async def vacate(deps: Dependencies, _payload: Document) -> None:
    """Job: free what people mediate by an office that is over. Harmless to repeat."""
    holder = ""
    while (one := await store.next_mediator(deps.db, holder)) is not None:
        holder, after = one, ""
        held = {each.id: each for each in await offices.roles_of(deps, holder)}
        while found := await store.mediated_by(deps.db, holder, held, after, limit=AT_ONCE):
            for each in found:
                await _vacate(deps, each.id, holder, held)
            after = found[-1].id


async def _vacate(deps: Dependencies, mediation_id: str, holder: str, held: Offices) -> None:
    """Free one, or keep it by another office: who is elected again goes on mediating."""

    async def save(tx: Transaction) -> None:
        found = await store.find(deps.db, mediation_id, tx=tx)
        if found is None or found.holder != holder or found.state not in OPEN:
            return
        if found.appointment in held:
            return
        other = next((each for each in held.values() if mediates_at(each, found.place)), None)
        if other is not None:
            await store.change(deps.db, tx, found.id, {"appointment": other.id})
            return
        await cases.advance(deps, tx, None, MEDIATION, found, MediationAction.VACATE)

    await deps.in_transaction(save)


JOBS: Final[dict[str, jobs.Handler]] = {VACATE: vacate}
LANES: Final = {VACATE: Lane.LONG}  # it goes through all who mediate
SCHEDULES: Final = (Schedule(VACATE, EVERY),)
