"""Shipping info API (发货信息管理): payments of a trade-managed mini-program wait for it."""

from datetime import datetime
from typing import Any

from msgspec import field

from sandbox.keys import MiniProgram
from sandbox.mini_program.errors import MiniError
from sandbox.mini_program.gate import Body, MiniRoute, by_token, ok, read
from sandbox.records import PAID
from sandbox.web import Answer, Call
from sandbox.world import World

BY_TRANSACTION = 2
LOGISTICS = (1, 2, 3, 4)
DELIVERIES = (1, 2)


class ManagedBody(Body):
    appid: str = ""


class ShippingBody(Body):
    order_key: dict[str, Any] = field(default_factory=dict)
    logistics_type: int = 0
    delivery_mode: int = 0
    shipping_list: list[dict[str, Any]] = field(default_factory=list)
    upload_time: str = ""
    payer: dict[str, str] = field(default_factory=dict)


async def is_trade_managed(world: World, call: Call, app: MiniProgram) -> Answer:
    if read(call, ManagedBody).appid != app.appid:
        raise MiniError(40013)
    return ok(is_trade_managed=world.settings.trade_managed)


def _check(body: ShippingBody) -> None:
    """Refuse what WeChat refuses: it names the field."""
    wrong = {
        "order_number_type": body.order_key.get("order_number_type") != BY_TRANSACTION,
        "logistics_type": body.logistics_type not in LOGISTICS,
        "delivery_mode": body.delivery_mode not in DELIVERIES,
        "shipping_list": not body.shipping_list
        or not all(each.get("item_desc") for each in body.shipping_list),
        "upload_time": not _is_instant(body.upload_time),
    }
    if named := [name for name, is_wrong in wrong.items() if is_wrong]:
        raise MiniError(47001, f"data format error hint: [{named[0]}]")


def _is_instant(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


async def upload(world: World, call: Call, app: MiniProgram) -> Answer:
    body = read(call, ShippingBody)
    _check(body)
    number = str(body.order_key.get("transaction_id", ""))
    key = world.store.transactions.get(number)
    order = world.store.orders.get(key) if key else None
    if order is None or order.state not in PAID or order.appid != app.appid:
        raise MiniError(10060001)
    if body.payer.get("openid") != order.openid:
        raise MiniError(40003)
    if order.shipped_at:
        raise MiniError(10060002)
    order.shipped_at = world.clock.now()
    world.store.orders.save(order.key, order)
    return ok()


ROUTES = [
    ("POST", "/wxa/sec/order/is_trade_managed", MiniRoute(by_token, is_trade_managed)),
    ("POST", "/wxa/sec/order/upload_shipping_info", MiniRoute(by_token, upload)),
]
