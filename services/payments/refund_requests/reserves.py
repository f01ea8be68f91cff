"""Reserves of payments: one document says what of a payment nobody may ask back once more.

Reserved is what was asked for, from then on and for ever, unless it is refused or withdrawn.
Whoever reserves writes the document of the payment, so that of two requests at one moment the
second one sees the first. Limits of WeChat's are kept there, too (docs/reference/wechat.md).
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

import msgspec

from services.bills.balances import actions as balances
from services.dependencies import Dependencies, Transaction
from services.kernel import errors
from services.payments.models import Line, amounts_of, lines_taken
from services.payments.refund_requests import store
from services.payments.refund_requests.models import (
    AskRefund,
    Refundable,
    RefundRequest,
    Reserve,
)
from services.payments.refund_requests.refusals import (
    NothingToRefund,
    RefundExceedsPaid,
    RefundTooLate,
    TooManyRefunds,
)

LAST_DAYS: Final = timedelta(days=365)
# WeChat takes fifty of an order; one is left for what is paid too much.
MOST_SENT: Final = 49
APART: Final = timedelta(seconds=61)


class ReserveMoved(RuntimeError):
    """A bug of ours: a reserve was not read in the transaction that writes it."""


def require_in_time(paid_at: datetime, now: datetime) -> None:
    """Raise RefundTooLate for what WeChat gives back no more."""
    if now - paid_at > LAST_DAYS:
        raise RefundTooLate("付款已超过一年,微信不能原路退回,请与收款单位另行办理")


async def take(
    deps: Dependencies, tx: Transaction, source: Refundable, wish: AskRefund
) -> list[Line]:
    """Reserve what somebody asks back of a payment; return it by bill.

    Raises NotFound, NothingToRefund, RefundExceedsPaid, TooManyRefunds.
    """
    kept = await store.reserve(deps.db, tx, source.payment)
    require_few(kept)
    bill_ids = [line.bill_id for line in source.lines]
    there = await balances.paid_by(deps, tx, bill_ids, source.journal)
    lines = _wanted(wish, _left(source.lines, kept, there), source.lines)
    await _keep(deps, tx, msgspec.structs.replace(kept, fen=_sum(kept.fen, lines, 1)))
    return lines


def require_few(kept: Reserve) -> None:
    """Raise TooManyRefunds for what WeChat would refuse."""
    if kept.sent >= MOST_SENT:
        raise TooManyRefunds("这笔付款已退过很多次,微信不再受理,请与收款单位另行办理")


def _left(lines: Iterable[Line], kept: Reserve, there: Mapping[str, int]) -> dict[str, int]:
    """Return bill id → what may still be asked back, in fen.

    `there`: what of the bills the payment still pays. Not more than that: what went back in
    the merchant's own console was never reserved.
    """
    return {
        line.bill_id: min(
            line.amount_fen - kept.fen.get(line.bill_id, 0), there.get(line.bill_id, 0)
        )
        for line in lines
    }


def _wanted(wish: AskRefund, left: Mapping[str, int], paid: Iterable[Line]) -> list[Line]:
    if wish.bills is None:
        wanted = {bill_id: fen for bill_id, fen in left.items() if fen > 0}
    else:
        if len({each.bill_id for each in wish.bills}) != len(wish.bills):
            raise errors.InvalidInput("同一张账单请只填一次")
        wanted = {
            each.bill_id: left.get(each.bill_id, 0)
            if each.amount_fen is None
            else each.amount_fen
            for each in wish.bills
        }
    for bill_id, fen in wanted.items():
        left_fen = max(0, left.get(bill_id, 0))
        if fen > left_fen:
            details = {"bill_id": bill_id, "left_fen": left_fen}
            raise RefundExceedsPaid("超过这笔付款可退的金额,请核对后再申请", **details)
    if not wanted or not all(wanted.values()):
        raise NothingToRefund("这笔付款没有可退的金额,可能已退回或正在退回")
    return lines_taken(paid, wanted)


def _sum(fen: Mapping[str, int], lines: Iterable[Line], sign: int) -> dict[str, int]:
    amounts = amounts_of(lines)
    return {
        bill_id: fen.get(bill_id, 0) + sign * amounts.get(bill_id, 0)
        for bill_id in {**fen, **amounts}
    }


async def give(deps: Dependencies, tx: Transaction, request: RefundRequest) -> None:
    """Free what a request reserved that is refused or withdrawn."""
    kept = await store.reserve(deps.db, tx, request.payment)
    fen = _sum(kept.fen, request.lines, -1)
    await _keep(deps, tx, msgspec.structs.replace(kept, fen=fen))


async def send(deps: Dependencies, tx: Transaction, payment_id: str) -> tuple[int, datetime]:
    """Count one more refund at WeChat; return which it is, and when it may be sent at first.

    WeChat wants a minute between two of an order. Raises TooManyRefunds.
    """
    kept = await store.reserve(deps.db, tx, payment_id)
    require_few(kept)
    now = deps.now()
    at = max(now, kept.sent_at + APART) if kept.sent_at else now
    await _keep(deps, tx, msgspec.structs.replace(kept, sent=kept.sent + 1, sent_at=at))
    return kept.sent + 1, at


async def _keep(deps: Dependencies, tx: Transaction, kept: Reserve) -> None:
    if not await store.keep(deps.db, tx, kept):
        raise ReserveMoved(kept.id)
