"""Actions on trails: where somebody's money is, and WeChat asked once more."""

from typing import Final

from services.bills import own_money
from services.dependencies import Dependencies
from services.kernel.access import accessible
from services.kernel.permissions import Actor, Permission
from services.payments import actions as payments
from services.payments.models import Payment
from services.payments.refunds import inquiries
from services.payments.trails import returns, sources, words
from services.payments.trails.models import MoneyTrail
from services.payments.trails.sources import Sources

MISSING: Final = "没有找到这笔支付"


async def get(deps: Dependencies, actor: Actor, number: str) -> MoneyTrail:
    """Return the trail of a payment by any number of it: order, receipt, refund, WeChat's.

    For who paid, and for who sees the payments of its homes: a firm's people those to their own
    firm. Raises NotFound.
    """
    payment = await _access(deps, actor, number)
    return _view(await _read(deps, actor, payment))


async def ask(deps: Dependencies, actor: Actor, number: str) -> MoneyTrail:
    """Ask WeChat how the payment and its refunds stand, and return the trail.

    At most every three seconds for one payment: who asks too soon sees what is known. Closed
    orders are asked about, too: money may come after that. Raises NotFound.
    """
    payment = await payments.ask(deps, await _access(deps, actor, number))
    found = await _read(deps, actor, payment)
    if any(refund.open for refund in found.refunds):
        await inquiries.ask(deps, found.refunds)
        found = await _read(deps, actor, payment)
    return _view(found)


async def _read(deps: Dependencies, actor: Actor, payment: Payment) -> Sources:
    account, lines, since = payment.account, payment.lines, payment.paid_at
    returned = await returns.of_payment(deps, actor, account, lines, since=since)
    return (await sources.read(deps, payment))._replace(returned=returned)


async def _access(deps: Dependencies, actor: Actor, number: str) -> Payment:
    by = Permission.VIEW_DEBTORS
    payment = accessible(
        actor,
        await sources.find(deps, number),
        by,
        at=lambda found: found.place,
        people=lambda found: [found.person, found.owner],
        missing=MISSING,
    )
    if actor.person_id not in {payment.person, payment.owner}:
        place, account = payment.place, payment.account
        await own_money.require_seen(deps, actor, place, account, by=by, missing=MISSING)
    return payment


def _view(found: Sources) -> MoneyTrail:
    payment = found.payment
    return MoneyTrail(
        payment_id=payment.id,
        state=payment.state,
        amount_fen=payment.amount_fen,
        payee_name=payment.payee_name,
        answer=words.answer(found),
        entries=words.entries(found),
        can_ask=found.may_change,
    )
