"""Actions on checkouts: bills of several payees, paid one order after another.

A checkout holds no bill and no money. How far it is follows from the bills and their open
orders at each moment, so that a phone that was closed, a bill that somebody else paid and an
answer that was not heard all leave it right (docs/decisions/74-checkouts.md).
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import structlog

from services.bills.models import Bill
from services.bills.states import BillState
from services.checkouts import store, views
from services.checkouts.models import (
    Checkout,
    CheckoutOrder,
    CheckoutView,
    NewCheckout,
    Part,
)
from services.dependencies import Dependencies
from services.kernel.access import accessible
from services.kernel.permissions import Actor
from services.payments import actions as payments
from services.payments import orders
from services.payments.combined import actions as combined
from services.payments.models import Pay
from services.payments.orders import Sources
from services.payments.refusals import BillAlreadyPaid, PayeeUnavailable, PaymentInProgress

log = structlog.get_logger(__name__)
# Long enough to go on in the evening; the bills are there for a new one.
LASTS: Final = timedelta(hours=24)


async def start(deps: Dependencies, actor: Actor, request: NewCheckout) -> CheckoutView:
    """Start to pay bills of any payees and fees.

    Raises NotFound, Forbidden for bills that are not the actor's to pay, BillAlreadyPaid.
    """
    sources = await orders.read(deps, actor, request.bill_ids)
    if any(bill.state is not BillState.OWING for bill in sources.bills):
        raise BillAlreadyPaid("有账单已经缴过或作废,请刷新后再试")
    now = deps.now()
    checkout = Checkout(
        id=deps.new_id(),
        person=actor.person_id,
        parts=_parts(sources.bills),
        created_at=now,
        expires_at=now + LASTS,
    )
    await store.insert(deps.db, checkout)
    return views.view(deps, checkout, sources)


def _parts(bills: Sequence[Bill]) -> list[Part]:
    """Return the bills by payee and fee, as they are asked for: they are never mixed."""
    parts: dict[tuple[str, ...], Part] = {}
    for bill in bills:
        key = (bill.account, bill.payee_name, bill.kind)
        empty = Part(
            account=bill.account, payee_name=bill.payee_name, kind=bill.kind, bill_ids=[]
        )
        parts.setdefault(key, empty).bill_ids.append(bill.id)
    return list(parts.values())


async def access(deps: Dependencies, actor: Actor, checkout_id: str) -> Checkout:
    """Return a checkout of the actor's own. NotFound for anybody else's and when it is over."""
    found = await store.find(deps.db, checkout_id)
    if found is not None and found.expires_at <= deps.now():
        found = None
    missing = "没有找到这次缴费,请重新选择账单"
    return accessible(actor, found, people=lambda mine: [mine.person], missing=missing)


async def get(deps: Dependencies, actor: Actor, checkout_id: str) -> CheckoutView:
    """Return how far a checkout is. WeChat is asked about my orders that are open in it.

    Raises NotFound, Forbidden also when a bill is not the actor's to pay any more.
    """
    checkout = await access(deps, actor, checkout_id)
    sources = await orders.read(deps, actor, checkout.bill_ids)
    mine = [p for p in sources.in_the_way if p.person == actor.person_id and p.is_pending]
    if wholes := {payment.combined_number or payment.id: payment for payment in mine}:
        await asyncio.gather(*(payments.ask(deps, whole) for whole in wholes.values()))
        sources = await orders.read(deps, actor, checkout.bill_ids)
    return views.view(deps, checkout, sources)


async def proceed(deps: Dependencies, actor: Actor, checkout_id: str) -> CheckoutOrder:
    """Return the order to pay next; the open one again while it is not paid.

    A part that is paid meanwhile, or whose payee cannot be paid now, is passed over, and so is
    one of which a person has to look into an earlier payment.

    Raises NotFound, Forbidden, BillAlreadyPaid when nothing is owed any more, else the refusals
    of payments/refusals.py.
    """
    checkout = await access(deps, actor, checkout_id)
    sources = await orders.read(deps, actor, checkout.bill_ids)
    if views.is_one_order(deps, checkout, sources):
        try:
            return await _together(deps, actor, checkout, sources)
        except PayeeUnavailable:
            await store.go_one_by_one(deps.db, checkout.id)
        except BillAlreadyPaid:
            log.info("checkout_paid_meanwhile", checkout=checkout.id)
        sources = await orders.read(deps, actor, checkout.bill_ids)
    return await _one(deps, actor, checkout, sources)


def _owing(sources: Sources) -> dict[str, Bill]:
    return {bill.id: bill for bill in sources.bills if bill.state is BillState.OWING}


async def _together(
    deps: Dependencies, actor: Actor, checkout: Checkout, sources: Sources
) -> CheckoutOrder:
    """Return the combined order of all that is left.

    Raises PayeeUnavailable when WeChat does not take it; the parts may be taken alone.
    """
    owing = _owing(sources)
    left = {
        number: [owing[bill_id] for bill_id in part.bill_ids if bill_id in owing]
        for number, part in enumerate(checkout.parts)
    }
    groups = {number: bills for number, bills in left.items() if bills}
    made = await combined.pay(deps, actor, sources, list(groups.values()))
    for number, payment in zip(groups, made.payments, strict=True):
        await store.note_payment(deps.db, checkout.id, number, payment.id)
    return views.together(made)


async def _one(
    deps: Dependencies, actor: Actor, checkout: Checkout, sources: Sources
) -> CheckoutOrder:
    """Return the order of the first part that can be paid."""
    owing, suspended = _owing(sources), views.suspended(sources)
    refusal: Exception = BillAlreadyPaid("这些账单都缴清了")
    for number, part in enumerate(checkout.parts):
        wanted = [bill_id for bill_id in part.bill_ids if bill_id in owing]
        if not wanted:
            continue
        try:
            order = await payments.pay(deps, actor, Pay(bill_ids=wanted))
        except (BillAlreadyPaid, PayeeUnavailable) as error:
            refusal = error
            continue
        except PaymentInProgress as error:
            if suspended.isdisjoint(wanted):
                raise
            refusal = error
            continue
        await store.note_payment(deps.db, checkout.id, number, order.payment_id)
        left_fen = sum(bill.owed_fen for bill in owing.values()) - order.amount_fen
        return views.order(order, left_fen)
    raise refusal
