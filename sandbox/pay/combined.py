"""Combined order API: one payment to several merchants, all of it or nothing.

pay.weixin.qq.com/docs/merchant/apis/combine-payment: order, query, close. A
part is refunded and billed like an order of its own merchant, but asked for and closed by the
combined number only.
"""

from typing import Any, Final

from msgspec import UNSET

from sandbox.keys import Merchant
from sandbox.pay import acts
from sandbox.pay.errors import PayError, invalid_request, param_error
from sandbox.pay.gate import PayRoute
from sandbox.pay.schemas import (
    CombinedClose,
    CombinedPart,
    CombinedPrepay,
    check_notify_url,
    read,
)
from sandbox.pay.transactions import check_again, check_payer, end_of_payment, new_prepay_id
from sandbox.pay.views import combined
from sandbox.records import PAID, Order, Prepay, TradeState
from sandbox.web import Answer, Call
from sandbox.world import World

FEWEST: Final = {"direct": 2, "partner": 1}
MOST: Final = {"direct": 10, "partner": 50}


def _check_right(world: World, merchant: Merchant) -> None:
    if not world.merchant_settings(merchant).combines:
        raise PayError(403, "NO_AUTH", "商户未开通此产品权限")


def _check_part(world: World, merchant: Merchant, part: CombinedPart) -> None:
    """Check who is paid: another direct merchant, or one of the partner's."""
    payee = world.keys.merchants.get(part.mchid)
    if payee is None:
        raise PayError(400, "MCH_NOT_EXISTS", "商户号不存在")
    if payee.mode != merchant.mode or (merchant.mode == "partner" and payee != merchant):
        raise PayError(403, "NO_AUTH", "子单商户无合单权限")
    if payee.appid != merchant.appid:
        raise PayError(400, "APPID_MCHID_NOT_MATCH", "appid和mch_id不匹配")
    if merchant.mode == "direct" and part.sub_mchid is not UNSET:
        raise param_error("/sub_orders/sub_mchid", "参数中含有非法的额外参数")
    if merchant.mode == "partner" and part.sub_mchid != merchant.sub_mchid:
        raise PayError(403, "NO_AUTH", "受理关系不存在")
    _check_right(world, payee)


def _check(world: World, merchant: Merchant, body: CombinedPrepay) -> None:
    if body.combine_mchid != merchant.mchid:
        raise PayError(403, "NO_AUTH", "商户无此接口权限")
    if body.combine_appid != merchant.appid:
        raise PayError(400, "APPID_MCHID_NOT_MATCH", "appid和mch_id不匹配")
    if not FEWEST[merchant.mode] <= len(body.sub_orders) <= MOST[merchant.mode]:
        raise param_error("/sub_orders", "子单数量不正确")
    numbers = {(part.mchid, part.out_trade_no) for part in body.sub_orders}
    if len(numbers) < len(body.sub_orders):
        raise PayError(403, "OUT_TRADE_NO_USED", "商户订单号重复")
    check_payer(body.combine_payer_info.openid, body.combine_appid, "openid")
    check_notify_url(body.notify_url)
    for part in body.sub_orders:
        _check_part(world, merchant, part)


def _order(body: CombinedPrepay, request: dict[str, Any]) -> Order:
    return Order(
        mchid=body.combine_mchid,
        out_trade_no=body.combine_out_trade_no,
        appid=body.combine_appid,
        payer={"openid": body.combine_payer_info.openid},
        request=request,
        total_fen=sum(part.amount.total_amount for part in body.sub_orders),
        created_at=0,
        pay_until=0,
        parts=[f"{part.mchid}/{part.out_trade_no}" for part in body.sub_orders],
    )


def _parts(order: Order, body: CombinedPrepay) -> list[Order]:
    return [
        Order(
            mchid=part.mchid,
            sub_mchid=part.sub_mchid if isinstance(part.sub_mchid, str) else "",
            out_trade_no=part.out_trade_no,
            appid=order.appid,
            payer=order.payer,
            request=request,
            total_fen=part.amount.total_amount,
            created_at=order.created_at,
            pay_until=order.pay_until,
            combined=order.key,
        )
        for part, request in zip(body.sub_orders, order.request["sub_orders"], strict=True)
    ]


async def prepay(world: World, call: Call, merchant: Merchant) -> Answer:
    _check_right(world, merchant)
    body = read(call, CombinedPrepay)
    _check(world, merchant, body)
    order, now = _order(body, call.json()), world.clock.now()
    old, parts = world.store.order(order.key), []
    if old is not None:
        check_again(world, old, order)
        order = old
    else:
        order.created_at = now
        order.pay_until = end_of_payment(world, merchant, body.time_expire)
        parts = _parts(order, body)
        if any(world.store.order(part.key) for part in parts):
            raise PayError(403, "OUT_TRADE_NO_USED", "商户订单号重复")
    prepay_id = new_prepay_id(now)
    order.prepay_ids.append(prepay_id)
    with world.store.together():
        for part in parts:
            world.store.orders.save(part.key, part)
        world.store.combined.save(order.key, order)
        world.store.prepays.save(prepay_id, Prepay(order.key, now))
    await acts.pay_early(world, order)
    return Answer.json({"prepay_id": prepay_id})


def _found(world: World, call: Call, merchant: Merchant) -> Order:
    order = world.store.combined.get(f"{merchant.mchid}/{call.params['number']}")
    if order is None:
        raise PayError(404, "ORDER_NOT_EXIST", "订单不存在")
    return order


async def query(world: World, call: Call, merchant: Merchant) -> Answer:
    return Answer.json(combined(world.store, _found(world, call, merchant)))


async def close(world: World, call: Call, merchant: Merchant) -> Answer:
    """Close all of it: part of it cannot be closed."""
    body, order = read(call, CombinedClose), _found(world, call, merchant)
    named = [f"{part.mchid}/{part.out_trade_no}" for part in body.sub_orders]
    if body.combine_appid != order.appid or sorted(named) != sorted(order.parts):
        raise invalid_request("请求关单的子单信息与下单时的子单信息不一致")
    if order.state in PAID:
        raise PayError(400, "ORDERPAID", "该订单已支付")
    if order.state == TradeState.USERPAYING:
        raise PayError(202, "USERPAYING", "用户支付中，需要输入密码")
    world.store.move(order, TradeState.CLOSED)
    return Answer(204)


COMBINED = "/v3/combine-transactions"
ROUTES = [
    ("POST", f"{COMBINED}/jsapi", PayRoute(prepay)),
    ("GET", f"{COMBINED}/out-trade-no/{{number}}", PayRoute(query)),
    ("POST", f"{COMBINED}/out-trade-no/{{number}}/close", PayRoute(close)),
]
