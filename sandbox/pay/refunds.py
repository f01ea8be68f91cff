"""Refund API: acceptance, conclusion, limits, notices."""

import base64
import secrets
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from msgspec import UNSET

from sandbox.clock import instant
from sandbox.keys import Merchant
from sandbox.pay import balance, notices
from sandbox.pay.errors import PayError, invalid_request, param_error
from sandbox.pay.gate import PayRoute
from sandbox.pay.notices import GENUINE, Craft
from sandbox.pay.schemas import AbnormalRefund, RefundRequest, check_notify_url, read
from sandbox.pay.signatures import kind_asked_for, signing_key
from sandbox.pay.views import refund_in_notice, refund_view
from sandbox.records import PAID, Job, Order, Refund, RefundStatus, TradeState
from sandbox.web import Answer, Call
from sandbox.world import World

KIND = "refund"
MOST_PARTS = 50
APART_SECONDS = 60
LAST_DAY_SECONDS = 365 * 86400
SUMMARIES = {
    RefundStatus.SUCCESS: "退款成功",
    RefundStatus.ABNORMAL: "退款异常",
    RefundStatus.CLOSED: "退款关闭",
}


def _check_sub_merchant(merchant: Merchant, sub_mchid: Any) -> None:
    if merchant.mode == "direct":
        if sub_mchid is not UNSET and sub_mchid is not None:
            raise param_error("/sub_mchid", "参数中含有非法的额外参数")
    elif not sub_mchid or sub_mchid is UNSET:
        raise param_error("/sub_mchid", "sub_mchid必填")
    elif sub_mchid != merchant.sub_mchid:
        raise PayError(403, "NO_AUTH", "受理关系不存在")


def _order(world: World, merchant: Merchant, body: RefundRequest) -> Order:
    if isinstance(body.transaction_id, str):
        key = world.store.transactions.get(body.transaction_id) or ""
    elif isinstance(body.out_trade_no, str):
        key = f"{merchant.mchid}/{body.out_trade_no}"
    else:
        raise param_error("/transaction_id", "transaction_id和out_trade_no二选一")
    order = world.store.orders.get(key)
    if order is None or order.mchid != merchant.mchid or order.state not in PAID:
        raise PayError(404, "RESOURCE_NOT_EXISTS", "订单不存在或未支付")
    return order


def parts_of(world: World, order: Order) -> list[Refund]:
    """Return how much of an order has been or will be refunded."""
    rows = world.store.refunds.rows
    refunds = [rows[f"{order.mchid}/{number}"] for number in order.refund_nos]
    return [refund for refund in refunds if refund.status != RefundStatus.CLOSED]


def _check(world: World, order: Order, body: RefundRequest) -> None:
    now, parts = world.clock.now(), parts_of(world, order)
    if body.amount.total != order.total_fen:
        raise param_error("/amount/total", "订单金额与原订单不一致")
    if sum(part.refund_fen for part in parts) + body.amount.refund > order.total_fen:
        raise invalid_request("申请退款金额大于订单可退金额")
    if len(parts) >= MOST_PARTS:
        raise invalid_request("同一订单最多支持50次部分退款")
    if now - order.paid_at > LAST_DAY_SECONDS:
        raise invalid_request("订单已超过可退款期限")
    if any(now - part.created_at < APART_SECONDS for part in parts):
        raise PayError(429, "FREQUENCY_LIMITED", "同一订单两次退款需间隔1分钟")


async def apply(world: World, call: Call, merchant: Merchant) -> Answer:
    body = read(call, RefundRequest)
    _check_sub_merchant(merchant, body.sub_mchid)
    if isinstance(body.notify_url, str):
        check_notify_url(body.notify_url)
    old = world.store.refunds.get(f"{merchant.mchid}/{body.out_refund_no}")
    if old is not None:
        if old.request != call.json():
            raise invalid_request("请求重入时，参数与首次请求时不一致")
        return Answer.json(refund_view(world.store, old))
    order = _order(world, merchant, body)
    _check(world, order, body)
    balance.check(world, merchant, body.amount.refund)
    with world.store.together():
        refund, job = _accept(world, order, body, call.json())
    accepted = Answer.json(refund_view(world.store, refund))
    if job is not None and world.settings.refunds.after_seconds == 0:
        await world.schedule.perform(job)  # the notice overtakes the answer
    return accepted


def _accept(
    world: World, order: Order, body: RefundRequest, request: dict[str, Any]
) -> tuple[Refund, Job | None]:
    now, plan = world.clock.now(), world.settings.refunds
    tail = "".join(secrets.choice("0123456789") for _ in range(14))
    refund = Refund(
        mchid=order.mchid,
        out_refund_no=body.out_refund_no,
        refund_id=f"503000{instant(now):%Y%m%d}{tail}",
        order_key=order.key,
        request=request,
        refund_fen=body.amount.refund,
        created_at=now,
    )
    balance.change(world, order.mchid, -refund.refund_fen)
    order.refund_nos.append(refund.out_refund_no)
    order.state = TradeState.REFUND
    world.store.refunds.save(refund.key, refund)
    world.store.orders.save(order.key, order)
    return refund, schedule_outcome(world, refund, plan.outcome)


