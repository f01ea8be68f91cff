"""WeChat Pay webhooks: payment and refund notices. Commit first, answer after.

The handler answers 2xx only when these return, and WeChat repeats a notice until it does.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress

import structlog
from pymongo.errors import DuplicateKeyError

from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.kernel import errors, unions
from services.merchants import actions as merchants
from services.payments import booking, store
from services.payments.combined import orders as combined
from services.payments.discrepancies import actions as discrepancies
from services.payments.discrepancies.models import CLARIFY, Doubt
from services.payments.models import EventOutcome, Payment, WeChatEvent
from services.payments.refunds import outcomes as refund_outcomes
from services.wechat.errors import BadSignature, KeysUnavailable, PayError
from services.wechat.pay import PayClient
from services.wechat.pay_models import Notice
from services.wechat.pay_models import Transaction as Trade

log = structlog.get_logger(__name__)


class Forged(errors.Unauthenticated):
    """Notice that is not from WeChat, or not readable with this account's keys."""

    code = "bad_signature"


class KeysAway(errors.Unavailable):
    """WeChat's keys cannot be loaded now: WeChat sends the notice again."""

    code = "wechat_keys_unavailable"


class NotAPayment(errors.InvalidInput):
    """Genuine, but of a kind this address is not for."""

    code = "unexpected_notice"


async def receive_payment(
    deps: Dependencies, account: str, headers: Mapping[str, str], body: bytes
) -> None:
    """Book the payment of a genuine notice, or keep it as doubtful and ask WeChat.

    Raises Forged, NotAPayment, NotFound (no such account).
    """
    client, notice = await _verified(deps, account, headers, body)
    try:
        trade = client.transaction(notice.resource)
    except PayError as error:
        raise NotAPayment("不是支付通知") from error
    await _receive(deps, client, trade, _event(deps, account, notice, body))


async def receive_combined(
    deps: Dependencies, account: str, headers: Mapping[str, str], body: bytes
) -> None:
    """Book each part that fits of a genuine notice of a combined order; doubt the others.

    Each part is kept as a notice of its own, with its booking: a process that dies between two
    leaves the rest to WeChat's next delivery. Raises Forged, NotAPayment, NotFound.
    """
    client, notice = await _verified(deps, account, headers, body)
    try:
        told = client.combined(notice.resource)
    except PayError as error:
        raise NotAPayment("不是合单支付通知") from error
    foreign = [Doubt.OTHER_MERCHANT] if told.mchid != client.account.mchid else []
    for trade in told.parts:
        event = _event(deps, account, notice, body)
        event.id = f"{event.id}:{trade.out_trade_no}"
        payee = combined.client_of_part(deps, trade) or client
        await _receive(deps, payee, trade, event, foreign)


async def _receive(
    deps: Dependencies,
    client: PayClient,
    trade: Trade,
    event: WeChatEvent,
    doubts: Sequence[Doubt] = (),
) -> None:
    """Book what a notice says was paid to a merchant, `client`, or doubt it."""
    event.out_trade_no = trade.out_trade_no
    event.transaction_id = trade.transaction_id or ""
    order, earlier = store.part_told(trade.out_trade_no), store.part_event(event.id)
    found = await unions.read(deps.db, [order, earlier])
    if found.of(earlier):
        return
    payment = next(iter(found.of(order)), None)
    doubts = [*doubts, *discrepancies.doubts_of(client, payment, trade)]
    if payment is not None and not doubts:
        await booking.book(deps, client, payment, trade, event=event, known=payment.bills)
    else:
        event.outcome = EventOutcome.DOUBTFUL
        await _doubt(deps, client, trade, event, payment=payment, doubts=doubts)


async def _doubt(
    deps: Dependencies,
    client: PayClient,
    trade: Trade,
    event: WeChatEvent,
    *,
    payment: Payment | None,
    doubts: Sequence[Doubt],
) -> None:
    """Credit nothing, note the difference, and have WeChat queried: its answer decides.

    Whoever was notified asks: of a combined order that is who placed it.
    """
    account, order = client.account.key, trade.out_trade_no
    log.error(
        "payment_doubtful", account=account, doubts=[d.value for d in doubts], order=order
    )

    async def work(tx: Transaction) -> None:
        await store.insert_event(deps.db, event, tx=tx)
        await discrepancies.note(deps, tx, client, trade, payment=payment, doubts=doubts)
        await jobs.enqueue(
            deps,
            tx,
            CLARIFY,
            event.id,
            account=event.account,
            out_trade_no=order,
            combined=trade.combined,
        )

    with suppress(DuplicateKeyError):  # the same notice again
        await deps.in_transaction(work)


async def receive_refund(
    deps: Dependencies, account: str, headers: Mapping[str, str], body: bytes
) -> None:
    """Record how a refund of ours ended, as a genuine notice says.

    Raises Forged, NotAPayment, NotFound (no such account).
    """
    client, notice = await _verified(deps, account, headers, body)
    try:
        answer = client.refund_notice(notice.resource)
    except PayError as error:
        raise NotAPayment("不是退款通知") from error
    event = _event(deps, account, notice, body)
    event.out_trade_no = answer.out_trade_no
    event.transaction_id = answer.transaction_id
    if await store.event_known(deps.db, event.id):
        return
    if not await refund_outcomes.record_notice(deps, account, answer):
        log.error("refund_notice_does_not_fit", account=account, order=answer.out_trade_no)
        event.outcome = EventOutcome.DOUBTFUL
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


async def _verified(
    deps: Dependencies, account: str, headers: Mapping[str, str], body: bytes
) -> tuple[PayClient, Notice]:
    """Verify and decrypt a notice. Raises Forged, KeysAway, NotFound."""
    client = await merchants.find_client(deps, account)
    if client is None:
        raise errors.NotFound("没有这个收款账户")
    try:
        return client, await client.notification(headers, body)
    except KeysUnavailable as error:
        log.error("notice_waits_for_keys", account=account)  # noqa: TRY400  # an alarm, not a bug
        raise KeysAway("微信支付平台证书暂时取不到") from error
    except BadSignature as error:
        log.warning("notice_refused", account=account, reason=error.reason.value)
        raise Forged("签名不对") from error
