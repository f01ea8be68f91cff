"""Payments of a trade bill: what the books lack is booked as WeChat, asked, confirms it."""

import asyncio
from collections.abc import Sequence
from typing import Final

import structlog

from services.dependencies import Dependencies, Transaction
from services.ledger import actions as ledger
from services.ledger.models import payment_journal, wechat_cash
from services.payments import booking
from services.payments import store as payments_store
from services.payments.discrepancies import actions as discrepancies
from services.payments.discrepancies.models import Doubt
from services.payments.trade_bills.models import Sums
from services.wechat.bill_models import TradeRow
from services.wechat.errors import PayError, PayReaction
from services.wechat.pay import PayClient
from services.wechat.pay_models import TradeState
from services.wechat.pay_models import Transaction as Trade

AT_ONCE: Final = 8  # of WeChat's allowance most is left to people who pay now

log = structlog.get_logger(__name__)


async def compare(
    deps: Dependencies, client: PayClient, rows: Sequence[TradeRow], said: Sums, found: Sums
) -> int:
    """Compare payments with the books and add up both sides; return how many WeChat left open.

    The bill only says where to look: WeChat is asked about each payment that is not booked,
    and its answer takes the path of any other answer.
    """
    cash = wechat_cash(client.account.key)
    by_journal = {_journal_id(client, row): row for row in rows}
    booked = await ledger.amounts(deps, list(by_journal), cash)
    lacking = [name for name in by_journal if name not in booked]
    unanswered = await _book_all(deps, client, [by_journal[name] for name in lacking])
    if lacking:
        booked |= await ledger.amounts(deps, lacking, cash)
    for name, row in by_journal.items():
        said.payments, said.paid_fen = said.payments + 1, said.paid_fen + row.amount_fen
        if name not in booked:
            continue
        found.payments, found.paid_fen = found.payments + 1, found.paid_fen + booked[name]
        if booked[name] != row.amount_fen:
            await note(deps, client, trade_of(row), Doubt.AMOUNT)
    return unanswered


def _journal_id(client: PayClient, row: TradeRow) -> str:
    return payment_journal(client.account.mchid, row.transaction_id)


async def _book_all(deps: Dependencies, client: PayClient, rows: Sequence[TradeRow]) -> int:
    """Book payments, so many at once that a lost day of a city takes minutes."""
    unanswered = 0
    for start in range(0, len(rows), AT_ONCE):
        async with asyncio.TaskGroup() as group:
            asked = [
                group.create_task(_book(deps, client, row))
                for row in rows[start : start + AT_ONCE]
            ]
        unanswered += sum(not task.result() for task in asked)
    return unanswered


async def _book(deps: Dependencies, client: PayClient, row: TradeRow) -> bool:
    """Ask WeChat about a payment and record the answer; False when WeChat was not heard."""
    log.warning("payment_not_in_books", order=row.out_trade_no, account=client.account.key)
    try:
        trade = await client.query_transaction(row.transaction_id)
    except PayError as error:
        if error.reaction is not PayReaction.ORDER_MISSING:
            log.warning("payment_not_answered", order=row.out_trade_no, code=error.code)
            return False
        trade = None
    if trade is None or not trade.paid or trade.transaction_id != row.transaction_id:
        await note(deps, client, trade_of(row), Doubt.NOT_CONFIRMED)
        return True
    await booking.record_found(deps, client, trade)
    return True


async def note(deps: Dependencies, client: PayClient, trade: Trade, doubt: Doubt) -> None:
    """Write a difference down, once however often its day is read."""
    payment = await payments_store.find(deps.db, trade.out_trade_no)

    async def work(tx: Transaction) -> None:
        await discrepancies.note(deps, tx, client, trade, payment=payment, doubts=[doubt])

    await deps.in_transaction(work)


def trade_of(row: TradeRow) -> Trade:
    """Return what a row claims in the form that discrepancies are written from."""
    return Trade(
        out_trade_no=row.out_trade_no,
        trade_state=TradeState.SUCCESS,
        mchid=row.mchid,
        appid=row.appid,
        transaction_id=row.transaction_id,
        amount_fen=row.amount_fen or row.refund_fen,
    )
