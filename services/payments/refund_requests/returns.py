"""Returns: what came back of bills by a refund by hand, in the transaction that books it.

The bills are owed again by exactly that, the receipt is reversed by it and stays. What their
owners paid in advance pays them at once; who owes what is left is told.
"""

from services.bills.balances import actions as balances
from services.dependencies import Dependencies, Transaction
from services.payments.models import amounts_of
from services.payments.receipts import actions as receipts
from services.payments.receipts.models import Paying
from services.payments.refund_requests import notify
from services.payments.refund_requests.models import RefundRequest
from services.prepayments import draws


class ReturnedTwice(RuntimeError):
    """Bills took less of a payment than of it came back: too much left the payee's account."""


async def take_back(
    deps: Dependencies,
    tx: Transaction,
    request: RefundRequest,
    payment: Paying,
    *,
    refund_id: str,
) -> None:
    """Make the bills of a request owing again. `refund_id`: what the receipt calls the refund.

    Raises ReturnedTwice. The caller posts the journal.
    """
    amounts = amounts_of(request.lines)
    there = await balances.paid_by(deps, tx, [*amounts], request.journal)
    if any(there.get(bill_id, 0) < fen for bill_id, fen in amounts.items()):
        raise ReturnedTwice(request.id)
    await balances.give_back(deps, tx, amounts, request.journal)
    fen, lines = request.amount_fen, request.lines
    await receipts.reverse(deps, tx, payment, refund_id, amount_fen=fen, lines=lines)
    await draws.draw(deps, tx, sorted({line.home for line in lines}))
    await notify.notify_debtors(deps, tx, request)
