"""Trade-managed mini-programs: money stays frozen until shipping is reported."""

from typing import Any

from msgspec import UNSET, UnsetType

from sandbox.keys import MiniProgram
from sandbox.mini_program.errors import MiniError
from sandbox.mini_program.gate import Body, MiniRoute, by_token, ok, read
from sandbox.records import PAID, Order
from sandbox.web import Answer, Call
from sandbox.world import World

BY_TRANSACTION_ID = 2


class OrderKey(Body):
    order_number_type: int
    transaction_id: str | UnsetType = UNSET
    mchid: str | UnsetType = UNSET
    out_trade_no: str | UnsetType = UNSET


class Shipping(Body):
    item_desc: str


class Payer(Body):
    openid: str


class ShippingBody(Body):
    order_key: OrderKey
    logistics_type: int
    delivery_mode: int
    shipping_list: list[Shipping]
    upload_time: str
    payer: Payer


class ManagedBody(Body):
    appid: str


def _order(world: World, key: OrderKey) -> Order:
    order_key: Any = f"{key.mchid}/{key.out_trade_no}"
    if key.order_number_type == BY_TRANSACTION_ID:
        order_key = world.store.transactions.get(str(key.transaction_id))
    order = world.store.orders.get(order_key or "")
    if order is None or order.state not in PAID:
        raise MiniError(10060001, "支付单不存在")
    return order


async def is_trade_managed(world: World, call: Call, app: MiniProgram) -> Answer:
    if read(call, ManagedBody).appid != app.appid:
        raise MiniError(40013)
    return ok(is_trade_managed=world.settings.trade_managed)


async def upload_shipping(world: World, call: Call, _app: MiniProgram) -> Answer:
    body = read(call, ShippingBody)
    order = _order(world, body.order_key)
    if order.openid != body.payer.openid:
        raise MiniError(10060004, "支付单与付款人不一致")
    if not body.shipping_list or body.delivery_mode not in (1, 2):
        raise MiniError(10060012, "发货信息不正确")
    return ok()


async def clear_quota(_world: World, _call: Call, _app: MiniProgram) -> Answer:
    return ok()


ROUTES = [
    ("POST", "/wxa/sec/order/is_trade_managed", MiniRoute(by_token, is_trade_managed)),
    ("POST", "/wxa/sec/order/upload_shipping_info", MiniRoute(by_token, upload_shipping)),
    ("POST", "/cgi-bin/clear_quota", MiniRoute(by_token, clear_quota)),
]
