"""No order stays silent: each is asked about until WeChat says paid or closed.

Notices are not guaranteed (WECHAT.md §5.10, 18), so a job follows every order; a sweep finds
orders whose job died.
"""

from datetime import datetime, timedelta
from typing import Final

import structlog

from services.dependencies import Dependencies
from services.jobs import actions as jobs
from services.jobs.models import Again, Permanent
from services.kernel.documents import Document
from services.payments import asking, refund_store, refunds, store
from services.payments.models import Payment
from services.payments.states import UNSETTLED
from services.wechat.errors import PayError, PayReaction

# After the order was made; then once at its end, then every ten minutes, then every hour.
CHECKS: Final = tuple(timedelta(seconds=s) for s in (5, 15, 30, 60, 180, 600, 1800))
# How long after its own end an order is closed: somebody may be typing the password.
GRACE: Final = timedelta(minutes=5)
PATIENT_AFTER: Final = timedelta(hours=2)
TOO_OLD: Final = timedelta(hours=24)
SWEEP_LIMIT: Final = 500

log = structlog.get_logger(__name__)


def next_check(payment: Payment, now: datetime) -> datetime:
    """Return when to ask again about an open order."""
    end = payment.expires_at + GRACE
    coming = [payment.created_at + wait for wait in CHECKS] + [end]
    later = [at for at in coming if at > now and at <= end]
    if later:
        return later[0]
    return now + timedelta(minutes=10 if now - end < PATIENT_AFTER else 60)


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
            payment = await asking.close(deps, payment, because="expired")
        else:
            payment = await asking.settle(deps, payment)
    except PayError as error:
        log.warning("order_not_answered", payment=payment.id, code=error.code)
    if payment.state not in UNSETTLED:
        return None
    if now - payment.created_at > TOO_OLD:
        log.error("order_too_long_open", payment=payment.id, state=payment.state)
    return Again(next_check(payment, now))


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
    await asking.apply(deps, client, own, trade)
    return None


async def sweep(deps: Dependencies, _: Document) -> None:
    """Make sure that a job follows every silent order and refund, in case its own died."""
    old = deps.now() - GRACE
    for refund in await refund_store.silent(deps.db, old, limit=SWEEP_LIMIT):
        key = refunds.job_key(refund)
        await jobs.keep_going(deps, "payments.refund", key, refund_id=refund.id)
    for payment in await store.silent(deps.db, old, limit=SWEEP_LIMIT):
        if payment.state in UNSETTLED:
            await jobs.keep_going(deps, "payments.check", payment.id, payment_id=payment.id)
