"""Jobs of payments: each order is asked about until WeChat says paid or closed.

Notices are not guaranteed (WECHAT.md §5.10, 18), so a job follows every order; a sweep finds
orders whose job died.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

import structlog

from services.dependencies import Dependencies
from services.jobs import actions as jobs
from services.jobs.models import Again, Permanent
from services.jobs.schedules import Schedule
from services.kernel.documents import Document
from services.payments import orders, store
from services.payments.orders import GRACE
from services.payments.refunds import actions as refunds
from services.payments.refunds import store as refunds_store
from services.payments.states import UNSETTLED
from services.wechat.errors import PayError, PayReaction

TOO_OLD: Final = timedelta(hours=24)
SWEEP_LIMIT: Final = 500

log = structlog.get_logger(__name__)


async def check(deps: Dependencies, payload: Document) -> Again | None:
    """Ask about one order; close it once its time is over."""
    payment = await store.find(deps.db, payload["payment_id"])
    if payment is None:
        raise Permanent("no such payment")
    if payment.state not in UNSETTLED:
        return None
    now = deps.now()
    try:
        if now >= payment.expires_at + GRACE:
            payment = await orders.close(deps, payment, because="expired")
        else:
            payment = await orders.settle(deps, payment)
    except PayError as error:
        log.warning("order_not_answered", payment=payment.id, code=error.code)
    if payment.state not in UNSETTLED:
        return None
    if now - payment.created_at > TOO_OLD:
        log.error("order_too_long_open", payment=payment.id, state=payment.state)
    return Again(orders.next_check(payment, now))


async def clarify(deps: Dependencies, payload: Document) -> Again | None:
    """Ask WeChat about an order a notice said something odd about."""
    client = deps.merchants.get(payload["account"])
    if client is None:
        raise Permanent("no such merchant account")
    payment = await store.find(deps.db, payload["out_trade_no"])
    try:
        trade = await client.query(payload["out_trade_no"])
    except ValueError as error:
        raise Permanent("an order number that WeChat itself would refuse") from error
    except PayError as error:
        if error.reaction is PayReaction.ORDER_MISSING:
            return None  # WeChat knows nothing of it: the difference stays open for a person
        raise
    own = payment if payment is None or payment.account == client.account.key else None
    await orders.apply(deps, client, own, trade)
    return None


async def sweep(deps: Dependencies, _: Document) -> None:
    """Make sure that a job follows every silent order and refund, in case its own died."""
    old = deps.now() - GRACE
    for refund in await refunds_store.silent(deps.db, old, limit=SWEEP_LIMIT):
        key = refunds.job_key(refund)
        await jobs.keep_going(deps, "payments.refund", key, refund_id=refund.id)
    for payment in await store.silent(deps.db, old, limit=SWEEP_LIMIT):
        if payment.state in UNSETTLED:
            await jobs.keep_going(deps, "payments.check", payment.id, payment_id=payment.id)


JOBS: Final[Mapping[str, jobs.Handler]] = {
    "payments.check": check,
    "payments.clarify": clarify,
    "payments.refund": refunds.send,
    "payments.sweep": sweep,
}
SCHEDULES: Final = (Schedule("payments.sweep", timedelta(minutes=10)),)
