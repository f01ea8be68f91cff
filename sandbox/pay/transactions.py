"""Order API of the mini-program: prepay, query, close; direct and partner merchants."""

import secrets
from typing import Any

from msgspec import UNSET

from sandbox.clock import epoch, instant
from sandbox.keys import Merchant
from sandbox.openids import belongs
from sandbox.pay import acts
from sandbox.pay.errors import PayError, invalid_request, param_error
from sandbox.pay.gate import PayRoute
from sandbox.pay.schemas import (
    DirectClose,
    DirectPrepay,
    PartnerClose,
    PartnerPrepay,
    check_notify_url,
    read,
)
from sandbox.pay.views import transaction
from sandbox.records import PAID, Order, Prepay, TradeState
from sandbox.web import Answer, Call
from sandbox.world import World

DAY_SECONDS = 86400
DEFAULT_LIFE_SECONDS = 7 * DAY_SECONDS
LONGEST_LIFE_DAYS = {"direct": 90, "partner": 15}
SHORTEST_LIFE_SECONDS = 60


def _check_merchant(world: World, merchant: Merchant, mchid: str, mode: str) -> None:
    if mchid not in world.keys.merchants:
        raise PayError(400, "MCH_NOT_EXISTS", "商户号不存在")
    if mchid != merchant.mchid or merchant.mode != mode:
        raise PayError(403, "NO_AUTH", "商户无此接口权限")


def _check_sub_merchant(merchant: Merchant, sub_mchid: str) -> None:
    if sub_mchid == merchant.mchid:
        raise param_error("/sub_mchid", "子商户mchid不能与自身mchid相同")
    if sub_mchid != merchant.sub_mchid:
        raise PayError(403, "NO_AUTH", "受理关系不存在")


def check_payer(openid: str, appid: str, field: str) -> None:
    if not belongs(openid, appid):
        raise param_error(f"/payer/{field}", f"无效的{field}")


def _direct(world: World, merchant: Merchant, call: Call) -> tuple[DirectPrepay, Order]:
    body = read(call, DirectPrepay)
    _check_merchant(world, merchant, body.mchid, "direct")
    if body.appid != merchant.appid:
        raise PayError(400, "APPID_MCHID_NOT_MATCH", "appid和mch_id不匹配")
    check_payer(body.payer.openid, body.appid, "openid")
    return body, Order(
        mchid=body.mchid,
        out_trade_no=body.out_trade_no,
        appid=body.appid,
        payer={"openid": body.payer.openid},
        request=call.json(),
        total_fen=body.amount.total,
        created_at=0,
        pay_until=0,
    )


def _partner(world: World, merchant: Merchant, call: Call) -> tuple[PartnerPrepay, Order]:
    body = read(call, PartnerPrepay)
    _check_merchant(world, merchant, body.sp_mchid, "partner")
    _check_sub_merchant(merchant, body.sub_mchid)
    if body.sp_appid != merchant.appid:
        raise PayError(400, "APPID_MCHID_NOT_MATCH", "sp_appid和sp_mchid不匹配")
    payer, appid = _partner_payer(world, body)
    return body, Order(
        mchid=body.sp_mchid,
        sub_mchid=body.sub_mchid,
        out_trade_no=body.out_trade_no,
        appid=appid,
        payer=payer,
        request=call.json(),
        total_fen=body.amount.total,
        created_at=0,
        pay_until=0,
    )


def _partner_payer(world: World, body: PartnerPrepay) -> tuple[dict[str, str], str]:
    """Return payer and appid: sp_openid in the partner's app, or sub_openid in the firm's."""
    sp_openid, sub_openid = body.payer.sp_openid, body.payer.sub_openid
    if (sp_openid is UNSET) == (sub_openid is UNSET):
        raise param_error("/payer", "sp_openid和sub_openid二选一")
    if isinstance(sp_openid, str):
        check_payer(sp_openid, body.sp_appid, "sp_openid")
        return {"sp_openid": sp_openid}, body.sp_appid
    if not isinstance(body.sub_appid, str):
        raise param_error("/sub_appid", "传sub_openid时sub_appid必填")
    if body.sub_appid not in world.keys.programs:
        raise PayError(400, "APPID_MCHID_NOT_MATCH", "sub_mch_id与sub_appid不匹配")
    check_payer(str(sub_openid), body.sub_appid, "sub_openid")
    return {"sub_openid": str(sub_openid)}, body.sub_appid


def end_of_payment(world: World, merchant: Merchant, time_expire: Any) -> float:
    now = world.clock.now()
    if time_expire is UNSET:
        return now + DEFAULT_LIFE_SECONDS
    try:
        until = epoch(time_expire)
    except ValueError as error:
        raise param_error("/time_expire", "time_expire格式不正确") from error
    if until < now + SHORTEST_LIFE_SECONDS:
        raise param_error("/time_expire", "time_expire距当前时间不足1分钟")
    if until > now + LONGEST_LIFE_DAYS[merchant.mode] * DAY_SECONDS:
        raise param_error("/time_expire", "time_expire超出允许的最长时间")
    return until


