"""What WeChat tells us by itself. Commit first, answer after.

The handler answers 2xx only when this returns, and WeChat repeats until it does.
"""

from collections.abc import Mapping

import structlog

from services.dependencies import Dependencies
from services.kernel import errors
from services.payments import booking, store
from services.payments.discrepancies import actions as discrepancies
from services.payments.models import EventOutcome, WeChatEvent
from services.payments.refunds import actions as refunds
from services.payments.refunds import store as refunds_store
from services.payments.refunds.states import RefundState
from services.wechat.errors import BadSignature, PayError
from services.wechat.pay import PayClient
from services.wechat.pay_models import Notice

log = structlog.get_logger(__name__)


class Forged(errors.Unauthenticated):
    """Not from WeChat, or not readable with this account's keys."""

    code = "bad_signature"


class NotAPayment(errors.InvalidInput):
    """Believed, but of a kind this address is not for."""

    code = "unexpected_notice"


async def receive_payment(
    deps: Dependencies, account: str, headers: Mapping[str, str], body: bytes
) -> None:
    """Book the payment of a genuine notice, or keep it as doubtful and ask WeChat."""
    client, notice = await _believe(deps, account, headers, body)
    try:
        trade = client.transaction(notice.resource)
    except PayError as error:
        raise NotAPayment("不是支付通知") from error
    event = _event(deps, account, notice, body)
    event.out_trade_no = trade.out_trade_no
    event.transaction_id = trade.transaction_id or ""
    if await store.event_known(deps.db, event.id):
        return
    payment = await store.find(deps.db, trade.out_trade_no)
    found = discrepancies.compare(client, payment, trade)
    if payment is not None and not found:
        await booking.book(deps, client, payment, trade, event)
        return
    event.outcome = EventOutcome.DOUBTFUL
    expected = payment.amount_fen if payment else None
    await discrepancies.raise_doubts(deps, client, trade, found, event, expected)


async def receive_refund(
    deps: Dependencies, account: str, headers: Mapping[str, str], body: bytes
) -> None:
    """Write down how a refund of ours ended."""
    client, notice = await _believe(deps, account, headers, body)
    try:
        answer = client.refund_notice(notice.resource)
    except PayError as error:
        raise NotAPayment("不是退款通知") from error
    event = _event(deps, account, notice, body)
    event.out_trade_no = answer.out_trade_no
    event.transaction_id = answer.transaction_id
    if await store.event_known(deps.db, event.id):
        return
    refund = await refunds_store.find(deps.db, answer.out_refund_no.partition("-")[0])
    ours = refund is not None and refund.account == account and refunds.is_of(refund, answer)
    if refund is None or not ours or refund.state is RefundState.FAILED:
        log.error("refund_notice_does_not_fit", account=account, order=answer.out_trade_no)
        event.outcome = EventOutcome.DOUBTFUL
    else:
        await refunds.record(deps, refund, answer)
    await store.note_event(deps.db, event)


def _event(deps: Dependencies, account: str, notice: Notice, body: bytes) -> WeChatEvent:
    return WeChatEvent(
        id=f"{account}:{notice.event_id}",
        account=account,
        event_type=notice.event_type,
        outcome=EventOutcome.BOOKED,
        body=body,
        received_at=deps.now(),
    )


async def _believe(
    deps: Dependencies, account: str, headers: Mapping[str, str], body: bytes
) -> tuple[PayClient, Notice]:
    client = deps.merchants.get(account)
    if client is None:
        raise errors.NotFound("没有这个收款账户")
    try:
        return client, await client.notification(headers, body)
    except BadSignature as error:
        log.warning("notice_refused", account=account, reason=error.reason.value)
        raise Forged("签名不对") from error
