"""Jobs of trade bills: each day of each merchant account is fetched until it matches.

Notices and queries may fail, and a restored backup knows nothing of what came after it: the
daily bill is WeChat's last word about money. It is there from 10:00 Beijing time on the next
day, for three months (docs/reference/wechat.md, Bills).
"""

from collections.abc import Mapping
from contextlib import aclosing
from datetime import datetime, timedelta
from typing import Final

import structlog

from services.dependencies import Dependencies
from services.jobs import actions as jobs
from services.jobs.models import Again, Permanent, RetryAt
from services.kernel.days import day_of, end_of, plus_days, start_of
from services.kernel.documents import Document
from services.kernel.features import Schedule
from services.merchants import actions as merchants
from services.payments import store as payments_store
from services.payments.discrepancies import actions as discrepancies
from services.payments.discrepancies.models import Doubt
from services.payments.models import Payment
from services.payments.states import Event
from services.payments.trade_bills import returns, store, trades
from services.payments.trade_bills.models import (
    TradeBill,
    trade_bill_id,
)
from services.wechat.bill_models import TradeRow
from services.wechat.errors import PayError, PayReaction
from services.wechat.pay import PayClient
from services.wechat.pay_models import TradeState
from services.wechat.pay_models import Transaction as Trade

DAILY: Final = "payments.trade_bills"
ONE: Final = "payments.trade_bill"
KEPT_DAYS: Final = 90  # WeChat: three months
READY_AFTER: Final = timedelta(hours=10, minutes=5)  # of the next day
NOT_READY_YET: Final = timedelta(minutes=30)
WAITS: Final = timedelta(hours=1)  # for a refund under way, or for WeChat to be heard
BATCH: Final = 500
MOST_LACKING: Final = 100
# So near to midnight WeChat's clock may put a payment on the other day.
NEAR_MIDNIGHT: Final = timedelta(minutes=5)
# A password that was begun in time is typed to its end after the order's.
LAST_PAYMENT: Final = timedelta(hours=1)

log = structlog.get_logger(__name__)


async def read_all(deps: Dependencies, _: Document) -> None:
    """See to it that every day that WeChat still has, and that does not match, is read."""
    await merchants.refresh(deps)
    last = day_of(deps.now() - READY_AFTER - timedelta(days=1))
    first = plus_days(last, 1 - KEPT_DAYS)
    for key, client in deps.merchants.items():
        mchid = client.account.mchid
        done = await store.matched(deps.db, key, mchid, from_day=first, to_day=last)
        for back in range(KEPT_DAYS):
            day = plus_days(last, -back)
            if day not in done:
                name = trade_bill_id(key, mchid, day)
                await jobs.keep_going(deps, ONE, name, account=key, mchid=mchid, day=day)


async def read(deps: Dependencies, payload: Document) -> Again | None:
    """Read one day's bill, book what the books lack, and keep how both sides compare."""
    key, mchid, day = payload["account"], payload["mchid"], payload["day"]
    client = deps.merchants.get(key)
    if client is None or client.account.mchid != mchid:
        log.warning("trade_bill_of_another_merchant", account=key, day=day)
        return None
    bill = TradeBill(
        id=trade_bill_id(key, mchid, day),
        account=key,
        mchid=mchid,
        day=day,
        checked_at=deps.now(),
    )
    try:
        waiting = await _compare(deps, client, bill)
    except PayError as error:
        if error.reaction is PayReaction.NOT_READY:
            raise RetryAt(deps.now() + NOT_READY_YET, error.code) from error
        if error.reaction is PayReaction.PERMANENT:
            raise Permanent(f"trade bill of {key}, {day}: {error.code}") from error
        raise
    await _conclude(deps, client, bill, waiting=waiting)
    is_latest = start_of(day) >= deps.now() - timedelta(days=2)
    return Again(deps.now() + WAITS) if waiting and is_latest else None


