"""Refunds made without us, in the merchant's own console: booked as WeChat confirms them.

The daily bill brings them up (docs/reference/wechat.md, Bills). What a payment's bills had
taken is owing again when all of it went back, at once or in parts; whatever does not fit so
clearly is taken from suspense, and a person decides.
"""

import structlog

from services.bills.balances import actions as balances
from services.bills.balances.changes import Amounts
from services.dependencies import Dependencies, Transaction
from services.ledger import actions as ledger
from services.ledger.models import (
    Journal,
    Posting,
    payment_journal,
    receivable,
    refund_journal,
    suspense,
    wechat_cash,
)
from services.payments import store as payments_store
from services.payments.discrepancies import actions as discrepancies
from services.payments.discrepancies.models import Doubt
from services.payments.models import Payment, lines_taken
from services.payments.receipts import actions as receipts
from services.payments.refunds import notify
from services.payments.states import Event
from services.prepayments import draws
from services.wechat.pay import PayClient
from services.wechat.pay_models import Refund as Answer
from services.wechat.pay_models import TradeState
from services.wechat.pay_models import Transaction as Trade

log = structlog.get_logger(__name__)


async def book(deps: Dependencies, client: PayClient, answer: Answer) -> bool:
    """Book a refund of money that the books hold, once; False when they do not hold it.

    One transaction has the journal, the bills that are owing again, the discrepancy and the
    message to the payer.
    """
    mchid = client.account.mchid
    paid = await ledger.find(deps, payment_journal(mchid, answer.transaction_id))
    if paid is None:
        return False
    journal_id = refund_journal(mchid, answer.refund_id)

    async def work(tx: Transaction) -> None:
        payment = await payments_store.find(deps.db, answer.out_trade_no, tx=tx)
        trade = _trade(client, payment, answer)
        doubts = [Doubt.RETURNED_ELSEWHERE]
        await discrepancies.note(deps, tx, client, trade, payment=payment, doubts=doubts)
        reopened = await _reopen(deps, tx, payment, answer, paid)
        journal = _journal(deps, client, answer, reopened, journal_id=journal_id)
        await ledger.post(deps, tx, journal)
        await _end_suspense(deps, tx, client, answer)
        if payment is not None:
            await _reverse(deps, tx, payment, answer, reopened)
            await notify.notify_returned(deps, tx, payment, answer)

    if await ledger.done_once(deps, journal_id, work):
        log.error("refund_made_elsewhere", order=answer.out_trade_no, fen=answer.refund_fen)
    return True


async def _reopen(
    deps: Dependencies,
    tx: Transaction,
    payment: Payment | None,
    answer: Answer,
    paid: Journal,
) -> Amounts:
    """Make the bills owing again that a payment paid, when exactly their sum went back.

    At once or in parts: the parts before this one were taken from suspense. Returns bill id →
    fen that is owed again, and what their owners paid in advance pays at once.
    """
    if payment is None:
        return {}
    settled = await balances.paid_by(deps, tx, payment.bill_ids, paid.id)
    settled_fen = sum(settled.values())
    parts_fen = await ledger.balance(deps, suspense(answer.transaction_id), tx=tx)
    if settled_fen not in {answer.refund_fen, parts_fen + answer.refund_fen}:
        return {}
    await balances.give_back(deps, tx, settled, paid.id)
    await draws.draw(deps, tx, sorted({line.home for line in payment.lines}))
    await payments_store.add_returned(deps.db, tx, payment.id, settled_fen)
    return settled


async def _reverse(
    deps: Dependencies,
    tx: Transaction,
    payment: Payment,
    answer: Answer,
    reopened: Amounts,
) -> None:
    """Reverse the receipt by this refund; by its bills where it is all that went back."""
    whole = sum(reopened.values()) == answer.refund_fen
    lines = lines_taken(payment.lines, reopened) if whole else []
    amount_fen = answer.refund_fen
    await receipts.reverse(
        deps, tx, payment, answer.refund_id, amount_fen=amount_fen, lines=lines
    )


async def _end_suspense(
    deps: Dependencies, tx: Transaction, client: PayClient, answer: Answer
) -> None:
    """Free the bills of an order whose suspended money has gone back whole."""
    key, order, fen = client.account.key, answer.out_trade_no, answer.refund_fen
    if await discrepancies.take_out(deps, tx, key, order, amount_fen=fen):
        event, because, at = Event.RETURNED, "money_returned", deps.now()
        await payments_store.close(deps.db, order, event, because=because, at=at, tx=tx)


def _journal(
    deps: Dependencies,
    client: PayClient,
    answer: Answer,
    reopened: Amounts,
    *,
    journal_id: str,
) -> Journal:
    """Return the journal of a refund: owed again are the bills, or nothing yet (suspense)."""
    postings = [Posting(receivable(bill_id), fen) for bill_id, fen in reopened.items()]
    rest_fen = answer.refund_fen - sum(reopened.values())
    if rest_fen:  # negative for the last part: what the others took from suspense
        postings.append(Posting(suspense(answer.transaction_id), rest_fen))
    cash = wechat_cash(client.account.key)
    return Journal(
        id=journal_id,
        kind="refund",
        place=client.account.key,
        at=deps.now(),
        postings=[*postings, Posting(cash, -answer.refund_fen)],
        reference={"refund": answer.out_refund_no, "payment": answer.out_trade_no},
    )


def _trade(client: PayClient, payment: Payment | None, answer: Answer) -> Trade:
    """Return what the discrepancy is about: the payment that the refund belongs to."""
    return Trade(
        out_trade_no=answer.out_trade_no,
        trade_state=TradeState.REFUND,
        mchid=client.account.mchid,
        appid=client.account.appid,
        transaction_id=answer.transaction_id,
        amount_fen=payment.amount_fen if payment else answer.total_fen,
    )
