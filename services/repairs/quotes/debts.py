"""Debts of quotes: who accepted one hears of its bill when the repair is over, not before.

The bill is there from the work on (see charges.py), but whoever is asked whether it is fixed is
not asked for money in the same minute.
"""

from typing import Final

from services.bills import actions as bills
from services.bills.states import BillState
from services.dependencies import Dependencies, Transaction
from services.repairs.models import Repair
from services.repairs.quotes import notify, store
from services.repairs.states import RepairState

OVER: Final = frozenset({RepairState.CONFIRMED, RepairState.CLOSED})


async def tell(deps: Dependencies, tx: Transaction, repair: Repair) -> None:
    """Tell of the unpaid bill of a repair that is confirmed or closed by silence; once."""
    if repair.state not in OVER:
        return
    quote = next(iter(await store.billed_of(deps.db, repair.id, tx=tx)), None)
    if quote is None or not quote.bill:
        return
    states = await bills.states_of(deps, [quote.bill])
    if states.get(quote.bill) is BillState.OWING:
        await notify.billed(deps, tx, quote)
