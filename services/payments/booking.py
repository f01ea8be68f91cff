"""Money that WeChat says arrived, written down exactly once.

Notices, our own questions and the daily bill all end here. The journal's id is WeChat's
transaction, so whoever comes second finds a duplicate key. Money is never refused: what does
not fit is kept in suspense, what is too much goes back.
"""

from collections.abc import Sequence

import structlog
from pymongo.errors import DuplicateKeyError

from services.bills import actions as bills
from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.ledger import actions as ledger
from services.ledger.models import Journal, Posting, overpaid, receivable, wechat_cash
from services.payments import store
from services.payments.models import Booking, EventOutcome, Payment, WeChatEvent
from services.payments.receipts import actions as receipts
from services.payments.refunds import actions as refunds
from services.payments.refunds import store as refunds_store
from services.payments.refunds.models import Refund
from services.payments.states import Event
from services.places.actions import compound_of
from services.wechat.pay import PayClient
from services.wechat.pay_models import Transaction as Trade

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
        if await bills.settle(deps, tx, line.bill_id, journal_id, paid_at)
    ]
    excess_fen = payment.amount_fen - sum(line.amount_fen for line in settled)
    postings = [Posting(wechat_cash(payment.account), payment.amount_fen)]
    postings += [Posting(receivable(line.bill_id), -line.amount_fen) for line in settled]
    excess: list[Refund] = []
    if excess_fen:
        postings.append(Posting(overpaid(payment.id), -excess_fen))
        excess.append(refunds.excess_refund(deps, payment, trade, excess_fen))
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
        await receipts.issue(deps, tx, payment, settled, trade)
    for refund in excess:
        await refunds_store.insert(deps.db, refund, tx)
        await jobs.enqueue(
            deps, tx, "payments.refund", refunds.job_key(refund), refund_id=refund.id
        )
    return excess
