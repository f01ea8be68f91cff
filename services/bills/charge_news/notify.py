"""News of a batch of charges: one message per person, however many homes and bills of it."""

from typing import Final

from services.bills import store as bills_store
from services.bills.runs.notify import BILL_ISSUED, ISSUED, Told, source
from services.bills.states import BillState
from services.bills.views import time_of
from services.dependencies import Dependencies
from services.messaging.broadcasts.models import Wish

NAME: Final = "charges_issued"


def issued(batch: str) -> Wish:
    """Return the broadcast to everybody who owes a bill of a batch of charges."""
    return Wish(source=NAME, key=f"{batch}:0", template=BILL_ISSUED.key)


async def _of_batch(deps: Dependencies, batch: str) -> Told | None:
    some = await bills_store.some_of_run(deps.db, batch, BillState.OWING, limit=1)
    return Told(time_of(some[0])) if some else None


SOURCES: Final = {NAME: source(ISSUED, _of_batch)}
