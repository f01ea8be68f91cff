"""What is kept of one payment, in all the places where it is kept."""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

from services.dependencies import Dependencies
from services.ledger import actions as ledger
from services.ledger.models import Journal, payment_journal
from services.payments import store
from services.payments.discrepancies import actions as discrepancies
from services.payments.discrepancies.models import Discrepancy
from services.payments.models import Payment, WeChatEvent
from services.payments.prepayment_returns.models import PrepaymentReturn
from services.payments.receipts import actions as receipts
from services.payments.receipts.models import Receipt
from services.payments.refund_requests import store as requests_store
from services.payments.refund_requests.models import RefundRequest
from services.payments.refunds import actions as refunds
from services.payments.refunds.models import Refund


class Sources(NamedTuple):
    """Everything that tells of a payment.

    `notices`: the oldest first. `returned`: what was asked back of prepaid money, for who asks.
    """

    payment: Payment
    notices: list[WeChatEvent]
    journal: Journal | None
    receipt: Receipt | None
    refunds: list[Refund]
    requests: list[RefundRequest]
    difference: Discrepancy | None
    returned: Sequence[PrepaymentReturn] = ()

    @property
    def may_change(self) -> bool:
        """Tell whether WeChat may still say something new of it."""
        return self.payment.is_pending or any(refund.open for refund in self.refunds)


async def read(deps: Dependencies, payment: Payment) -> Sources:
    """Read what is kept of a payment, side by side."""
    notices, journal, receipt, back, asked, difference = await asyncio.gather(
        store.events_of(deps.db, payment.id),
        _journal(deps, payment),
        receipts.find(deps, payment.id),
        refunds.of_payment(deps, payment.id),
        requests_store.of_payment(deps.db, payment.id),
        discrepancies.find(deps, payment.account, payment.id),
    )
    return Sources(payment, notices, journal, receipt, back, asked, difference)


async def _journal(deps: Dependencies, payment: Payment) -> Journal | None:
    client = deps.merchants.get(payment.account)
    if client is None or not payment.transaction_id:
        return None
    name = payment_journal(client.account.mchid, payment.transaction_id)
    return await ledger.find(deps, name)


async def find(deps: Dependencies, number: str) -> Payment | None:
    """Find a payment by any number that somebody has of it.

    Its own, that of its receipt, of a refund of it or the request of one, or WeChat's own.
    """
    if payment := await store.find(deps.db, number):
        return payment
    ids = await asyncio.gather(
        receipts.payment_of(deps, number),
        refunds.payment_of(deps, number),
        requests_store.payment_of(deps.db, number),
        _of_transaction(deps, number),
    )
    known = next(filter(None, ids), None)
    return await store.find(deps.db, known) if known else None


async def _of_transaction(deps: Dependencies, transaction_id: str) -> str | None:
    """Return the payment that WeChat's transaction paid, as it was booked."""
    mchids = {client.account.mchid for client in deps.merchants.values()}
    names = [payment_journal(mchid, transaction_id) for mchid in sorted(mchids)]
    for journal in await ledger.find_many(deps, names):
        if payment_id := journal.reference.get("payment"):
            return payment_id
    return None
