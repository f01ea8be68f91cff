"""Actions on receipts: one is issued for each payment that settled a bill."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from services.dependencies import Dependencies, Transaction
from services.kernel.days import day_of
from services.kernel.documents import encode
from services.kernel.errors import NotFound
from services.kernel.money import capital_yuan
from services.payments.models import Line, Payment
from services.payments.receipts import notify, store, views
from services.payments.receipts.models import Receipt, ReceiptView
from services.wechat.pay_models import Transaction as Trade


async def issue(
    deps: Dependencies, tx: Transaction, payment: Payment, settled: Sequence[Line], trade: Trade
) -> None:
    """Issue the receipt of a payment for the bills it settled, and tell whoever paid."""
    paid_at = trade.success_at or deps.now()
    amount_fen = sum(line.amount_fen for line in settled)
    receipt = Receipt(
        id=payment.id,
        number=receipt_number(payment.id, paid_at),
        person=payment.person,
        payee_name=payment.payee_name,
        lines=list(settled),
        amount_fen=amount_fen,
        amount_capital=capital_yuan(amount_fen),
        transaction_id=trade.transaction_id or "",
        paid_at=paid_at,
    )
    await store.insert(deps.db, tx, receipt)
    await notify.notify_payer(deps, tx, receipt)


async def get(deps: Dependencies, payment: Payment) -> ReceiptView:
    """Return the receipt of a payment. NotFound while there is none."""
    receipt = await store.find(deps.db, payment.id)
    if receipt is None:
        raise NotFound("还没有收据")
    return await views.view(deps, receipt, returned_fen=payment.returned_fen)


async def find(deps: Dependencies, payment_id: str) -> Receipt | None:
    """Return the receipt of a payment, if it has one."""
    return await store.find(deps.db, payment_id)


async def payment_of(deps: Dependencies, number: str) -> str | None:
    """Return the id of the payment that has a receipt of this number."""
    return await store.payment_of(deps.db, number)


def receipt_number(payment_id: str, paid_at: datetime) -> str:
    """Number a receipt, e.g. 20261123-4T9K2MXA7Q.

    Not by a counter, which would make every payment wait for the last one.

    Fifty bits within a day: two alike are a matter of centuries, and would harm nothing.
    """
    digest = hashlib.sha256(payment_id.encode()).digest()
    letters = encode(int.from_bytes(digest[:8], "big"), 10).upper()
    return f"{day_of(paid_at).replace('-', '')}-{letters}"
