"""Actions on receipts: one is issued for each payment that settled a bill.

What it says stays. Money that goes back makes a reversal beside it, with a number of its own.
"""

from collections.abc import Sequence
from datetime import datetime

from services.dependencies import Dependencies, Transaction
from services.kernel.money import capital_yuan
from services.payments.models import Line
from services.payments.receipts import checks, jobs, notify, numbers, sheets, store, views
from services.payments.receipts.models import (
    Paid,
    Paying,
    Receipt,
    ReceiptSheetQuery,
    ReceiptView,
)


async def issue(
    deps: Dependencies, tx: Transaction, paid: Paid, settled: Sequence[Line]
) -> Receipt:
    """Issue the receipt of a payment for what it paid of bills, and tell whoever paid."""
    now, numbered = deps.now(), paid.numbers_receipts
    amount_fen = sum(line.amount_fen for line in settled)
    receipt = Receipt(
        id=paid.id,
        number=numbers.reference(paid.id, paid.paid_at),
        person=paid.person,
        payee_name=paid.payee_name,
        lines=list(settled),
        amount_fen=amount_fen,
        amount_capital=capital_yuan(amount_fen),
        way=paid.way,
        transaction_id=paid.number,
        paid_at=paid.paid_at,
        series=numbers.series_of(paid.account, now) if numbered else "",
        unnumbered=numbered,
        booked_at=now,
        token=checks.draw_token(),
    )
    await store.insert(deps.db, tx, receipt)
    await jobs.enqueue(deps, tx, receipt)
    if receipt.person:
        await notify.notify_payer(deps, tx, receipt)
    return receipt


async def reverse(
    deps: Dependencies,
    tx: Transaction,
    payment: Paying,
    refund_id: str,
    *,
    amount_fen: int,
    lines: Sequence[Line] = (),
) -> None:
    """Reverse a receipt by what went back of it, in the transaction that books the refund.

    `refund_id`: what the refund is known by, at WeChat or here. `lines`: the bills that are
    owed again by this refund; none where that is not known.
    Nothing is reversed of money that the receipt does not say: what was paid too much, and
    more than is left of it. The same refund again changes nothing.
    """
    receipt = await store.find(deps.db, payment.id, tx=tx)
    if receipt is None:
        return
    before = await store.reversals_of(deps.db, receipt.id, tx=tx)
    left_fen = receipt.amount_fen - sum(each.amount_fen for each in before)
    is_excess = not lines and amount_fen == payment.amount_fen - receipt.amount_fen
    if is_excess or left_fen <= 0 or any(each.refund == refund_id for each in before):
        return
    # of two refunds at once the second finds this id taken, and starts again
    reversal_id = f"{receipt.id}-{len(before) + 1:03d}"
    fen = min(amount_fen, left_fen)
    reversal = _reversal(receipt, payment.account, reversal_id, fen, deps.now())
    reversal.refund, reversal.lines = refund_id, list(lines)
    await store.insert(deps.db, tx, reversal)
    await jobs.enqueue(deps, tx, reversal)


def _reversal(
    receipt: Receipt, account: str, reversal_id: str, amount_fen: int, now: datetime
) -> Receipt:
    """Return the reversal of so much of a receipt, in the series of the year it is now."""
    numbered = bool(receipt.series)
    return Receipt(
        id=reversal_id,
        number=numbers.reference(reversal_id, now),
        person=receipt.person,
        payee_name=receipt.payee_name,
        lines=[],
        amount_fen=amount_fen,
        amount_capital=capital_yuan(amount_fen),
        way=receipt.way,
        transaction_id=receipt.transaction_id,
        paid_at=now,
        series=numbers.series_of(account, now) if numbered else "",
        unnumbered=numbered,
        booked_at=now,
        reverses=receipt.id,
    )


async def get(deps: Dependencies, payment_id: str, *, returned_fen: int = 0) -> ReceiptView:
    """Return the receipt of a payment. NotFound while there is none.

    `returned_fen`: what of its bills the payment says is back; that of a payment at the counter
    is what was reversed for bills.
    """
    receipt = await store.get(deps.db, payment_id)
    reversals = await store.reversals_of(deps.db, receipt.id)
    reopened_fen = sum(each.amount_fen for each in reversals if each.lines)
    returned_fen = max(returned_fen, reopened_fen)
    return await views.view(deps, receipt, reversals, returned_fen=returned_fen)


async def find(deps: Dependencies, payment_id: str) -> Receipt | None:
    """Return the receipt of a payment, if it has one."""
    return await store.find(deps.db, payment_id)


async def payment_of(deps: Dependencies, number: str) -> str | None:
    """Return the id of the payment that has a receipt of this number."""
    return await store.payment_of(deps.db, number)


async def printed(
    deps: Dependencies, payment_id: str, query: ReceiptSheetQuery, *, returned_fen: int = 0
) -> tuple[str, bytes]:
    """Return number and sheet of the receipt of a payment, as PDF. NotFound without one."""
    shown = await get(deps, payment_id, returned_fen=returned_fen)
    return shown.number, await sheets.printed(deps, shown, payment_id, query.payer)


async def of_payments(deps: Dependencies, payment_ids: Sequence[str]) -> dict[str, Receipt]:
    """Return payment → its receipt, of those that have one."""
    return await store.find_many(deps.db, payment_ids)
