"""Jobs of payments: each order is queried until WeChat says paid or closed.

Notices are not guaranteed (docs/reference/wechat.md, Payment notices), so a job follows every
order; a sweep finds orders whose job died.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

import structlog

from services.dependencies import Dependencies
from services.jobs import actions as jobs
from services.jobs.models import Again, Permanent
from services.kernel.documents import Document
from services.kernel.features import Lane, Schedule
from services.payments import booking, orders, store
from services.payments.closings import jobs as closings_jobs
from services.payments.combined import orders as combined
from services.payments.discrepancies.models import CLARIFY
from services.payments.models import CHECK
from services.payments.receipts import jobs as receipts_jobs
from services.payments.refunds import jobs as refunds_jobs
from services.payments.refunds import store as refunds_store
from services.payments.refunds.models import JOB as REFUND
from services.payments.shipments import jobs as shipments_jobs
from services.wechat.errors import PayError, PayReaction

SWEEP: Final = "payments.sweep"
TOO_OLD: Final = timedelta(hours=24)
SWEEP_LIMIT: Final = 500

log = structlog.get_logger(__name__)


async def check(deps: Dependencies, payload: Document) -> Again | None:
    """Query one order; cancel it once its time is over."""
    payment = await store.find(deps.db, payload["payment_id"])
    if payment is None:
        raise Permanent("no such payment")
    if not payment.is_pending:
        return None
    now = deps.now()
    try:
        if now >= payment.expires_at + orders.GRACE:
            payment = await orders.cancel(deps, payment, because="expired")
        else:
            payment = await orders.query(deps, payment)
    except PayError as error:
        log.warning("order_not_answered", payment=payment.id, code=error.code)
    if not payment.is_pending:
        return None
    if now - payment.created_at > TOO_OLD:
        log.error("order_too_long_open", payment=payment.id, state=payment.state)
    return Again(orders.next_query(payment, now))


async def clarify(deps: Dependencies, payload: Document) -> None:
    """Query an order about which a notice said something that does not fit."""
    client = deps.merchants.get(payload["account"])
    if client is None:
        raise Permanent("no such merchant account")
    try:
        if payload.get("combined"):
            await combined.record(deps, await client.query_combined(payload["combined"]))
            return
        trade = await client.query(payload["out_trade_no"])
    except ValueError as error:
        raise Permanent("an order number that WeChat itself would refuse") from error
    except PayError as error:
        if error.reaction is PayReaction.ORDER_MISSING:
            return  # WeChat knows nothing of it: the difference stays open for a person
        raise
    await booking.record_found(deps, client, trade)


async def sweep(deps: Dependencies, _: Document) -> None:
    """Make sure that a job follows every silent order and refund, in case its own died."""
    old = deps.now() - orders.GRACE
    for refund in await refunds_store.silent(deps.db, old, limit=SWEEP_LIMIT):
        await jobs.keep_going(deps, REFUND, refund.job_key, refund_id=refund.id)
    for payment in await store.silent(deps.db, old, limit=SWEEP_LIMIT):
        if payment.is_pending:
            await jobs.keep_going(deps, CHECK, payment.id, payment_id=payment.id)


JOBS: Final[Mapping[str, jobs.Handler]] = {
    CHECK: check,
    CLARIFY: clarify,
    SWEEP: sweep,
    **closings_jobs.JOBS,
    **receipts_jobs.JOBS,
    **refunds_jobs.JOBS,
    **shipments_jobs.JOBS,
}
LANES: Final = {
    **dict.fromkeys(JOBS, Lane.MONEY),
    **closings_jobs.LANES,
    receipts_jobs.NUMBER: Lane.PEOPLE,  # nobody's money waits for a number
}
SCHEDULES: Final = (Schedule(SWEEP, timedelta(minutes=10)),)
