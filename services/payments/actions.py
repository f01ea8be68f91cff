"""What a person does about money: pay bills together, look, keep the receipt."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import msgspec
from pymongo.errors import DuplicateKeyError

from services.audit import actions as audit
from services.audit.models import Act
from services.bills import actions as bills_actions
from services.bills.models import Bill
from services.bills.states import BillState
from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.kernel import errors
from services.kernel.permissions import Actor
from services.payments import orders, store, views
from services.payments import refusals as payments_refusals
from services.payments.discrepancies import actions as discrepancies
from services.payments.discrepancies import store as discrepancies_store
from services.payments.models import Pay, Payment, PaymentOrder, PaymentView
from services.payments.receipts import store as receipts_store
from services.payments.receipts.models import ReceiptView
from services.payments.refunds import store as refunds_store
from services.payments.refusals import BillAlreadyPaid, DifferentPayees, PaymentInProgress
from services.payments.states import UNSETTLED, PaymentState
from services.people import actions as people
from services.wechat.errors import PayError, PayReaction

# An order about to end is closed and made anew rather than handed out again.
TOO_LATE_TO_REUSE: Final = timedelta(minutes=2)
ASK_AT_MOST_EVERY: Final = timedelta(seconds=3)


async def pay(deps: Dependencies, actor: Actor, request: Pay) -> PaymentOrder:
    """Make one WeChat order for several bills of one payee, or hand out the open one again."""
    bills = await bills_actions.access(deps, actor, list(dict.fromkeys(request.bill_ids)))
    require_payable(bills)
    held = await _free_the_bills(deps, actor, bills)
    payment = await _prepare(deps, held or await _create(deps, actor, bills))
    if payment.state is PaymentState.PAID:
        raise BillAlreadyPaid("这些账单已经缴过了", payment_id=payment.id)
    if payment.state is not PaymentState.PREPAID or payment.prepay_id is None:
        raise PaymentInProgress("请刷新后再试一次", retry_after_seconds=3)
    if held:
        again = {"place": held.place, "subject": held.id}
        await audit.record_again(deps, actor, Act.PAYMENT_ORDERED, **again)
    return views.order_view(deps, payment, payment.prepay_id)


async def _prepare(deps: Dependencies, payment: Payment) -> Payment:
    try:
        return await orders.prepare(deps, payment)
    except PayError as error:
        if error.reaction not in {PayReaction.ORDER_PAID, PayReaction.ORDER_CLOSED}:
            raise payments_refusals.refusal(error, payment) from error
        try:
            return await orders.settle(deps, payment)
        except PayError:
            raise payments_refusals.refusal(error, payment) from error


def require_payable(bills: Sequence[Bill]) -> None:
    if any(bill.state is not BillState.OWING for bill in bills):
        raise BillAlreadyPaid("有账单已经缴过或作废,请刷新后再试")
    if len({bill.account for bill in bills}) > 1:
        raise DifferentPayees("物业费和垃圾费收款单位不同,请分开支付")


async def _free_the_bills(
    deps: Dependencies, actor: Actor, bills: Sequence[Bill]
) -> Payment | None:
    """Return the actor's own open order for exactly these bills, or close what is in the way.

    Two phones could hold two orders: the old ones are closed at WeChat before a new one exists,
    all at once, because somebody is waiting.
    """
    wanted = {bill.id for bill in bills}
    in_the_way = await store.open_orders(deps.db, [bill.id for bill in bills])
    for payment in in_the_way:
        if payment.state is PaymentState.SUSPENDED:
            raise PaymentInProgress("这笔账单的付款正在核对,请联系物业或社区")
        fresh = payment.expires_at - deps.now() > TOO_LATE_TO_REUSE
        if payment.person == actor.person_id and set(payment.bill_ids) == wanted and fresh:
            return payment
    closing = [_supersede(deps, actor, payment) for payment in in_the_way]
    refusals = [r for r in await asyncio.gather(*closing, return_exceptions=True) if r]
    if refusals:
        raise refusals[0]
    return None


async def _supersede(deps: Dependencies, actor: Actor, payment: Payment) -> None:
    try:
        payment = await orders.close(deps, payment, because="superseded")
    except PayError as error:
        raise PaymentInProgress(
            "这笔账单正在支付中,请稍后再试", retry_after_seconds=10
        ) from error
    if payment.state is PaymentState.PAID:
        mine = {"payment_id": payment.id} if payment.person == actor.person_id else {}
        raise BillAlreadyPaid("这些账单刚刚缴过了", **mine)
    if orders.is_open(payment):
        raise PaymentInProgress("这笔账单正在支付中,请稍后再试", retry_after_seconds=10)


async def _create(deps: Dependencies, actor: Actor, bills: Sequence[Bill]) -> Payment:
    """Write the order down, with the exact request, before WeChat hears of it."""
    payment = await orders.draft(deps, actor, bills)

    async def work(tx: Transaction) -> None:
        await people.require_open(deps, tx, actor.person_id)
        if not await bills_actions.hold(deps, tx, payment.bill_ids):
            raise BillAlreadyPaid("有账单刚刚缴过或作废,请刷新后再试")
        await store.insert(deps.db, payment, tx)
        await jobs.enqueue(
            deps,
            tx,
            "payments.check",
            payment.id,
            payment_id=payment.id,
            due_at=orders.next_check(payment, deps.now()),
        )
        await _note(deps, tx, actor, payment)

    try:
        await deps.in_transaction(work)
    except DuplicateKeyError:
        raise PaymentInProgress(
            "这笔账单正在支付中,请稍后再试", retry_after_seconds=3
        ) from None
    return payment


async def _note(deps: Dependencies, tx: Transaction, actor: Actor, payment: Payment) -> None:
    await audit.record(
        deps,
        tx,
        actor,
        Act.PAYMENT_ORDERED,
        place=payment.place,
        subject=payment.id,
        bills=payment.bill_ids,
        amount_fen=payment.amount_fen,
    )


async def access_payment(deps: Dependencies, actor: Actor, payment_id: str) -> Payment:
    """Return an order of the actor's own; anybody else's looks missing."""
    payment = await store.find(deps.db, payment_id)
    if payment is None or payment.person != actor.person_id:
        raise errors.NotFound("没有找到这笔支付")
    return payment


async def look(deps: Dependencies, actor: Actor, payment_id: str) -> PaymentView:
    """Tell how an order stands. While it is open WeChat is asked, at most every 3 seconds."""
    payment = await access_payment(deps, actor, payment_id)
    if payment.state in UNSETTLED:
        payment = await _ask_again(deps, payment)
    return views.view(payment)


async def _ask_again(deps: Dependencies, payment: Payment) -> Payment:
    now = deps.now()
    before = now - ASK_AT_MOST_EVERY
    if not await store.claim_check(deps.db, payment.id, now=now, before=before):
        return payment
    try:
        return await orders.settle(deps, payment)
    except PayError:
        return payment  # the job that follows every order goes on asking


async def mine(
    deps: Dependencies, actor: Actor, *, before: str, limit: int
) -> list[PaymentView]:
    """Return my orders, newest first."""
    found = await store.of_person(deps.db, actor.person_id, before=before, limit=limit)
    return [views.view(payment) for payment in found]


async def receipt(deps: Dependencies, actor: Actor, payment_id: str) -> ReceiptView:
    """Return the receipt of a payment of mine; NotFound while there is none."""
    await access_payment(deps, actor, payment_id)
    found = await receipts_store.find(deps.db, payment_id)
    if found is None:
        raise errors.NotFound("还没有收据")
    return msgspec.convert(found, ReceiptView, from_attributes=True)


async def waiting(deps: Dependencies) -> dict[str, int]:
    """Count what waits for a person: for the figures, not for people."""
    return {
        "discrepancies": await discrepancies_store.count(deps.db, discrepancies.WAITING),
        "refunds": await refunds_store.count_stuck(deps.db),
    }
