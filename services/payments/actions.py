"""What a person does about money: pay bills together, look, keep the receipt."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

import msgspec
from pymongo.errors import DuplicateKeyError

from services.accounts import actions as accounts
from services.accounts import consents
from services.audit import actions as audit
from services.audit.models import Act
from services.dependencies import Dependencies, Transaction
from services.fees import actions as fees
from services.fees.models import KIND_NAMES, Bill
from services.fees.states import BillState
from services.jobs import actions as jobs
from services.jobs.schedules import Schedule
from services.kernel import errors
from services.kernel.documents import new_id
from services.kernel.permissions import Actor
from services.payments import asking, checks, refund_store, refunds, store, suspense
from services.payments.models import (
    Line,
    Pay,
    Payment,
    PaymentOrder,
    PaymentView,
    PayParams,
    ReceiptView,
)
from services.payments.states import UNSETTLED, PaymentState
from services.wechat.errors import PayError, PayReaction

# How long a payer has: long enough for somebody who is slow with a phone, and well inside the
# two hours that a prepay id lives.
TIME_TO_PAY: Final = timedelta(minutes=30)
# An order about to end is closed and made anew rather than handed out again.
TOO_LATE_TO_REUSE: Final = timedelta(minutes=2)
ASK_AT_MOST_EVERY: Final = timedelta(seconds=3)


class BillAlreadyPaid(errors.Conflict):
    code = "bill_already_paid"


class DifferentPayees(errors.InvalidInput):
    """One WeChat order has one payee; property fee and waste fee have different ones."""

    code = "different_payees"


class PaymentInProgress(errors.Conflict):
    """Somebody may be typing the password for one of these bills at this moment."""

    code = "payment_in_progress"


class PayeeUnavailable(errors.Unavailable):
    code = "payee_unavailable"


class WeChatPayUnavailable(errors.Unavailable):
    """The order may or may not exist at WeChat: ask again, it is the same order."""

    code = "wechat_pay_unavailable"


class PaymentRefused(errors.Conflict):
    """WeChat will not take this payment; its reason is in details."""

    code = "payment_refused"


async def pay(deps: Dependencies, actor: Actor, request: Pay) -> PaymentOrder:
    """Make one WeChat order for several bills of one payee, or hand out the open one again."""
    bills = await fees.access_bills(deps, actor, list(dict.fromkeys(request.bill_ids)))
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
    return _order(deps, payment, payment.prepay_id)


async def _prepare(deps: Dependencies, payment: Payment) -> Payment:
    try:
        return await asking.prepare(deps, payment)
    except PayError as error:
        if error.reaction not in {PayReaction.ORDER_PAID, PayReaction.ORDER_CLOSED}:
            raise _refusal(error, payment) from error
        try:
            return await asking.settle(deps, payment)
        except PayError:
            raise _refusal(error, payment) from error


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
        payment = await asking.close(deps, payment, because="superseded")
    except PayError as error:
        raise PaymentInProgress(
            "这笔账单正在支付中,请稍后再试", retry_after_seconds=10
        ) from error
    if payment.state is PaymentState.PAID:
        mine = {"payment_id": payment.id} if payment.person == actor.person_id else {}
        raise BillAlreadyPaid("这些账单刚刚缴过了", **mine)
    if asking.is_open(payment):
        raise PaymentInProgress("这笔账单正在支付中,请稍后再试", retry_after_seconds=10)


async def _create(deps: Dependencies, actor: Actor, bills: Sequence[Bill]) -> Payment:
    """Write the order down, with the exact request, before WeChat hears of it."""
    payment = await _draft(deps, actor, bills)

    async def work(tx: Transaction) -> None:
        await consents.require_open(deps, tx, actor.person_id)
        if not await fees.hold(deps, tx, payment.bill_ids):
            raise BillAlreadyPaid("有账单刚刚缴过或作废,请刷新后再试")
        await store.insert(deps.db, payment, tx)
        await jobs.enqueue(
            deps,
            tx,
            "payments.check",
            payment.id,
            payment_id=payment.id,
            due_at=checks.next_check(payment, deps.now()),
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


async def _draft(deps: Dependencies, actor: Actor, bills: Sequence[Bill]) -> Payment:
    now = deps.now()
    account, payee_name = bills[0].account, bills[0].payee_name
    client = deps.merchants.get(account)
    if client is None:
        raise PayeeUnavailable("收款单位的微信支付还没有开通,请联系物业或社区")
    payment_id = new_id(now)
    amount_fen = sum(bill.amount_fen for bill in bills)
    expires_at = now + TIME_TO_PAY
    openid = (await accounts.openids(deps, [actor.person_id])).get(actor.person_id)
    if openid is None:
        raise errors.Unauthenticated("这个账号已注销,请重新登录")
    body = client.prepay_body(
        payment_id,
        amount_fen=amount_fen,
        description=f"{payee_name} {title(bills)}",
        openid=openid,
        expires_at=expires_at,
    )
    return Payment(
        id=payment_id,
        person=actor.person_id,
        account=account,
        payee_name=payee_name,
        lines=[_line(bill) for bill in bills],
        bill_ids=[bill.id for bill in bills],
        amount_fen=amount_fen,
        body=body,
        created_at=now,
        expires_at=expires_at,
    )


def title(bills: Sequence[Bill]) -> str:
    """Name what is paid as WeChat shows it to the payer: 物业费 2026-01至2026-03."""
    kinds = "、".join(dict.fromkeys(KIND_NAMES[bill.kind] for bill in bills))
    first, last = min(b.period for b in bills), max(b.period for b in bills)
    return f"{kinds} {first}" if first == last else f"{kinds} {first}至{last}"


def _line(bill: Bill) -> Line:
    return Line(
        bill_id=bill.id,
        home=bill.home,
        kind=bill.kind,
        period=bill.period,
        explanation=bill.explanation,
        amount_fen=bill.amount_fen,
    )


def _refusal(error: PayError, payment: Payment) -> errors.DomainError:
    """Say in our words why there is nothing to pay with yet."""
    match error.reaction:
        case PayReaction.CONFIG_ALARM | PayReaction.PERMANENT:
            return PayeeUnavailable("收款单位的微信支付暂时不可用,请联系物业或社区")
        case PayReaction.SHOW:
            return PaymentRefused("微信没有受理这笔支付,请稍后再试", wechat_code=error.code)
        case _:
            return WeChatPayUnavailable(
                "微信支付暂时没有回应,请稍后再试", payment_id=payment.id, retry_after_seconds=3
            )


def _order(deps: Dependencies, payment: Payment, prepay_id: str) -> PaymentOrder:
    client = deps.merchants[payment.account]
    return PaymentOrder(
        payment_id=payment.id,
        amount_fen=payment.amount_fen,
        payee_name=payment.payee_name,
        expires_at=payment.expires_at,
        pay_params=msgspec.convert(client.pay_params(prepay_id), PayParams),
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
    return view(payment)


async def _ask_again(deps: Dependencies, payment: Payment) -> Payment:
    now = deps.now()
    before = now - ASK_AT_MOST_EVERY
    if not await store.claim_check(deps.db, payment.id, now=now, before=before):
        return payment
    try:
        return await asking.settle(deps, payment)
    except PayError:
        return payment  # the job that follows every order goes on asking


async def mine(
    deps: Dependencies, actor: Actor, *, before: str, limit: int
) -> list[PaymentView]:
    """Return my orders, newest first."""
    found = await store.of_person(deps.db, actor.person_id, before=before, limit=limit)
    return [view(payment) for payment in found]


async def receipt(deps: Dependencies, actor: Actor, payment_id: str) -> ReceiptView:
    """Return the receipt of a payment of mine; NotFound while there is none."""
    await access_payment(deps, actor, payment_id)
    found = await store.find_receipt(deps.db, payment_id)
    if found is None:
        raise errors.NotFound("还没有收据")
    return msgspec.convert(found, ReceiptView, from_attributes=True)


def view(payment: Payment) -> PaymentView:
    return PaymentView(
        payment_id=payment.id,
        state=payment.state,
        amount_fen=payment.amount_fen,
        payee_name=payment.payee_name,
        bill_ids=payment.bill_ids,
        created_at=payment.created_at,
        expires_at=payment.expires_at,
        paid_at=payment.paid_at,
    )


async def waiting(deps: Dependencies) -> dict[str, int]:
    """Count what waits for a person: for the figures, not for people."""
    return {
        "discrepancies": await store.count_waiting(deps.db, suspense.WAITING),
        "refunds": await refund_store.count_stuck(deps.db),
    }


JOBS: Final[Mapping[str, jobs.Handler]] = {
    "payments.check": checks.check,
    "payments.clarify": checks.clarify,
    "payments.refund": refunds.send,
    "payments.sweep": checks.sweep,
}
SCHEDULES: Final = (Schedule("payments.sweep", timedelta(minutes=10)),)
