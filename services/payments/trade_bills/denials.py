"""Orders that WeChat denies and that nobody paid, as the bills of their days show."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

from services.dependencies import Dependencies
from services.kernel.days import day_of, end_of
from services.payments import store
from services.payments.states import Event
from services.wechat.pay import PayClient

BATCH: Final = 500
# A password that was begun in time is typed to its end after the order's.
LAST_PAYMENT: Final = timedelta(hours=1)
# (first day, last day) → those of the span whose bills agree with the books
Agreed = Callable[[str, str], Awaitable[set[str]]]


async def close(deps: Dependencies, client: PayClient, day: str, agreed: Agreed) -> None:
    """Close those whose last day is this one or earlier, once all of their days agree."""
    end = end_of(day)
    for payment in await store.missing(deps.db, client.account.key, end, limit=BATCH):
        last = payment.expires_at + LAST_PAYMENT
        is_denied = payment.missing_at and payment.missing_at >= payment.expires_at
        if last >= end or not is_denied or not client.has_made(payment.body):
            continue
        days = {day_of(payment.created_at), day_of(last)}
        if days <= await agreed(min(days), max(days)):
            event, because, at = Event.CLOSED_AT_WECHAT, "not_in_trade_bill", deps.now()
            await store.close(deps.db, payment.id, event, because=because, at=at)
