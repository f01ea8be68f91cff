"""Jobs of receipts: their numbers in a series are drawn after the payment is booked."""

from collections.abc import Mapping
from typing import Final

from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.jobs.models import Permanent
from services.kernel.documents import Document
from services.payments.receipts import numbers, store
from services.payments.receipts.models import Receipt

NUMBER: Final = "payments.number_receipt"


async def enqueue(deps: Dependencies, tx: Transaction, receipt: Receipt) -> None:
    """Have a receipt numbered, if it is of a series."""
    if receipt.unnumbered:
        await jobs.enqueue(deps, tx, NUMBER, receipt.id, receipt_id=receipt.id)


async def number(deps: Dependencies, payload: Document) -> None:
    """Draw the number of a receipt, and those of all of its series that were booked before.

    One whose own job died is numbered by the next one's.
    """
    while True:
        receipt = await store.find(deps.db, payload["receipt_id"])
        if receipt is None:
            raise Permanent("no such receipt")
        if not receipt.unnumbered:
            return
        await numbers.draw(deps, receipt.series)


JOBS: Final[Mapping[str, jobs.Handler]] = {NUMBER: number}
