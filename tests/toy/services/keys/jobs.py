"""Jobs of keys: who keeps one too long is reminded."""

from datetime import timedelta
from typing import Final

from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.kernel.days import end_of
from services.kernel.documents import Document
from services.keys import notify, store
from services.keys.models import Loan
from services.places import actions as places

REMIND: Final = "keys.remind"
MORNING: Final = timedelta(hours=9)


async def schedule(deps: Dependencies, tx: Transaction, loan: Loan) -> None:
    """Enqueue the reminder, for the morning after the day to bring the key back."""
    due_at = end_of(loan.back_on) + MORNING
    await jobs.enqueue(deps, tx, REMIND, loan.id, due_at=due_at, loan_id=loan.id)


async def remind(deps: Dependencies, payload: Document) -> None:
    """Remind a borrower, unless the key is back or the borrower was erased."""
    loan = await store.find(deps.db, payload["loan_id"])
    if loan is None:
        return
    addresses = await places.addresses(deps, [loan.home])

    async def save(tx: Transaction) -> None:
        if await store.remind(deps.db, tx, loan.id):
            address = addresses.get(loan.home, loan.home)
            await notify.notify_of_delay(deps, tx, loan, address)

    await deps.in_transaction(save)


JOBS: Final[dict[str, jobs.Handler]] = {REMIND: remind}
