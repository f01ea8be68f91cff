"""Reopening of bills: what a refund by hand gave back is owed again, once it has arrived.

Until then they stay paid, whatever WeChat answers: nobody is asked for money that the payee
still has. Why so: docs/decisions/73-refunds-by-hand.md.
"""

from services.dependencies import Dependencies, Transaction
from services.payments import store as payments_store
from services.payments.refund_requests import returns
from services.payments.refund_requests import store as requests_store
from services.payments.refund_requests.states import RefundRequestAction
from services.payments.refunds.models import Refund


class RequestMovedOn(RuntimeError):
    """A bug of ours: money arrived of a refund whose request was not approved, or is over."""


async def reopen(deps: Dependencies, tx: Transaction, refund: Refund, refund_id: str) -> None:
    """Make bills owing again by what arrived, reverse the receipt, and end the request.

    `refund_id`: WeChat's. In the transaction that books the refund. Raises RequestMovedOn,
    ReturnedTwice.
    """
    payment = await payments_store.get(deps.db, tx, refund.payment)
    key, action, now = {"_id": refund.request}, RefundRequestAction.ARRIVE, deps.now()
    done = await requests_store.move(deps.db, tx, key, action, finished_at=now)
    if done is None:
        raise RequestMovedOn(refund.id)
    await payments_store.add_returned(deps.db, tx, payment.id, refund.amount_fen)
    await returns.take_back(deps, tx, done, payment, refund_id=refund_id)
