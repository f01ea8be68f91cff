"""Control API of payments: users who pay, crafted notices, replays."""

from typing import Any

import msgspec

from sandbox.clock import rfc3339
from sandbox.control.gate import Refused, Wish, find_order, program, read
from sandbox.control.users import user_of
from sandbox.openids import openid_of
from sandbox.pay import acts, notices
from sandbox.pay.acts import CannotPay, Notify, Payment
from sandbox.pay.notices import GENUINE, Craft
from sandbox.pay.views import transaction
from sandbox.records import Order, TradeState
from sandbox.web import Answer, Call
from sandbox.world import World


class PayWish(Wish):
    """Body of a payment: a prepay_id, or all of wx.requestPayment with a checked paySign."""

    prepay_id: str = ""
    package: str = ""
    timeStamp: str = ""  # noqa: N815 - WeChat's spelling
    nonceStr: str = ""  # noqa: N815
    signType: str = ""  # noqa: N815
    paySign: str = ""  # noqa: N815
    appId: str = ""  # noqa: N815
    app: str = "mini_program"
    cancel: bool = False
    slow: bool = False
    notify: Notify = True
    notify_fault: Craft = GENUINE


class FinishWish(Wish):
    out_trade_no: str
    mchid: str = ""
    cancel: bool = False
    notify: Notify = True
    notify_fault: Craft = GENUINE


class NotifyWish(Craft, kw_only=True, frozen=True, forbid_unknown_fields=True):
    out_trade_no: str
    mchid: str = ""
    url: str = ""
    signed_by: str = ""  # the mchid whose keys are used instead of the order's own


class ReplayWish(Wish):
    n: int = 0  # of a journal entry: the same bytes once more; 0: the latest delivery


def _order(world: World, wish: PayWish) -> Order:
    prepay_id = wish.prepay_id or wish.package.removeprefix("prepay_id=")
    order = acts.order_of_prepay(world, prepay_id)
    if wish.package:
        names = ("timeStamp", "nonceStr", "package", "signType", "paySign", "appId")
        params = {name: getattr(wish, name) for name in names}
        acts.check_pay_sign(world, order, params)
    return order


async def pay(world: World, call: Call) -> Answer:
    """Pay as a user: "ok", "cancel", "fail" or "paying", after the first deliveries."""
    wish = read(call, PayWish)
    user = user_of(world, call.params["name"], program(world, wish.app))
    payment = Payment(notify=wish.notify, notify_fault=wish.notify_fault)
    if wish.notify == "early" and not (wish.prepay_id or wish.package):
        announced = msgspec.json.encode(payment).decode()
        world.store.early_payers.save(user.openid, announced)
        return Answer.json({"result": "announced"})
    try:
        order = _order(world, wish)
        acts.check_payable(world, order, user.openid)
    except CannotPay as error:
        return Answer.json({"result": "fail", "reason": str(error)})
    if wish.cancel:
        return Answer.json({"result": "cancel", "out_trade_no": order.out_trade_no})
    if wish.slow:
        acts.begin(world, order)
        return Answer.json({"result": "paying", "out_trade_no": order.out_trade_no})
    return await _paid(world, order, payment)


async def _paid(world: World, order: Order, payment: Payment) -> Answer:
    sent = await acts.finish(world, order, payment)
    return Answer.json(
        {
            "result": "ok",
            "out_trade_no": order.out_trade_no,
            "transaction_id": order.transaction_id,
            "notices": sent,
        }
    )


async def finish_payment(world: World, call: Call) -> Answer:
    """Finish a begun payment; possible after time_expire, not after a close."""
    wish = read(call, FinishWish)
    order = find_order(world, wish.out_trade_no, wish.mchid)
    if order.openid not in {openid_of(a, call.params["name"]) for a in world.keys.programs}:
        raise Refused("another user is paying this order")
    if order.state != TradeState.USERPAYING:
        raise Refused(f"the order is {order.state}, nobody is typing a password")
    if wish.cancel:
        acts.cancel(world, order)
        return Answer.json({"result": "cancel", "out_trade_no": order.out_trade_no})
    return await _paid(
        world, order, Payment(notify=wish.notify, notify_fault=wish.notify_fault)
    )


async def show_order(world: World, call: Call) -> Answer:
    number, mchid = call.params["out_trade_no"], call.query.get("mchid", "")
    order = find_order(world, number, mchid)
    return Answer.json(
        {
            **transaction(order),
            "mchid": order.mchid,
            "created_at": rfc3339(order.created_at),
            "pay_until": rfc3339(order.pay_until),
            "request": order.request,
            "prepay_ids": order.prepay_ids,
            "refund_nos": order.refund_nos,
            "combined_no": order.combined.partition("/")[2],  # of the whole, for a part
        }
    )


async def notify(world: World, call: Call) -> Answer:
    """Send one crafted notice now, outside of the retry plan."""
    wish = read(call, NotifyWish)
    data = _event_to_send(world, wish)
    names = Craft.__struct_fields__
    reply = await notices.send(world, data, Craft(**{n: getattr(wish, n) for n in names}))
    return Answer.json({"status": reply.status, "body": reply.text})


def _event_to_send(world: World, wish: NotifyWish) -> dict[str, Any]:
    if wish.signed_by and wish.signed_by not in world.keys.merchants:
        raise Refused(f"no merchant {wish.signed_by!r}")
    order = find_order(world, wish.out_trade_no, wish.mchid)
    data = notices.payment_event(world, order)
    return data | {"url": wish.url or data["url"], "mchid": wish.signed_by or order.mchid}


async def replay(world: World, call: Call) -> Answer:
    """Send an earlier delivery again, byte for byte, with its old timestamp."""
    number = read(call, ReplayWish).n
    entry = world.journal.find(number) if number else world.journal.latest("out")
    if entry is None or entry.direction != "out":
        raise Refused("no such delivery in the journal")
    reply = await world.outbound.send(
        entry.url,
        entry.body,
        dict(entry.headers),
        timeout_seconds=world.settings.notify_timeout_seconds,
        fault="replay",
    )
    return Answer.json({"status": reply.status, "body": reply.text})


ROUTES = [
    ("POST", "/__ctl/users/{name}/pay", pay),
    ("POST", "/__ctl/users/{name}/finish-payment", finish_payment),
    ("GET", "/__ctl/orders/{out_trade_no}", show_order),
    ("POST", "/__ctl/notify", notify),
    ("POST", "/__ctl/replay", replay),
]
