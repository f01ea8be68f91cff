"""Counter payments in advance: money for bills of a home to come, taken without WeChat.

As other money at the counter: once for each voucher, open orders cancelled at WeChat first,
with a receipt, and with a message to whose it is.
"""

from typing import Any

from pymongo.errors import DuplicateKeyError

from services.counter_payments import actions, store
from services.counter_payments.models import CounterPayment, CounterPaymentDetails, TakeAhead
from services.counter_payments.vouchers import actions as vouchers
from services.dependencies import Dependencies, Transaction
from services.kernel import interests
from services.kernel.permissions import Actor, Permission
from services.ledger import actions as ledger
from services.payments import actions as payments
from services.payments import orders
from services.payments.advances import lines
from services.payments.refusals import PaymentInProgress
from services.places import actions as places
from services.prepayments import draws, offers
from services.prepayments.offers import Offer, TooMuchAhead


async def take(deps: Dependencies, actor: Actor, request: TakeAhead) -> CounterPaymentDetails:
    """Book money for bills to come, once for each voucher; tell who owns the home.

    The same again is the same payment. Raises NotFound, OwnHome, OtherPayee, VoucherUsed,
    BadPaymentDay, NothingAhead, OlderDebt, MonthsOrSum, TooMuchAhead, and what `payments.free`
    raises while somebody pays the same by WeChat.
    """
    actions.require_day(deps, request)
    await places.access_place(deps, actor, request.home, Permission.TAKE_PAYMENTS)
    interests.require_not_own(actor, [request.home])
    lines.require_one(request.months, request.amount_fen)
    offer = await offers.get(deps, request.home, request.kind)
    await offers.require_own_money(deps, actor, request.home, request.kind, offer)
    payment_id = await vouchers.name(deps, offer.payee.account, request.way, request.voucher)
    own: dict[str, Any] = {"payment_id": payment_id, "bill_ids": [offer.prepayment.id]}

    async def again(tx: Transaction) -> CounterPayment:
        return await actions.taken_before(deps, tx, actor, request, **own)

    async def lost(tx: Transaction) -> CounterPayment:
        is_used = await ledger.find_many(deps, [actions.journal_id(payment_id)])
        if not is_used and await store.find(deps.db, payment_id, tx=tx) is None:
            raise PaymentInProgress("请稍后再试", retry_after_seconds=1)  # another voucher
        return await again(tx)

    if await store.find(deps.db, payment_id):
        return await actions.details(deps, await deps.in_transaction(again))
    payment = _draft(deps, actor, offer, request, payment_id)
    await payments.free(deps, actor, payment.bill_ids)
    try:
        await deps.in_transaction(lambda tx: _book(deps, tx, actor, payment, offer))
    except DuplicateKeyError:
        payment = await deps.in_transaction(lost)
    return await actions.details(deps, payment)


def _draft(
    deps: Dependencies, actor: Actor, offer: Offer, request: TakeAhead, payment_id: str
) -> CounterPayment:
    line, payee = lines.line_of(offer, request.months, request.amount_fen), offer.payee
    to = orders.Recipient(payee.id, payee.account, payee.name, payee.numbers_receipts)
    return actions.draft(deps, actor, to, [line], request, payment_id=payment_id)


async def _book(
    deps: Dependencies, tx: Transaction, actor: Actor, payment: CounterPayment, offer: Offer
) -> None:
    """Write what lies there and what it pays at once, then all that says why."""
    [line] = payment.lines
    await store.insert(deps.db, tx, payment)
    await draws.opened(deps, tx, offer.prepayment)
    kept = await draws.deposit(deps, tx, line.bill_id, line.amount_fen, line.most_fen)
    if kept != line.amount_fen:
        raise TooMuchAhead("刚刚已有一笔预存,请刷新后再试", most_fen=kept)
    paid = actions.paid_of(payment, numbered=offer.payee.numbers_receipts)
    await draws.draw(deps, tx, [line.home])
    await actions.finish(deps, tx, actor, payment, paid)
