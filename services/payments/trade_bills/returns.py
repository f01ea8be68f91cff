"""Refunds of a trade bill: ours take their normal path, those made elsewhere are booked too."""

from collections.abc import Sequence

import structlog

from services.dependencies import Dependencies
from services.ledger import actions as ledger
from services.ledger.models import refund_journal, wechat_cash
from services.payments import booking
from services.payments.discrepancies.models import Doubt
from services.payments.refunds import elsewhere, outcomes
from services.payments.trade_bills import trades
from services.payments.trade_bills.models import Sums
from services.wechat.bill_models import TradeRow
from services.wechat.errors import PayError
from services.wechat.pay import PayClient
from services.wechat.pay_models import Refund as Answer
from services.wechat.pay_models import RefundStatus

log = structlog.get_logger(__name__)


async def compare(
    deps: Dependencies, client: PayClient, rows: Sequence[TradeRow], said: Sums, found: Sums
) -> int:
    """Compare refunds with the books and add up both sides; return how many are not over yet.

    A row keeps the state of its day, so WeChat is asked how it stands now. What it closed
    moved no money and counts as found.
    """
    cash = wechat_cash(client.account.key)
    by_journal = {_journal_id(client, row): row for row in rows}
    booked = await ledger.amounts(deps, list(by_journal), cash)
    lacking = [name for name in by_journal if name not in booked]
    pending, closed = 0, set()
    for name in lacking:
        match await _settle(deps, client, by_journal[name]):
            case RefundStatus.CLOSED:
                closed.add(name)
            case RefundStatus.PROCESSING | RefundStatus.ABNORMAL | None:
                pending += 1
    if lacking:
        booked |= await ledger.amounts(deps, lacking, cash)
    for name, row in by_journal.items():
        said.refunds, said.refunded_fen = said.refunds + 1, said.refunded_fen + row.refund_fen
        if name in closed:
            found.refunds += 1
            found.refunded_fen += row.refund_fen
        elif name in booked:
            found.refunds, found.refunded_fen = (
                found.refunds + 1,
                found.refunded_fen - booked[name],
            )
    return pending


def _journal_id(client: PayClient, row: TradeRow) -> str:
    return refund_journal(client.account.mchid, row.refund_id or "")


async def _settle(deps: Dependencies, client: PayClient, row: TradeRow) -> RefundStatus | None:
    """Ask WeChat how a refund stands and record it; None when WeChat was not heard."""
    log.warning("refund_not_in_books", order=row.out_trade_no, account=client.account.key)
    try:
        answer = await client.query_refund(row.out_refund_no or "")
        if not await outcomes.record_notice(deps, client.account.key, answer):
            await _book_elsewhere(deps, client, row, answer)
    except PayError as error:
        log.warning("refund_not_answered", order=row.out_trade_no, code=error.code)
        return None
    except ValueError:  # a number that cannot be asked about
        await trades.note(deps, client, trades.trade_of(row), Doubt.NOT_CONFIRMED)
        return None
    return answer.status


async def _book_elsewhere(
    deps: Dependencies, client: PayClient, row: TradeRow, answer: Answer
) -> None:
    """Book a refund that is none of ours, after the payment it belongs to."""
    if answer.status is not RefundStatus.SUCCESS:
        return
    if await elsewhere.book(deps, client, answer):
        return
    # The payment may be of a day whose bill was not read, or is read no more.
    trade = await client.query_transaction(answer.transaction_id)
    await booking.record_found(deps, client, trade)
    if not await elsewhere.book(deps, client, answer):
        await trades.note(deps, client, trades.trade_of(row), Doubt.NOT_CONFIRMED)
