"""Orders at WeChat Pay: drafted, placed, asked about, closed.

Every outcome that we did not hear is unknown, never "no". A bill is freed only after
close → query has said that nobody can pay any more (WECHAT.md §5.3).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog

from services.bills.models import Bill
from services.dependencies import Dependencies, Transaction
from services.fees.models import KIND_NAMES
from services.kernel import errors
from services.kernel.documents import new_id
from services.kernel.permissions import Actor
from services.payments import booking, store
from services.payments.discrepancies import actions as discrepancies
from services.payments.discrepancies import store as discrepancies_store
from services.payments.discrepancies.models import Doubt, discrepancy_id
from services.payments.discrepancies.states import DiscrepancyState
from services.payments.models import Booking, Line, Payment
from services.payments.refusals import PayeeUnavailable
from services.payments.states import OPEN, Event
from services.people import actions as people
from services.wechat.errors import PayError, PayReaction
from services.wechat.pay import PayClient
from services.wechat.pay_models import TradeState
from services.wechat.pay_models import Transaction as Trade

# After the order was made; then once at its end, then every ten minutes, then every hour.
CHECKS: Final = tuple(timedelta(seconds=s) for s in (5, 15, 30, 60, 180, 600, 1800))
# How long after its own end an order is closed: somebody may be typing the password.
GRACE: Final = timedelta(minutes=5)
PATIENT_AFTER: Final = timedelta(hours=2)


def next_check(payment: Payment, now: datetime) -> datetime:
    """Return when to ask again about an open order."""
    end = payment.expires_at + GRACE
    coming = [payment.created_at + wait for wait in CHECKS] + [end]
    later = [at for at in coming if at > now and at <= end]
    if later:
        return later[0]
    return now + timedelta(minutes=10 if now - end < PATIENT_AFTER else 60)


# How long a payer has: long enough for somebody who is slow with a phone, and well inside the
# two hours that a prepay id lives.
TIME_TO_PAY: Final = timedelta(minutes=30)


async def draft(deps: Dependencies, actor: Actor, bills: Sequence[Bill]) -> Payment:
    now = deps.now()
    account, payee_name = bills[0].account, bills[0].payee_name
    client = deps.merchants.get(account)
    if client is None:
        raise PayeeUnavailable("收款单位的微信支付还没有开通,请联系物业或社区")
    payment_id = new_id(now)
    amount_fen = sum(bill.amount_fen for bill in bills)
    expires_at = now + TIME_TO_PAY
    openid = (await people.openids(deps, [actor.person_id])).get(actor.person_id)
    if openid is None:
        raise errors.Unauthenticated("这个账号已注销,请重新登录")
    body = client.prepay_body(
        payment_id,
        amount_fen=amount_fen,
        description=f"{payee_name} {title(bills)}",
        openid=openid,
        expires_at=expires_at,
    )
    return Payment(
        id=payment_id,
        person=actor.person_id,
        account=account,
        payee_name=payee_name,
        lines=[_line(bill) for bill in bills],
        bill_ids=[bill.id for bill in bills],
        amount_fen=amount_fen,
        body=body,
        created_at=now,
        expires_at=expires_at,
    )


def title(bills: Sequence[Bill]) -> str:
    """Name what is paid as WeChat shows it to the payer: 物业费 2026-01至2026-03."""
    kinds = "、".join(dict.fromkeys(KIND_NAMES[bill.kind] for bill in bills))
    first, last = min(b.period for b in bills), max(b.period for b in bills)
    return f"{kinds} {first}" if first == last else f"{kinds} {first}至{last}"


def _line(bill: Bill) -> Line:
    return Line(
        bill_id=bill.id,
        home=bill.home,
        kind=bill.kind,
        period=bill.period,
        explanation=bill.explanation,
        amount_fen=bill.amount_fen,
    )


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
    found = discrepancies.compare(client, payment, trade)
    if payment is not None and not found:
        booked = await booking.book(deps, client, payment, trade)
        await _explain(deps, client, payment)
        return booked
    if {Doubt.OTHER_MERCHANT, Doubt.OTHER_APP} & set(found):
        log.error("foreign_trade", order=trade.out_trade_no, account=client.account.key)
        return None
    return await discrepancies.suspend(deps, client, payment, trade, found)


async def _close(deps: Dependencies, payment: Payment, because: str) -> None:
    await store.move(deps.db, payment.id, Event.CLOSED_AT_WECHAT, closed_because=because)


async def _explain(deps: Dependencies, client: PayClient, payment: Payment) -> None:
    """Close doubts that a notice raised: WeChat, asked, says what we wrote down."""

    async def work(tx: Transaction) -> None:
        await discrepancies_store.move(
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
