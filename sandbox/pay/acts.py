"""Actions of a payer: pay, cancel, type the password slowly."""

import asyncio
import secrets
from typing import Any, Literal

import msgspec

from sandbox.clock import instant
from sandbox.pay import balance, notices
from sandbox.pay.notices import GENUINE, Craft
from sandbox.pay.signatures import verify
from sandbox.records import PAID, Order, TradeState
from sandbox.world import World

PREPAY_LIFE_SECONDS = 2 * 3600
Notify = Literal["twice", "simultaneous", "early"] | bool


class CannotPay(Exception):
    """Failure of wx.requestPayment, as the client shows it."""


class Payment(msgspec.Struct, kw_only=True):
    """How a user pays, and how the notice is delivered."""

    notify: Notify = True
    notify_fault: Craft = GENUINE


def new_transaction_id(at: float) -> str:
    tail = "".join(secrets.choice("0123456789") for _ in range(14))
    return f"420000{instant(at):%Y%m%d}{tail}"


def order_of_prepay(world: World, prepay_id: str) -> Order:
    prepay = world.store.prepays.get(prepay_id)
    if prepay is None:
        raise CannotPay("prepay_id不存在")
    if world.clock.now() - prepay.issued_at >= PREPAY_LIFE_SECONDS:
        raise CannotPay("prepay_id已过期")
    order = world.store.order(prepay.order_key)
    if order is None:
        raise CannotPay("prepay_id不存在")
    return order


def check_pay_sign(world: World, order: Order, params: dict[str, str]) -> None:
    """Refuse a wx.requestPayment whose paySign is not the merchant's, as the client does."""
    appid = params.get("appId") or order.appid
    fields = [params.get(name, "") for name in ("timeStamp", "nonceStr", "package")]
    message = "".join(f"{value}\n" for value in (appid, *fields)).encode()
    merchant = world.keys.merchants[order.mchid]
    if params.get("signType") != "RSA" or not fields[0].isdecimal():
        raise CannotPay("支付参数格式不正确")
    if appid != order.appid or not verify(world, merchant, message, params.get("paySign", "")):
        raise CannotPay("支付验证签名失败")


def check_payable(world: World, order: Order, openid: str) -> None:
    if order.openid != openid:
        raise CannotPay("当前支付用户与下单用户不一致")
    if order.state in PAID:
        raise CannotPay("该订单已支付")
    if order.state == TradeState.CLOSED:
        raise CannotPay("该订单已关闭")
    if order.pay_until <= world.clock.now():
        raise CannotPay("订单已过有效期")


def begin(world: World, order: Order) -> None:
    """Begin a payment: the password is being typed."""
    world.store.move(order, TradeState.USERPAYING)


def cancel(world: World, order: Order) -> None:
    world.store.move(order, TradeState.NOTPAY)


async def finish(world: World, order: Order, payment: Payment) -> list[dict[str, Any]]:
    """Take the money and notify; return the outcome of the first deliveries."""
    copies = {False: 0, "simultaneous": 2}.get(payment.notify, 1)
    with world.store.together():
        for part in world.store.parts(order):
            part.paid_at = world.clock.now()
            part.transaction_id = new_transaction_id(part.paid_at)
            balance.change(world, part.mchid, part.total_fen)
            world.store.transactions.save(part.transaction_id, part.key)
        world.store.move(order, TradeState.SUCCESS)
        event = notices.payment_event(world, order)
        fault = payment.notify_fault
        jobs = [notices.enqueue(world, dict(event), fault) for _ in range(copies)]
    await asyncio.gather(*(world.schedule.perform(job) for job in jobs))
    if payment.notify == "twice":
        jobs.append(notices.enqueue(world, dict(event), fault))
        await world.schedule.perform(jobs[-1])
    return [job.met for job in jobs]


async def pay_early(world: World, order: Order) -> None:
    """Pay and notify before the prepay call is answered, for an announced payer."""
    announced = world.store.early_payers.get(order.openid)
    if announced is not None:
        world.store.early_payers.remove(order.openid)
        await finish(world, order, msgspec.json.decode(announced, type=Payment))
