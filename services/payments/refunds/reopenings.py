"""Reopening of bills: what a refund by hand gave back is owed again, once it has arrived.

Until then they stay paid, whatever WeChat answers: nobody is asked for money that the payee
still has. Why so: docs/decisions/73-refunds-by-hand.md.
"""

from services.bills.balances import actions as balances
from services.dependencies import Dependencies, Transaction
from services.payments import store as payments_store
from services.payments.models import amounts_of
from services.payments.receipts import actions as receipts
from services.payments.refund_requests import notify
from services.payments.refund_requests import store as requests_store
from services.payments.refund_requests.states import RefundRequestAction
from services.payments.refunds.models import Refund


class ReturnedTwice(RuntimeError):
    """Bills took less of a payment than of it arrived back: WeChat gave back too much."""


async def reopen(deps: Dependencies, tx: Transaction, refund: Refund, refund_id: str) -> None:
    """Make bills owing again by what arrived, reverse the receipt, and end the request.

    `refund_id`: WeChat's. In the transaction that books the refund. Raises ReturnedTwice.
    """
    payment = await payments_store.get(deps.db, refund.payment, tx=tx)
    amounts = amounts_of(refund.lines)
    there = await balances.paid_by(deps, tx, [*amounts], refund.paid_by)
    if any(there.get(bill_id, 0) < fen for bill_id, fen in amounts.items()):
        raise ReturnedTwice(refund.id)
    await balances.give_back(deps, tx, amounts, refund.paid_by)
    await payments_store.add_returned(deps.db, tx, payment.id, refund.amount_fen)
    fen, lines = refund.amount_fen, refund.lines
    await receipts.reverse(deps, tx, payment, refund_id, amount_fen=fen, lines=lines)
    action, now = RefundRequestAction.ARRIVE, deps.now()
    done = await requests_store.move(deps.db, tx, refund.request, action, finished_at=now)
    if done is not None:
        await notify.notify_debtors(deps, tx, done)
