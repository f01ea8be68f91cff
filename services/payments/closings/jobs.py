"""Job that closes the open orders of a merchant account that was switched off.

Each is closed at WeChat and queried before its bills are free, as any order is; one whose payer
is typing the password is paid, and booked. The account says how many are left.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

import structlog

from services.dependencies import Dependencies
from services.jobs import actions as jobs
from services.jobs.models import Again
from services.kernel.documents import Document
from services.kernel.features import Lane
from services.merchants import actions as merchants
from services.payments import orders, store
from services.payments.models import Payment
from services.wechat.errors import PayError

CLOSE: Final = "payments.close_account"
AT_ONCE: Final = 100
# So many in a row that WeChat was not heard about: it is away, and later is soon enough.
MOST_SILENT: Final = 5
# A request that had read the account before it was switched off may still make its order.
REQUEST: Final = timedelta(seconds=30)
LOOK_AGAIN: Final = timedelta(minutes=1)

log = structlog.get_logger(__name__)


async def close(deps: Dependencies, payload: Document) -> Again | None:
    """Close what is open, and look again until nothing is; ends when it is on again."""
    account, now = payload["account"], deps.now()
    merchant = await merchants.off_since(deps, account)
    if merchant is None or merchant.off_at is None:
        return None
    left, silent, last = 0, 0, ""
    while found := await store.open_of_account(deps.db, account, after=last, limit=AT_ONCE):
        last = found[-1].id
        for payment in found:
            is_heard, is_closed = await _close(deps, payment, ask=silent < MOST_SILENT)
            silent = 0 if is_heard else silent + 1
            left += not is_closed
    await merchants.note_left(deps, merchant, left)
    log.info("merchant_orders_left", account=account, orders=left)
    is_over = left == 0 and now - merchant.off_at >= REQUEST
    return None if is_over else Again(now + LOOK_AGAIN)


async def _close(deps: Dependencies, payment: Payment, *, ask: bool) -> tuple[bool, bool]:
    """Return whether WeChat was heard, and whether the order is open no more."""
    if not ask or not payment.is_pending:  # in suspense: a person decides
        return ask, False
    try:
        payment = await orders.cancel(deps, payment, because="merchant_off")
    except PayError as error:
        log.warning("order_not_closed", payment=payment.id, code=error.code)
        return False, False
    return True, not payment.open


JOBS: Final[Mapping[str, jobs.Handler]] = {CLOSE: close}
LANES: Final = {CLOSE: Lane.LONG}
