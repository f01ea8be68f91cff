"""Money that WeChat says arrived, written down exactly once.

Notices, our own questions and the daily bill all end here. The journal's id is WeChat's
transaction, so whoever comes second finds a duplicate key. Money is never refused: what does
not fit is kept in suspense, what is too much goes back.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import structlog
from pymongo.errors import DuplicateKeyError

from services.dependencies import Dependencies, Transaction
from services.fees import actions as fees
from services.jobs import actions as jobs
from services.kernel.days import day_of
from services.kernel.documents import encode
from services.kernel.money import capital_yuan, yuan
from services.ledger import actions as ledger
from services.ledger.models import Journal, Posting, overpaid, receivable, wechat_cash
from services.messaging import actions as messaging
from services.messaging.templates import TemplateKey
from services.payments import refund_store, refunds, store
from services.payments.models import (
    Booking,
    EventOutcome,
    Line,
    Payment,
    Receipt,
    Refund,
    WeChatEvent,
)
from services.payments.states import Event
from services.places.actions import compound_of
from services.wechat.pay import PayClient
from services.wechat.pay_models import Transaction as Trade

EXCESS_REASON: Final = "重复缴费退款"

log = structlog.get_logger(__name__)


async def book(
    deps: Dependencies,
    client: PayClient,
    payment: Payment,
    trade: Trade,
    event: WeChatEvent | None = None,
) -> Booking:
    """Book a payment that fits its order. Repeats, also simultaneous ones, are harmless."""
    journal_id = f"pay:{client.account.mchid}:{trade.transaction_id}"

    async def work(tx: Transaction) -> Sequence[Refund]:
        if event is not None:
            await store.insert_event(deps.db, event, tx)
        await store.move(
            deps.db,
            payment.id,
            Event.MONEY,
            tx,
            transaction_id=trade.transaction_id,
            paid_at=trade.success_at or deps.now(),
        )
        return await _place(deps, tx, payment, trade, journal_id)

    try:
        await deps.in_transaction(work)
    except DuplicateKeyError:
        # Only the journal's own name says "booked before"; any other collision is a bug of
        # ours and must be heard, or money would be taken for a repeat of itself.
        if not await ledger.is_posted(deps, journal_id):
            raise
        if event is not None:
            await store.note_event(deps.db, repeated(event))
        return Booking.REPEATED
    await jobs.wake(deps)
    log.info("payment_booked", payment=payment.id, amount_fen=payment.amount_fen)
    return Booking.BOOKED


def repeated(event: WeChatEvent) -> WeChatEvent:
    event.outcome = EventOutcome.REPEATED
    return event


async def _place(
    deps: Dependencies, tx: Transaction, payment: Payment, trade: Trade, journal_id: str
) -> list[Refund]:
    """Settle the bills, give back what they do not take, and write it all down."""
    paid_at = trade.success_at or deps.now()
    settled = [
        line
        for line in payment.lines
        if await fees.settle(deps, tx, line.bill_id, journal_id, paid_at)
    ]
    excess_fen = payment.amount_fen - sum(line.amount_fen for line in settled)
    postings = [Posting(wechat_cash(payment.account), payment.amount_fen)]
    postings += [Posting(receivable(line.bill_id), -line.amount_fen) for line in settled]
    excess: list[Refund] = []
    if excess_fen:
        postings.append(Posting(overpaid(payment.id), -excess_fen))
        excess.append(excess_refund(deps, payment, trade, excess_fen))
    journal = Journal(
        id=journal_id,
        kind="payment",
        place=compound_of(payment.lines[0].home),
        at=deps.now(),
        postings=postings,
        reference={"payment": payment.id, "transaction": trade.transaction_id or ""},
    )
    await ledger.post(deps, tx, journal)
    if settled:
        await _acknowledge(deps, tx, payment, settled, trade)
    for refund in excess:
        await refund_store.insert(deps.db, refund, tx)
        await jobs.enqueue(
            deps, tx, "payments.refund", refunds.job_key(refund), refund_id=refund.id
        )
    return excess


async def _acknowledge(
    deps: Dependencies, tx: Transaction, payment: Payment, settled: Sequence[Line], trade: Trade
) -> None:
    """Leave a receipt, and tell whoever paid."""
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
    await store.insert_receipt(deps.db, receipt, tx)
    await messaging.notify(
        deps,
        tx,
        person_id=payment.person,
        template=TemplateKey.PAYMENT_RECEIVED,
        key=payment.id,
        values={
            "payee": payment.payee_name,
            "amount": yuan(amount_fen),
            "paid_at": paid_at.isoformat(),
            "number": receipt.number,
        },
        page=f"pages/payments/detail?id={payment.id}",
    )


def receipt_number(payment_id: str, paid_at: datetime) -> str:
    """Return e.g. 20261123-4T9K2MXA7Q: a counter would make every payment wait for the last.

    Fifty bits within a day: two alike are a matter of centuries, and would harm nothing.
    """
    digest = hashlib.sha256(payment_id.encode()).digest()
    letters = encode(int.from_bytes(digest[:8], "big"), 10).upper()
    return f"{day_of(paid_at).replace('-', '')}-{letters}"


def excess_refund(
    deps: Dependencies, payment: Payment, trade: Trade, amount_fen: int
) -> Refund:
    return Refund(
        id=f"X{payment.id}",
        number=f"X{payment.id}",
        payment=payment.id,
        person=payment.person,
        account=payment.account,
        transaction_id=trade.transaction_id or "",
        amount_fen=amount_fen,
        total_fen=payment.amount_fen,
        source=overpaid(payment.id),
        reason=EXCESS_REASON,
        requested_at=deps.now(),
    )
