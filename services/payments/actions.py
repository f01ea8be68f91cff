"""Actions on payments: bills paid together in one WeChat order, one's own orders, receipts."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from pymongo.errors import DuplicateKeyError

from services.audit import actions as audit
from services.bills import actions as bills_actions
from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.kernel.access import accessible
from services.kernel.acts import Act
from services.kernel.pages import ListQuery, Page
from services.kernel.permissions import Actor
from services.payments import orders, store, views
from services.payments.advances import spares
from services.payments.models import (
    CHECK,
    Excess,
    Pay,
    Payment,
    PaymentOrder,
    PaymentView,
)
from services.payments.receipts import actions as receipts
from services.payments.receipts.models import ReceiptSheetQuery, ReceiptView
from services.payments.refusals import (
    BillAlreadyPaid,
    PaymentInProgress,
    refusal,
    require_payable,
)
from services.payments.states import PaymentState
from services.people import actions as people
from services.prepayments import draws
from services.prepayments.models import Prepayment
from services.wechat.errors import PayError, PayReaction

# An order about to end is cancelled and made anew rather than handed out again.
TOO_LATE_TO_REUSE: Final = timedelta(minutes=2)
QUERY_AT_MOST_EVERY: Final = timedelta(seconds=3)


async def pay(deps: Dependencies, actor: Actor, request: Pay) -> PaymentOrder:
    """Make one WeChat order for several bills of one payee, or hand out the open one again.

    For all that is owed of them, or a part of it, the oldest first.

    Raises NotFound for a bill that is not the actor's to pay, else the refusals of refusals.py.
    """
    sources = await orders.read(deps, actor, request.bill_ids)
    require_payable(sources.bills)
    orders.require_on(deps, sources.bills[0].account)
    lines = orders.lines_of(sources.bills, request.amount_fen)
    payment = orders.draft(deps, actor, sources, lines)
    opened: list[Prepayment] = []
    if request.excess is Excess.PREPAY:
        opened = await spares.add(deps, payment, sources.bills)
    held = await _free_the_bills(deps, actor, sources, payment)
    made = held or await _create(deps, actor, sources, payment, opened)
    return await hand_out(deps, actor, made, again=held is not None)


async def hand_out(
    deps: Dependencies, actor: Actor, payment: Payment, *, again: bool
) -> PaymentOrder:
    """Place an order at WeChat, and return what the phone needs to pay it.

    `again`: it was open before. Raises the refusals of refusals.py.
    """
    payment = await _place(deps, payment)
    if payment.state is PaymentState.PAID:
        raise BillAlreadyPaid("这些账单已经缴过了", payment_id=payment.id)
    if payment.state is not PaymentState.PREPAID or payment.prepay_id is None:
        raise PaymentInProgress("请刷新后再试一次", retry_after_seconds=3)
    if again:
        about = {"place": payment.place, "subject": payment.id}
        await audit.record_again(deps, actor, Act.PAYMENT_ORDERED, **about)
    return views.order_view(deps, payment, payment.prepay_id)


async def _free_the_bills(
    deps: Dependencies, actor: Actor, sources: orders.Sources, new: Payment
) -> Payment | None:
    """Return the actor's own open order for exactly this, or cancel what is in the way.

    Two phones could hold two orders: the old ones are closed at WeChat before a new one exists,
    all at once, because somebody is waiting.
    """
    for payment in sources.in_the_way:
        if payment.state is PaymentState.SUSPENDED:
            raise PaymentInProgress("这笔账单的付款正在核对,请联系物业或社区")
        fresh = payment.expires_at - deps.now() > TOO_LATE_TO_REUSE
        if payment.person == actor.person_id and payment.asks_as(new) and fresh:
            return payment
    await _supersede_all(deps, actor, sources.in_the_way)
    return None


async def _supersede_all(deps: Dependencies, actor: Actor, found: Sequence[Payment]) -> None:
    superseded = [_supersede(deps, actor, payment) for payment in found]
    refusals = [r for r in await asyncio.gather(*superseded, return_exceptions=True) if r]
    if refusals:
        raise refusals[0]


async def free(deps: Dependencies, actor: Actor, bill_ids: Sequence[str]) -> None:
    """Cancel at WeChat all open orders that hold some of the bills, before money moves.

    Raises BillAlreadyPaid for one that was paid just then, PaymentInProgress for one that
    somebody may be paying.
    """
    found = await store.open_holding(deps.db, bill_ids)
    if any(payment.state is PaymentState.SUSPENDED for payment in found):
        raise PaymentInProgress("这笔账单的付款正在核对,请联系物业或社区")
    await _supersede_all(deps, actor, found)


async def require_free(deps: Dependencies, tx: Transaction, bill_ids: Sequence[str]) -> None:
    """Raise PaymentInProgress while an open order holds some of the bills.

    Whoever makes one at the same moment writes the bills, as the caller does: one of them
    starts again and sees the other.
    """
    if await store.open_holding(deps.db, bill_ids, tx=tx):
        raise PaymentInProgress("这笔账单正在微信支付中,请稍后再试", retry_after_seconds=10)


async def _supersede(deps: Dependencies, actor: Actor, payment: Payment) -> None:
    try:
        payment = await orders.cancel(deps, payment, because="superseded")
    except PayError as error:
        raise PaymentInProgress(
            "这笔账单正在支付中,请稍后再试", retry_after_seconds=10
        ) from error
    if payment.state is PaymentState.PAID:
        mine = {"payment_id": payment.id} if payment.person == actor.person_id else {}
        raise BillAlreadyPaid("这些账单刚刚缴过了", **mine)
    if payment.open:
        raise PaymentInProgress("这笔账单正在支付中,请稍后再试", retry_after_seconds=10)


async def _create(
    deps: Dependencies,
    actor: Actor,
    sources: orders.Sources,
    payment: Payment,
    opened: Sequence[Prepayment],
) -> Payment:
    """Write the order down, with the exact request, before WeChat hears of it.

    `opened`: what keeps the money that its bills do not take, where the payer chose that.
    """
    held = [bill for bill in sources.bills if bill.id in payment.bill_ids]

    async def work(tx: Transaction) -> None:
        await people.require_open(deps, tx, actor.person_id)
        if not await bills_actions.hold(deps, tx, held):
            raise BillAlreadyPaid("有账单刚刚缴过或作废,请刷新后再试")
        for each in opened:
            await draws.opened(deps, tx, each)
        await store.insert(deps.db, tx, payment)
        due_at = orders.next_query(payment, deps.now())
        await jobs.enqueue(deps, tx, CHECK, payment.id, payment_id=payment.id, due_at=due_at)
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


async def _place(deps: Dependencies, payment: Payment) -> Payment:
    """Place an order at WeChat; when WeChat says that it is paid or closed, query it."""
    try:
        return await orders.place(deps, payment)
    except PayError as error:
        if error.reaction not in {PayReaction.ORDER_PAID, PayReaction.ORDER_CLOSED}:
            raise refusal(error, payment.id) from error
        try:
            return await orders.query(deps, payment)
        except PayError:
            raise refusal(error, payment.id) from error


async def access(deps: Dependencies, actor: Actor, payment_id: str) -> Payment:
    """Return an order of the actor's own; anybody else's looks missing."""
    payment = await store.find(deps.db, payment_id)
    return accessible(
        actor, payment, people=lambda mine: [mine.person], missing="没有找到这笔支付"
    )


async def get(deps: Dependencies, actor: Actor, payment_id: str) -> PaymentView:
    """Return how an order of mine stands. NotFound for anybody else's.

    While it is open WeChat is queried, at most every 3 seconds.
    """
    payment = await access(deps, actor, payment_id)
    if payment.is_pending:
        payment = await _query(deps, payment)
    return views.view(payment)


async def ask(deps: Dependencies, payment: Payment) -> Payment:
    """Ask WeChat how an order stands that it may still say something new about.

    Also a closed one: money that comes after all outranks that. At most every 3 seconds.
    """
    may_change = payment.is_pending or payment.state is PaymentState.CLOSED
    return await _query(deps, payment) if may_change else payment


async def _query(deps: Dependencies, payment: Payment) -> Payment:
    now = deps.now()
    before = now - QUERY_AT_MOST_EVERY
    if not await store.claim_check(deps.db, payment.id, now=now, before=before):
        return payment
    try:
        return await orders.query(deps, payment)
    except PayError:
        return payment  # the job that follows every order goes on asking


async def listing(deps: Dependencies, actor: Actor, query: ListQuery) -> Page[PaymentView]:
    """Return my orders, newest first."""
    return (await store.of_person(deps.db, actor.person_id, query)).map(views.view)


async def receipt(deps: Dependencies, actor: Actor, payment_id: str) -> ReceiptView:
    """Return the receipt of a payment of mine; NotFound while there is none."""
    payment = await access(deps, actor, payment_id)
    return await receipts.get(deps, payment.id, returned_fen=payment.returned_fen)


async def printed_receipt(
    deps: Dependencies, actor: Actor, payment_id: str, query: ReceiptSheetQuery
) -> tuple[str, bytes]:
    """Return number and sheet of the receipt of a payment of the actor's own, as PDF."""
    payment = await access(deps, actor, payment_id)
    returned_fen = payment.returned_fen
    return await receipts.printed(deps, payment.id, query, returned_fen=returned_fen)
