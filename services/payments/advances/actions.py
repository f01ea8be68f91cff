"""Actions on orders in advance: somebody pays for bills of their home to come, by WeChat.

One order of a prepayment is open at a time (index `open_bill`), so that two phones cannot
together pay more than a year.
"""

from typing import Any

from pymongo.errors import DuplicateKeyError

from services.audit import actions as audit
from services.bills import visibility
from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.kernel.acts import Act
from services.kernel.errors import NotFound
from services.kernel.permissions import Actor, Permission
from services.merchants import actions as merchants
from services.payments import actions, orders, store
from services.payments.advances import lines
from services.payments.advances.models import PayAhead
from services.payments.models import CHECK, Payment, PaymentOrder
from services.payments.refusals import PaymentInProgress
from services.people import actions as people
from services.prepayments import draws, offers
from services.prepayments.models import Prepayment


async def pay(deps: Dependencies, actor: Actor, request: PayAhead) -> PaymentOrder:
    """Make one WeChat order for bills to come, or hand out the open one again.

    Raises NotFound for a home whose bills of today the actor does not pay, NothingAhead,
    OlderDebt, MonthsOrSum, TooMuchAhead, and the refusals of refusals.py.
    """
    claims = visibility.claims(actor, Permission.PAY_BILLS)
    if not claims.covers(request.home, deps.today()):
        raise NotFound("没有找到这套房屋")
    lines.require_one(request.months, request.amount_fen)
    offer = await offers.get(deps, request.home, request.kind)
    line = lines.line_of(offer, request.months, request.amount_fen)
    await merchants.refresh(deps)
    payee = offer.payee
    to = orders.Recipient(payee.id, payee.account, payee.name, payee.numbers_receipts)
    person = await people.find(deps, actor.person_id)
    new = orders.compose(deps, actor, person, to, [line])
    held = await _held(deps, actor, new)
    payment = held or await _create(deps, actor, new, offer.prepayment)
    return await actions.hand_out(deps, actor, payment, again=held is not None)


async def _held(deps: Dependencies, actor: Actor, new: Payment) -> Payment | None:
    """Return the actor's own open order for the same, or cancel what is in the way."""
    for payment in await store.open_holding(deps.db, new.bill_ids):
        same = payment.asks_as(new)
        fresh = payment.expires_at - deps.now() > actions.TOO_LATE_TO_REUSE
        if payment.is_pending and payment.person == actor.person_id and same and fresh:
            return payment
    await actions.free(deps, actor, new.bill_ids)
    return None


async def _create(
    deps: Dependencies, actor: Actor, payment: Payment, prepayment: Prepayment
) -> Payment:
    """Write the order down, with the exact request, before WeChat hears of it."""

    async def work(tx: Transaction) -> None:
        await people.require_open(deps, tx, actor.person_id)
        await draws.opened(deps, tx, prepayment)
        await store.insert(deps.db, tx, payment)
        due_at = orders.next_query(payment, deps.now())
        await jobs.enqueue(deps, tx, CHECK, payment.id, payment_id=payment.id, due_at=due_at)
        about: dict[str, Any] = {"place": payment.place, "subject": payment.id}
        about |= {"prepayment": prepayment.id, "amount_fen": payment.amount_fen}
        await audit.record(deps, tx, actor, Act.PAYMENT_ORDERED, **about)

    try:
        await deps.in_transaction(work)
    except DuplicateKeyError:
        raise PaymentInProgress(
            "这笔预存正在支付中,请稍后再试", retry_after_seconds=3
        ) from None
    return payment
