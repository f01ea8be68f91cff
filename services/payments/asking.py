"""Asking WeChat: the order we want, what became of it, and closing it for good.

Every outcome that we did not hear is unknown, never "no". A bill is freed only after
close → query has said that nobody can pay any more (WECHAT.md §5.3).
"""

from datetime import timedelta
from typing import Final

import structlog

from services.dependencies import Dependencies, Transaction
from services.payments import booking, doubts, store
from services.payments.models import (
    Booking,
    DiscrepancyState,
    Doubt,
    Payment,
    discrepancy_id,
)
from services.payments.states import OPEN, Event
from services.wechat.errors import PayError, PayReaction
from services.wechat.pay import PayClient
from services.wechat.pay_models import TradeState
from services.wechat.pay_models import Transaction as Trade

# Our own call may still be on its way for this long: "no such order" is not yet final.
IN_FLIGHT: Final = timedelta(seconds=60)
GONE: Final = frozenset({TradeState.CLOSED, TradeState.REVOKED, TradeState.PAYERROR})

log = structlog.get_logger(__name__)


async def prepare(deps: Dependencies, payment: Payment) -> Payment:
    """Place the order, or place it again (same bytes) for a fresh prepay id.

    Raises PayError when WeChat refused or could not be heard; the order's state tells which.
    """
    client = deps.merchants[payment.account]
    try:
        prepay_id = await client.prepay(payment.body)
    except PayError as error:
        await _not_prepared(deps, payment, error)
        raise
    now = deps.now()
    moved = await store.move(
        deps.db, payment.id, Event.PREPARED, prepay_id=prepay_id, prepaid_at=now
    )
    if moved is None:  # placed before, or the notice of the payment overtook this answer
        await store.renew_prepay(deps.db, payment.id, prepay_id, now)
        moved = await store.find(deps.db, payment.id)
    return moved or payment


async def _not_prepared(deps: Dependencies, payment: Payment, error: PayError) -> None:
    log.warning("prepay_failed", payment=payment.id, code=error.code, unknown=error.unknown)
    match error.reaction:
        case PayReaction.PERMANENT | PayReaction.CONFIG_ALARM | PayReaction.SHOW:
            # Only a first request: a refused repeat leaves what the first one made payable.
            await store.move(deps.db, payment.id, Event.REFUSED, closed_because=error.code)
        case _:
            await store.move(deps.db, payment.id, Event.ANSWER_LOST)


async def settle(deps: Dependencies, payment: Payment) -> Payment:
    """Ask what became of an order and write it down. PayError when WeChat is not heard."""
    client = deps.merchants[payment.account]
    try:
        trade = await client.query(payment.id)
    except PayError as error:
        if error.reaction is not PayReaction.ORDER_MISSING:
            raise
        if deps.now() - payment.created_at >= IN_FLIGHT:
            await _close(deps, payment, "never_reached_wechat")
        return await _current(deps, payment)
    await apply(deps, client, payment, trade)
    return await _current(deps, payment)


async def close(deps: Dependencies, payment: Payment, *, because: str) -> Payment:
    """Close an order at WeChat, then ask. Still open afterwards: somebody may be paying."""
    client = deps.merchants[payment.account]
    try:
        await client.close_order(payment.id)
    except PayError as error:
        # Whatever the refusal, the question that follows decides.
        log.info("close_refused", payment=payment.id, code=error.code, because=because)
    return await settle(deps, payment)


async def apply(
    deps: Dependencies, client: PayClient, payment: Payment | None, trade: Trade
) -> Booking | None:
    """Write down what WeChat answered about an order; None when no money moved."""
    if trade.trade_state in GONE and payment is not None:
        await _close(deps, payment, trade.trade_state.value.lower())
    if not trade.paid:
        return None
    found = doubts.compare(client, payment, trade)
    if payment is not None and not found:
        booked = await booking.book(deps, client, payment, trade)
        await _explain(deps, client, payment)
        return booked
    if {Doubt.OTHER_MERCHANT, Doubt.OTHER_APP} & set(found):
        log.error("foreign_trade", order=trade.out_trade_no, account=client.account.key)
        return None
    return await doubts.suspend(deps, client, payment, trade, found)


async def _close(deps: Dependencies, payment: Payment, because: str) -> None:
    await store.move(deps.db, payment.id, Event.CLOSED_AT_WECHAT, closed_because=because)


async def _explain(deps: Dependencies, client: PayClient, payment: Payment) -> None:
    """Close doubts that a notice raised: WeChat, asked, says what we wrote down."""

    async def work(tx: Transaction) -> None:
        await store.move_discrepancy(
            deps.db,
            discrepancy_id(client.account.key, payment.id),
            DiscrepancyState.OPEN,
            DiscrepancyState.EXPLAINED,
            tx,
            settled_at=deps.now(),
        )

    await deps.in_transaction(work)


async def _current(deps: Dependencies, payment: Payment) -> Payment:
    return await store.find(deps.db, payment.id) or payment


def is_open(payment: Payment) -> bool:
    return payment.state in OPEN
