"""Payments of a trade bill: what the books lack is booked as WeChat, asked, confirms it."""

import asyncio
from collections.abc import Sequence
from typing import Final

import structlog

from services.dependencies import Dependencies
from services.ledger import actions as ledger
from services.ledger.models import payment_journal, wechat_cash
from services.payments import booking
from services.payments.combined import orders as combined
from services.wechat.bill_models import TradeRow
from services.wechat.errors import PayError, PayReaction
from services.wechat.pay import PayClient

AT_ONCE: Final = 8  # of WeChat's allowance most is left to people who pay now

log = structlog.get_logger(__name__)


async def book(deps: Dependencies, client: PayClient, rows: Sequence[TradeRow]) -> int:
    """Book payments that the books lack; return of how many WeChat was not heard.

    The bill only says where to look: WeChat is asked about each payment that is not booked,
    and its answer takes the path of any other answer.
    """
    there = await booked(deps, client, rows)
    lacking = [row for row in rows if row.transaction_id not in there]
    return await _book_all(deps, client, lacking)


async def booked(
    deps: Dependencies, client: PayClient, rows: Sequence[TradeRow]
) -> dict[str, int]:
    """Return WeChat's number → what was booked, in fen, of those payments that are."""
    names = {payment_journal(client.account.mchid, r.transaction_id): r for r in rows}
    found = await ledger.amounts(deps, list(names), wechat_cash(client.account.key))
    return {names[name].transaction_id: amount_fen for name, amount_fen in found.items()}


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
        trade = await combined.find_trade(deps, client, row.out_trade_no, row.transaction_id)
    except PayError as error:
        if error.reaction is not PayReaction.ORDER_MISSING:
            log.warning("payment_not_answered", order=row.out_trade_no, code=error.code)
            return False
        trade = None
    if trade is None or not trade.paid or trade.transaction_id != row.transaction_id:
        log.error("payment_not_confirmed", order=row.out_trade_no, account=client.account.key)
        return True
    await booking.record_found(deps, client, trade)
    return True
