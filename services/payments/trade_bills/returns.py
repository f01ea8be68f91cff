"""Refunds of a trade bill: ours take their normal path, those made elsewhere are booked too."""

from collections.abc import Sequence

import structlog
from msgspec import Struct, field

from services.dependencies import Dependencies
from services.ledger import actions as ledger
from services.ledger.models import refund_journal, wechat_cash
from services.payments import booking
from services.payments.combined import orders as combined
from services.payments.refunds import elsewhere, outcomes
from services.wechat.bill_models import TradeRow
from services.wechat.errors import PayError
from services.wechat.pay import PayClient
from services.wechat.pay_models import Refund as Answer
from services.wechat.pay_models import RefundStatus

log = structlog.get_logger(__name__)


class Standing(Struct, kw_only=True):
    """How refunds stand that are not booked.

    `pending`: how many are not over yet, or WeChat was not heard about. `closed`: WeChat's
    numbers of those that it closed: no money moved.
    """

    pending: int = 0
    closed: set[str] = field(default_factory=set)


async def book(deps: Dependencies, client: PayClient, rows: Sequence[TradeRow]) -> Standing:
    """Book refunds that the books lack, and return how the others stand.

    A row keeps the state of its day, so WeChat is asked how it stands now.
    """
    there = await booked(deps, client, rows)
    standing = Standing()
    for row in rows:
        if (row.refund_id or "") in there:
            continue
        match await _settle(deps, client, row):
            case RefundStatus.CLOSED:
                standing.closed.add(row.refund_id or "")
            case RefundStatus.PROCESSING | RefundStatus.ABNORMAL | None:
                standing.pending += 1
    return standing


async def booked(
    deps: Dependencies, client: PayClient, rows: Sequence[TradeRow]
) -> dict[str, int]:
    """Return WeChat's number → what went back by the books, in fen."""
    mchid = client.account.mchid
    names = {refund_journal(mchid, row.refund_id or ""): row.refund_id or "" for row in rows}
    found = await ledger.amounts(deps, list(names), wechat_cash(client.account.key))
    return {names[name]: -amount_fen for name, amount_fen in found.items()}


async def _settle(deps: Dependencies, client: PayClient, row: TradeRow) -> RefundStatus | None:
    """Ask WeChat how a refund stands and record it; None when WeChat was not heard."""
    log.warning("refund_not_in_books", order=row.out_trade_no, account=client.account.key)
    try:
        answer = await client.query_refund(row.out_refund_no or "")
        if not await outcomes.record_notice(deps, client.account.key, answer):
            await _book_elsewhere(deps, client, answer)
    except PayError as error:
        log.warning("refund_not_answered", order=row.out_trade_no, code=error.code)
        return None
    except ValueError:  # a number that cannot be asked about: it stays a difference
        log.error("refund_not_confirmed", order=row.out_trade_no)  # noqa: TRY400  # an alarm, not a bug
        return RefundStatus.SUCCESS
    return answer.status


async def _book_elsewhere(deps: Dependencies, client: PayClient, answer: Answer) -> None:
    """Book a refund that is none of ours, after the payment it belongs to."""
    if answer.status is not RefundStatus.SUCCESS:
        return
    if await elsewhere.book(deps, client, answer):
        return
    # The payment may be of a day whose bill was not read, or is read no more.
    order, number = answer.out_trade_no, answer.transaction_id
    trade = await combined.find_trade(deps, client, order, number)
    await booking.record_found(deps, client, trade)
    if not await elsewhere.book(deps, client, answer):
        log.error("refund_not_confirmed", order=answer.out_trade_no)
