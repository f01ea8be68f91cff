"""Jobs of shared costs: the bills of an approved one, some hundreds in a transaction."""

from typing import Final

from services.bills import charges
from services.bills.charge_news import notify
from services.bills.charges import Charge
from services.dependencies import Dependencies, Transaction
from services.fees.models import BillKind
from services.jobs import actions as jobs
from services.jobs.models import Again
from services.kernel.documents import Document
from services.messaging.broadcasts import actions as broadcasts
from services.shared_costs import store
from services.shared_costs.models import BILL, Share, SharedCost
from services.shared_costs.states import SharedCostState
from services.shared_costs.views import explain

# A bill is written twice and has a journal: well below the 1,000 writes of a transaction.
SHARES_AT_ONCE: Final = 200


async def step(deps: Dependencies, payload: Document) -> Again | None:
    """Bill the next shares of a cost; with the last ones, tell who owes them.

    Each step moves `done`, so that a worker that was thought dead bills nothing twice.
    """
    cost = await store.find(deps.db, payload["cost"], shares=True)
    if cost is None or cost.state is not SharedCostState.APPROVED:
        return None
    some = cost.shares[cost.done : cost.done + SHARES_AT_ONCE]
    is_last = cost.done + len(some) == cost.homes

    async def save(tx: Transaction) -> None:
        if not await store.advance(deps.db, tx, cost, len(some)):
            return
        owing = [_charge(cost, share) for share in some if share.amount_fen]
        await charges.issue_all(deps, tx, owing)
        if is_last:
            await broadcasts.start(deps, tx, notify.issued(cost.id))

    await deps.in_transaction(save)
    return None if is_last else Again(deps.now())


def _charge(cost: SharedCost, share: Share) -> Charge:
    return Charge(
        kind=BillKind.SHARED_COST,
        source=f"{cost.id}|{share.home}",
        batch=cost.id,
        home=share.home,
        from_day=cost.from_day,
        to_day=cost.to_day,
        payee=cost.payee,
        account=cost.account,
        payee_name=cost.payee_name,
        amount_fen=share.amount_fen,
        explanation=explain(cost, share),
    )


JOBS: Final[dict[str, jobs.Handler]] = {BILL: step}