def schedule_outcome(world: World, refund: Refund, outcome: RefundStatus) -> Job | None:
    """Schedule the conclusion of a refund; None: PROCESSING until a test settles it."""
    if outcome == RefundStatus.PROCESSING:
        return None
    plan, data = world.settings.refunds, {"key": refund.key, "outcome": outcome}
    due = world.clock.now() + plan.after_seconds
    return world.schedule.add(KIND, data | {"notify": plan.notify}, due)


async def conclude(world: World, job: Job) -> None:
    refund = world.store.refunds.rows[job.data["key"]]
    if refund.status == RefundStatus.PROCESSING:
        outcome = RefundStatus(job.data["outcome"])
        await settle(world, refund, outcome, notify=job.data["notify"])


async def settle(
    world: World, refund: Refund, status: RefundStatus, *, notify: bool, craft: Craft = GENUINE
) -> list[dict[str, Any]]:
    """Conclude a refund, and notify the merchant when a notify_url was given."""
    order, job = world.store.orders.rows[refund.order_key], None
    with world.store.together():
        refund.status, refund.settled_at = status, world.clock.now()
        world.store.refunds.save(refund.key, refund)
        if status == RefundStatus.CLOSED:
            balance.change(world, order.mchid, refund.refund_fen)
            if not parts_of(world, order):
                order.state = TradeState.SUCCESS
                world.store.orders.save(order.key, order)
        if notify and status in SUMMARIES and "notify_url" in refund.request:
            job = notices.enqueue(world, notice_event(world, refund), craft)
    if job is None:
        return []
    await world.schedule.perform(job)
    return [job.met]


def notice_event(world: World, refund: Refund) -> dict[str, Any]:
    order = world.store.orders.rows[refund.order_key]
    event = notices.event(world, f"REFUND.{refund.status}", SUMMARIES.get(refund.status, ""))
    return {
        "mchid": order.mchid,
        "url": refund.request.get("notify_url", ""),
        "original_type": "refund",
        "event": event,
        "plain": refund_in_notice(order, refund),
    }


async def query(world: World, call: Call, merchant: Merchant) -> Answer:
    _check_sub_merchant(merchant, call.query.get("sub_mchid"))
    refund = world.store.refunds.get(f"{merchant.mchid}/{call.params['out_refund_no']}")
    if refund is None:
        raise PayError(404, "RESOURCE_NOT_EXISTS", "退款单不存在")
    return Answer.json(refund_view(world.store, refund))


def _check_sealed(world: World, call: Call, merchant: Merchant, name: str, value: Any) -> None:
    """Check that a field is encrypted to the key named by Wechatpay-Serial."""
    kind = kind_asked_for(world, merchant, call.headers.get("Wechatpay-Serial", ""))
    _, key = signing_key(world, merchant, kind)
    oaep = padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)  # noqa: S303 - the protocol
    try:
        key.decrypt(base64.b64decode(value, validate=True), oaep)
    except (ValueError, TypeError) as error:
        raise param_error(f"/{name}", "敏感信息解密失败") from error


async def apply_abnormal(world: World, call: Call, merchant: Merchant) -> Answer:
    """Send the money of an ABNORMAL refund to another card."""
    body = read(call, AbnormalRefund)
    _check_sub_merchant(merchant, body.sub_mchid)
    refund = world.store.refunds.get(f"{merchant.mchid}/{body.out_refund_no}")
    if refund is None or refund.refund_id != call.params["refund_id"]:
        raise PayError(404, "RESOURCE_NOT_EXISTS", "退款单不存在")
    if refund.status != RefundStatus.ABNORMAL:
        raise invalid_request("退款单状态不是退款异常")
    if body.type == "USER_BANK_CARD":
        for name in ("bank_account", "real_name"):
            _check_sealed(world, call, merchant, name, getattr(body, name))
    with world.store.together():
        refund.status, refund.abnormal_applied = RefundStatus.PROCESSING, True
        world.store.refunds.save(refund.key, refund)
        schedule_outcome(world, refund, RefundStatus.SUCCESS)
    return Answer.json(refund_view(world.store, refund))


ROOT = "/v3/refund/domestic/refunds"
ROUTES = [
    ("POST", ROOT, PayRoute(apply)),
    ("GET", f"{ROOT}/{{out_refund_no}}", PayRoute(query)),
    ("POST", f"{ROOT}/{{refund_id}}/apply-abnormal-refund", PayRoute(apply_abnormal)),
]
