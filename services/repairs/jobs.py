"""Jobs of repairs: what nobody may go on with any more goes to those who can."""

from datetime import timedelta
from typing import Final

from services.cases import actions as cases
from services.dependencies import Dependencies, Transaction
from services.firms import contracts
from services.grants import actions as grants
from services.jobs import actions as jobs
from services.kernel.documents import Document
from services.kernel.features import Lane, Schedule
from services.kernel.permissions import Actor, Permission
from services.places.actions import compound_of
from services.repairs import store
from services.repairs.kind import REPAIR
from services.repairs.models import Repair
from services.repairs.states import ON_HAND, OPEN, RepairAction

PASS_BACK: Final = "repairs.pass_back"  # noqa: S105  # a job
RELEASE: Final = "repairs.release"
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
                    await _pass_back(deps, repair.id, one.contract)
        after = one.contract


async def _pass_back(deps: Dependencies, repair_id: str, contract: str) -> None:
    async def save(tx: Transaction) -> None:
        found: Repair | None = await store.find(deps.db, repair_id, tx=tx)
        if found is not None and found.contract == contract and found.state in OPEN:
            await cases.advance(deps, tx, None, REPAIR, found, RepairAction.PASS_BACK)

    await deps.in_transaction(save)


async def release(deps: Dependencies, _payload: Document) -> None:
    """Job: free what people hold who work there no more, because an office or account ended."""
    holder = ""
    while (one := await store.next_holder(deps.db, holder)) is not None:
        holder, after = one, ""
        actor = Actor(holder, "", await grants.grants_of(deps, holder))
        while found := await store.of_holder(deps.db, holder, after, limit=AT_ONCE):
            for repair in found:
                if not actor.may(Permission.WORK_ON_REPAIRS, repair.place):
                    await _release(deps, repair.id, holder)
            after = found[-1].id


async def _release(deps: Dependencies, repair_id: str, holder: str) -> None:
    async def save(tx: Transaction) -> None:
        found: Repair | None = await store.find(deps.db, repair_id, tx=tx)
        if found is not None and found.holder == holder and found.state in ON_HAND:
            await cases.advance(deps, tx, None, REPAIR, found, RepairAction.RELEASE)

    await deps.in_transaction(save)


JOBS: Final[dict[str, jobs.Handler]] = {PASS_BACK: pass_back, RELEASE: release}
# They go through all that is in hand, and nothing of one person's waits behind them.
LANES: Final = dict.fromkeys(JOBS, Lane.LONG)
SCHEDULES: Final = (Schedule(PASS_BACK, EVERY), Schedule(RELEASE, EVERY))
