"""Booking of money that WeChat says arrived, exactly once.

Notices, our own queries and the daily bill all end here. The journal's id is WeChat's
transaction, so whoever comes second finds a duplicate key. Money is never refused: what does
not fit its order is kept in suspense, what the bills do not take is refunded.
"""

from collections.abc import Sequence
from typing import Final

import structlog

from services.bills import actions as bills
from services.bills.balances import actions as balances
from services.bills.models import Bill
from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.kernel.documents import Document
from services.ledger import actions as ledger
from services.ledger.models import (
    Journal,
    Posting,
    overpaid,
    payment_journal,
    suspense,
    wechat_cash,
)
from services.payments import store
from services.payments.advances import deposits as advances
from services.payments.discrepancies import actions as discrepancies
from services.payments.discrepancies.models import Doubt
from services.payments.models import (
    CHECK,
    EventOutcome,
    Line,
    Payment,
    WeChatEvent,
    amounts_of,
    bills_of,
    lines_taken,
)
from services.payments.receipts import actions as receipts
from services.payments.receipts.models import Paid
from services.payments.refunds import actions as refunds
from services.payments.shipments import jobs as shipments
from services.payments.states import TRADE_STATES, Event, Word
from services.places.actions import compound_of
from services.prepayments import draws
from services.wechat.pay import PayClient
from services.wechat.pay_models import Transaction as Trade

FOREIGN: Final = frozenset({Doubt.OTHER_MERCHANT, Doubt.OTHER_APP})

log = structlog.get_logger(__name__)


async def record(
    deps: Dependencies, client: PayClient, payment: Payment | None, trade: Trade
) -> None:
    """Record what WeChat answered about an order, by the table TRADE_STATES."""
    match TRADE_STATES[trade.trade_state]:
        case Word.PENDING:
            return
        case Word.OVER:
            if payment is not None:
                because = trade.trade_state.value.lower()
                event = Event.CLOSED_AT_WECHAT
                at = deps.now()
                await store.close(deps.db, payment.id, event, because=because, at=at)
        case Word.PAID | Word.PAID_AND_BACK:
            await _record_paid(deps, client, payment, trade)


async def _record_paid(
    deps: Dependencies, client: PayClient, payment: Payment | None, trade: Trade
) -> None:
    doubts = discrepancies.doubts_of(client, payment, trade)
    is_back = Doubt.RETURNED_ELSEWHERE in doubts
    if is_back and await ledger.is_posted(deps, journal_id_of(client, trade)):
        # Booked before: what went back since is a refund of ours, or one of the daily bill's.
        doubts.remove(Doubt.RETURNED_ELSEWHERE)
    if payment is not None and not doubts:
        await book(deps, client, payment, trade)
        await discrepancies.explain(deps, payment.account, payment.id)
    elif FOREIGN & set(doubts):
        # another merchant's money never lay in our account
        log.error("foreign_trade", order=trade.out_trade_no, account=client.account.key)
    else:
        await suspend(deps, client, payment, trade, doubts)


async def record_found(deps: Dependencies, client: PayClient, trade: Trade) -> None:
    """Record WeChat's answer about a number that something else brought up."""
    payment = await store.find(deps.db, trade.out_trade_no)
    own = payment if payment is None or payment.account == client.account.key else None
    await record(deps, client, own, trade)


async def book(
    deps: Dependencies,
    client: PayClient,
    payment: Payment,
    trade: Trade,
    *,
    event: WeChatEvent | None = None,
    known: Sequence[Bill] = (),
) -> None:
    """Book a payment that fits its order. Repeats, also simultaneous ones, change nothing.

    `event`: the notice that told of it, kept in the same transaction. `known`: the order's
    bills, where they were read with it.
    """
    journal_id = journal_id_of(client, trade)

    async def work(tx: Transaction) -> None:
        if event is not None:
            await store.insert_event(deps.db, event, tx=tx)
        await _distribute(deps, tx, payment, trade, journal_id, known=known)

    if await ledger.done_once(deps, journal_id, work):
        log.info("payment_booked", payment=payment.id, amount_fen=payment.amount_fen)
    elif event is not None:
        event.outcome = EventOutcome.REPEATED
        await store.note_event(deps.db, event)


def journal_id_of(client: PayClient, trade: Trade) -> str:
    """Name the journal of a trade: one per transaction of WeChat's."""
    return payment_journal(client.account.mchid, trade.transaction_id or "")


async def _distribute(
    deps: Dependencies,
    tx: Transaction,
    payment: Payment,
    trade: Trade,
    journal_id: str,
    *,
    known: Sequence[Bill],
) -> None:
    """Settle an order's bills, post the journal, issue the receipt, refund the excess."""
    paid_at = trade.success_at or deps.now()
    changes = {"transaction_id": trade.transaction_id, "paid_at": paid_at}
    await store.move(deps.db, payment.id, Event.MONEY, tx=tx, **changes)
    amounts = amounts_of(bills_of(payment.lines))
    taken = await balances.settle(deps, tx, amounts, journal_id, paid_at, known=known)
    prepaid = await advances.keep(deps, tx, payment, taken)
    settled = [*lines_taken(bills_of(payment.lines), taken), *prepaid]
    left = [bill_id for bill_id, fen in amounts.items() if taken.get(bill_id) != fen]
    excess_fen = payment.amount_fen - sum(line.amount_fen for line in settled)
    await ledger.post(deps, tx, _journal(deps, payment, trade, settled, journal_id))
    await draws.draw(deps, tx, sorted({line.home for line in prepaid}))
    await jobs.end(deps, tx, CHECK, payment.id)
    await shipments.plan(deps, tx, payment)
    if settled:
        await receipts.issue(deps, tx, _paid(payment, changes), settled)
    if excess_fen:
        void = await bills.count_void(deps, tx, left)
        reason = refunds.excess_reason(void=void, of=len(left))
        await refunds.request_excess(deps, tx, payment, trade, excess_fen, reason=reason)


def _paid(payment: Payment, changes: Document) -> Paid:
    return Paid(
        id=payment.id,
        person=payment.person,
        account=payment.account,
        payee_name=payment.payee_name,
        numbers_receipts=payment.numbers_receipts,
        number=changes["transaction_id"] or "",
        paid_at=changes["paid_at"],
    )


def _journal(
    deps: Dependencies, payment: Payment, trade: Trade, settled: Sequence[Line], journal_id: str
) -> Journal:
    postings = [Posting(wechat_cash(payment.account), payment.amount_fen)]
    postings += [Posting(line.credited, -line.amount_fen) for line in settled]
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

    if await ledger.done_once(deps, journal.id, work):
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