def check_again(world: World, old: Order, new: Order) -> None:
    """Repeat of a number: only for an unpaid order and with the same parameters."""
    if old.state in PAID:
        raise PayError(400, "ORDERPAID", "该订单已支付")
    if old.state == TradeState.CLOSED:
        raise PayError(400, "ORDER_CLOSED", "该订单已关闭")
    if old.request != new.request:
        raise invalid_request("请求重入时，参数与首次请求时不一致")
    if old.pay_until <= world.clock.now():
        raise invalid_request("订单已过有效期")


def new_prepay_id(at: float) -> str:
    return f"wx{instant(at):%d%H%M%S}{secrets.token_hex(13)}"


async def _prepay(
    world: World, merchant: Merchant, body: DirectPrepay | PartnerPrepay, order: Order
) -> Answer:
    check_notify_url(body.notify_url)
    now = world.clock.now()
    old = world.store.order(order.key)
    if old is not None:
        check_again(world, old, order)
        order = old
    else:
        order.created_at = now
        order.pay_until = end_of_payment(world, merchant, body.time_expire)
    prepay_id = new_prepay_id(now)
    order.prepay_ids.append(prepay_id)
    with world.store.together():
        world.store.orders.save(order.key, order)
        world.store.prepays.save(prepay_id, Prepay(order.key, now))
    await acts.pay_early(world, order)
    return Answer.json({"prepay_id": prepay_id})


async def prepay_direct(world: World, call: Call, merchant: Merchant) -> Answer:
    return await _prepay(world, merchant, *_direct(world, merchant, call))


async def prepay_partner(world: World, call: Call, merchant: Merchant) -> Answer:
    return await _prepay(world, merchant, *_partner(world, merchant, call))


def _check_owner_in_query(world: World, call: Call, merchant: Merchant) -> None:
    if "/partner/" in call.path:
        wanted = {"sp_mchid", "sub_mchid"}
        _check_merchant(world, merchant, call.query.get("sp_mchid", ""), "partner")
        _check_sub_merchant(merchant, call.query.get("sub_mchid", ""))
    else:
        wanted = {"mchid"}
        _check_merchant(world, merchant, call.query.get("mchid", ""), "direct")
    if call.query.keys() != wanted:
        raise param_error("/", f"参数应为{sorted(wanted)}", "query")


def order_of(world: World, merchant: Merchant, out_trade_no: str) -> Order:
    order = world.store.orders.get(f"{merchant.mchid}/{out_trade_no}")
    if order is None or order.combined:  # a part is asked for by the combined number only
        raise PayError(404, "ORDER_NOT_EXIST", "订单不存在")
    return order


async def query_by_number(world: World, call: Call, merchant: Merchant) -> Answer:
    _check_owner_in_query(world, call, merchant)
    return Answer.json(transaction(order_of(world, merchant, call.params["out_trade_no"])))


async def query_by_id(world: World, call: Call, merchant: Merchant) -> Answer:
    _check_owner_in_query(world, call, merchant)
    key = world.store.transactions.get(call.params["transaction_id"]) or ""
    order = world.store.orders.get(key)
    if order is None or order.mchid != merchant.mchid or order.combined:
        raise PayError(404, "ORDER_NOT_EXIST", "订单不存在")
    return Answer.json(transaction(order))


def _close(world: World, merchant: Merchant, out_trade_no: str) -> Answer:
    order = order_of(world, merchant, out_trade_no)
    if order.state in PAID:
        raise PayError(400, "ORDERPAID", "该订单已支付")
    if order.state == TradeState.USERPAYING:
        raise PayError(429, "FREQUENCY_LIMITED", "用户支付中，请稍后再试")
    order.state = TradeState.CLOSED
    world.store.orders.save(order.key, order)
    return Answer(204)


async def close_direct(world: World, call: Call, merchant: Merchant) -> Answer:
    _check_merchant(world, merchant, read(call, DirectClose).mchid, "direct")
    return _close(world, merchant, call.params["out_trade_no"])


async def close_partner(world: World, call: Call, merchant: Merchant) -> Answer:
    body = read(call, PartnerClose)
    _check_merchant(world, merchant, body.sp_mchid, "partner")
    _check_sub_merchant(merchant, body.sub_mchid)
    return _close(world, merchant, call.params["out_trade_no"])


DIRECT = "/v3/pay/transactions"
PARTNER = "/v3/pay/partner/transactions"
ROUTES = [
    ("POST", f"{DIRECT}/jsapi", PayRoute(prepay_direct)),
    ("GET", f"{DIRECT}/out-trade-no/{{out_trade_no}}", PayRoute(query_by_number)),
    ("GET", f"{DIRECT}/id/{{transaction_id}}", PayRoute(query_by_id)),
    ("POST", f"{DIRECT}/out-trade-no/{{out_trade_no}}/close", PayRoute(close_direct)),
    ("POST", f"{PARTNER}/jsapi", PayRoute(prepay_partner)),
    ("GET", f"{PARTNER}/out-trade-no/{{out_trade_no}}", PayRoute(query_by_number)),
    ("GET", f"{PARTNER}/id/{{transaction_id}}", PayRoute(query_by_id)),
    ("POST", f"{PARTNER}/out-trade-no/{{out_trade_no}}/close", PayRoute(close_partner)),
]
