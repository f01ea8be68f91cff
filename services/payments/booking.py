"""Booking of money that WeChat says arrived, exactly once.

Notices, our own queries and the daily bill all end here. The journal's id is WeChat's
transaction, so whoever comes second finds a duplicate key. Money is never refused: what does
not fit its order is kept in suspense, what the bills do not take is refunded.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import structlog
from pymongo.errors import DuplicateKeyError

from services.bills import actions as bills
from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.ledger import actions as ledger
from services.ledger.models import Journal, Posting, overpaid, receivable, suspense, wechat_cash
from services.payments import store
from services.payments.discrepancies import actions as discrepancies
from services.payments.discrepancies.models import Doubt
from services.payments.models import EventOutcome, Line, Payment, WeChatEvent
from services.payments.receipts import actions as receipts
from services.payments.refunds import actions as refunds
from services.payments.states import Event
from services.places.actions import compound_of
from services.wechat.pay import PayClient
from services.wechat.pay_models import TradeState
from services.wechat.pay_models import Transaction as Trade

GONE: Final = frozenset({TradeState.CLOSED, TradeState.REVOKED, TradeState.PAYERROR})
FOREIGN: Final = frozenset({Doubt.OTHER_MERCHANT, Doubt.OTHER_APP})

log = structlog.get_logger(__name__)


async def record(
    deps: Dependencies, client: PayClient, payment: Payment | None, trade: Trade
) -> None:
    """Record what WeChat answered about an order: closed, paid, or paid and not fitting."""
    if trade.trade_state in GONE and payment is not None:
        because = trade.trade_state.value.lower()
        await store.move(deps.db, payment.id, Event.CLOSED_AT_WECHAT, closed_because=because)
    if not trade.paid:
        return
    doubts = discrepancies.doubts_of(client, payment, trade)
    if payment is not None and not doubts:
        await book(deps, client, payment, trade)
        await discrepancies.explain(deps, payment)
    elif FOREIGN & set(doubts):
        # another merchant's money never lay in our account
        log.error("foreign_trade", order=trade.out_trade_no, account=client.account.key)
    else:
        await suspend(deps, client, payment, trade, doubts)


async def book(
    deps: Dependencies,
    client: PayClient,
    payment: Payment,
    trade: Trade,
    event: WeChatEvent | None = None,
) -> None:
    """Book a payment that fits its order. Repeats, also simultaneous ones, change nothing.

    `event`: the notice that told of it, kept in the same transaction.
    """
    journal_id = journal_id_of(client, trade)

    async def work(tx: Transaction) -> None:
        if event is not None:
            await store.insert_event(deps.db, event, tx=tx)
        await _distribute(deps, tx, payment, trade, journal_id)

    if await _done_once(deps, journal_id, work):
        await jobs.wake(deps)
        log.info("payment_booked", payment=payment.id, amount_fen=payment.amount_fen)
    elif event is not None:
        event.outcome = EventOutcome.REPEATED
        await store.note_event(deps.db, event)


def journal_id_of(client: PayClient, trade: Trade) -> str:
    """Name the journal of a trade: one per transaction of WeChat's."""
    return f"pay:{client.account.mchid}:{trade.transaction_id or ''}"


async def _done_once(
    deps: Dependencies, journal_id: str, work: Callable[[Transaction], Awaitable[None]]
) -> bool:
    """Do work that posts a journal; False when it was posted before, so that nothing is done.

    Only the journal's own name says so. Any other collision is a bug of ours and must be
    heard, or money would be taken for a repeat of itself.
    """
    try:
        await deps.in_transaction(work)
    except DuplicateKeyError:
        if not await ledger.is_posted(deps, journal_id):
            raise
        return False
    return True


async def _distribute(
    deps: Dependencies, tx: Transaction, payment: Payment, trade: Trade, journal_id: str
) -> None:
    """Settle an order's bills, post the journal, issue the receipt, refund the excess."""
    paid_at = trade.success_at or deps.now()
    changes = {"transaction_id": trade.transaction_id, "paid_at": paid_at}
    await store.move(deps.db, payment.id, Event.MONEY, tx=tx, **changes)
    settled_ids = await bills.settle(deps, tx, payment.bill_ids, journal_id, paid_at)
    settled = [line for line in payment.lines if line.bill_id in settled_ids]
    excess_fen = payment.amount_fen - sum(line.amount_fen for line in settled)
    await ledger.post(deps, tx, _journal(deps, payment, trade, settled, journal_id))
    if settled:
        await receipts.issue(deps, tx, payment, settled, trade)
    if excess_fen:
        await refunds.request_excess(deps, tx, payment, trade, excess_fen)


def _journal(
    deps: Dependencies, payment: Payment, trade: Trade, settled: Sequence[Line], journal_id: str
) -> Journal:
    postings = [Posting(wechat_cash(payment.account), payment.amount_fen)]
    postings += [Posting(receivable(line.bill_id), -line.amount_fen) for line in settled]
    excess_fen = sum(posting.amount_fen for posting in postings)
    if excess_fen:
        postings.append(Posting(overpaid(payment.id), -excess_fen))
    return Journal(
        id=journal_id,
        kind="payment",
        place=compound_of(payment.lines[0].home),
        at=deps.now(),
        postings=postings,
        reference={"payment": payment.id, "transaction": trade.transaction_id or ""},
    )


async def suspend(
    deps: Dependencies,
    client: PayClient,
    payment: Payment | None,
    trade: Trade,
    doubts: Sequence[Doubt],
) -> None:
    """Keep in suspense money that WeChat, asked, confirms but that fits no order.

    A person decides about it. Only for trades of this merchant.
    """
    journal = _suspense_journal(deps, client, trade)

    async def work(tx: Transaction) -> None:
        await ledger.post(deps, tx, journal)
        await discrepancies.suspend(deps, tx, client, trade, payment=payment, doubts=doubts)
        if payment is not None:
            changes = {"transaction_id": trade.transaction_id or ""}
            await store.move(deps.db, payment.id, Event.WRONG_MONEY, tx=tx, **changes)

    if await _done_once(deps, journal.id, work):
        said = [doubt.value for doubt in doubts]
        log.error("payment_in_suspense", order=trade.out_trade_no, doubts=said)


def _suspense_journal(deps: Dependencies, client: PayClient, trade: Trade) -> Journal:
    transaction_id, amount_fen = trade.transaction_id or "", trade.amount_fen or 0
    account = client.account.key
    return Journal(
        id=journal_id_of(client, trade),
        kind="suspense",
        place=account,
        at=deps.now(),
        postings=[
            Posting(wechat_cash(account), amount_fen),
            Posting(suspense(transaction_id), -amount_fen),
        ],
        reference={"payment": trade.out_trade_no, "transaction": transaction_id},
    )
