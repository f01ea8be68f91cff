"""Jobs of repairs: what a firm has in hand when its contract ends goes to the community."""

from datetime import timedelta
from typing import Final

from services.cases import actions as cases
from services.dependencies import Dependencies, Transaction
from services.firms import contracts
from services.jobs import actions as jobs
from services.kernel.documents import Document
from services.kernel.features import Schedule
from services.places.actions import compound_of
from services.repairs import store
from services.repairs.kind import REPAIR
from services.repairs.models import Repair
from services.repairs.states import UNDER_WAY, RepairAction

PASS_BACK: Final = "repairs.pass_back"  # noqa: S105  # a job
AT_ONCE: Final = 100
# A contract ends with a day, and a repair shall not wait for the next one.
EVERY: Final = timedelta(minutes=15)


async def pass_back(deps: Dependencies, _payload: Document) -> None:
    """Job: hand what firms without a contract have in hand to the community.

    Nobody of such a firm may work there any more, so nobody else would go on with it.
    """
    after = ""
    while (one := await store.next_contract(deps.db, after)) is not None:
        compound = compound_of(one.place)
        if (one.firm, compound) not in await contracts.serving(deps, [compound]):
            while found := await store.of_contract(deps.db, one.contract, limit=AT_ONCE):
                for repair in found:
                    await _pass_back(deps, repair.id)
        after = one.contract


async def _pass_back(deps: Dependencies, repair_id: str) -> None:
    async def save(tx: Transaction) -> None:
        found: Repair | None = await store.find(deps.db, repair_id, tx=tx)
        if found is None or not found.firm:
            return
        if found.state in UNDER_WAY:
            action = RepairAction.PASS_BACK
            await cases.advance(deps, tx, None, REPAIR, found, action)
        else:
            await store.leave_firm(deps.db, tx, repair_id)

    await deps.in_transaction(save)


JOBS: Final[dict[str, jobs.Handler]] = {PASS_BACK: pass_back}
SCHEDULES: Final = (Schedule(PASS_BACK, EVERY),)