async def _compare(deps: Dependencies, client: PayClient, bill: TradeBill) -> int:
    """Go through the rows; return how many are not over, or WeChat was not heard about."""
    is_repeat = await store.is_known(deps.db, bill.id)
    waiting = 0
    async with aclosing(client.trade_batches(bill.day, size=BATCH)) as arriving:
        async for rows in arriving:
            own = [row for row in rows if _is_own(client, row)]
            bill.others += len(rows) - len(own)
            paid = [row for row in own if row.trade_state == TradeState.SUCCESS]
            refunded = [row for row in own if row.refund_id]
            waiting += await trades.compare(deps, client, paid, bill.said, bill.found)
            waiting += await returns.compare(deps, client, refunded, bill.said, bill.found)
            names = [row.out_trade_no for row in paid]
            if await payments_store.mark_billed(deps.db, names, bill.day) and is_repeat:
                for name in names:
                    await discrepancies.explain(deps, client.account.key, name)
    bill.lacking = await _note_lacking(deps, client, bill.day)
    return waiting


def _is_own(client: PayClient, row: TradeRow) -> bool:
    """Tell whether a row is of our mini-program: an account may serve other programs too."""
    return row.appid in {client.account.appid, client.account.sub_appid}


async def _note_lacking(deps: Dependencies, client: PayClient, day: str) -> int:
    """Note payments of a day that no bill has; return how many there are (at most counted)."""
    start, end = start_of(day), end_of(day)
    found = await payments_store.unbilled(
        deps.db, client.account.key, start, end, limit=MOST_LACKING
    )
    for payment in found:
        neighbour = _neighbour(payment.paid_at or start, day)
        if neighbour is None or await _is_read(deps, client, neighbour):
            await trades.note(deps, client, _trade(client, payment), Doubt.NOT_IN_BILL)
    return len(found)


def _neighbour(paid_at: datetime, day: str) -> str | None:
    """Return the other day whose bill may have a payment, when it is so near to midnight."""
    if paid_at < start_of(day) + NEAR_MIDNIGHT:
        return plus_days(day, -1)
    after = plus_days(day, 1)
    return after if paid_at >= start_of(after) - NEAR_MIDNIGHT else None


async def _is_read(deps: Dependencies, client: PayClient, day: str) -> bool:
    name = trade_bill_id(client.account.key, client.account.mchid, day)
    return await store.is_known(deps.db, name)


def _trade(client: PayClient, payment: Payment) -> Trade:
    return Trade(
        out_trade_no=payment.id,
        trade_state=TradeState.SUCCESS,
        mchid=client.account.mchid,
        appid=client.account.appid,
        transaction_id=payment.transaction_id,
        amount_fen=payment.amount_fen,
    )


async def _conclude(
    deps: Dependencies, client: PayClient, bill: TradeBill, *, waiting: int
) -> None:
    await store.put(deps.db, bill)
    if bill.agrees:
        await _close_unpaid(deps, client, bill.day)
    elif waiting:
        log.warning("trade_bill_waits", account=bill.account, day=bill.day, rows=waiting)
    else:
        log.error("trade_bill_differs", account=bill.account, day=bill.day)


async def _close_unpaid(deps: Dependencies, client: PayClient, day: str) -> None:
    """Close orders that WeChat denies and that nobody paid, as the bills of their days show."""
    key, end = client.account.key, end_of(day)
    for payment in await payments_store.missing(deps.db, key, end, limit=BATCH):
        last = payment.expires_at + LAST_PAYMENT
        is_denied = payment.missing_at and payment.missing_at >= payment.expires_at
        if last >= end or not is_denied or not client.has_made(payment.body):
            continue
        days = {day_of(payment.created_at), day_of(last)}
        span = {"from_day": min(days), "to_day": max(days)}
        if days <= await store.matched(deps.db, key, client.account.mchid, **span):
            event, because, at = Event.CLOSED_AT_WECHAT, "not_in_trade_bill", deps.now()
            await payments_store.close(deps.db, payment.id, event, because=because, at=at)


JOBS: Final[Mapping[str, jobs.Handler]] = {DAILY: read_all, ONE: read}
# 10:05 Beijing time. A missed day needs no occurrence of its own: the latest reads them all.
SCHEDULES: Final = (Schedule(DAILY, timedelta(days=1), timedelta(hours=2, minutes=5)),)
