"""Trails of money that WeChat knows nothing of: taken, booked, receipted, given back by hand.

Asked for by any number, as those of payments in WeChat are; what is none of the counter's is
told by services/payments/trails/.
"""

import asyncio
from collections.abc import Iterator
from typing import NamedTuple

from services.bills import actions as bills
from services.bills import own_money, visibility
from services.counter_payments import store
from services.counter_payments.models import CounterPayment
from services.dependencies import Dependencies
from services.kernel import unions
from services.kernel.days import day_of
from services.kernel.money import yuan
from services.kernel.permissions import Actor, Permission
from services.payments.models import bills_of
from services.payments.prepayment_returns.models import PrepaymentReturn
from services.payments.receipts import actions as receipts
from services.payments.receipts.models import Receipt
from services.payments.refund_requests import actions as requests
from services.payments.refund_requests.models import RefundRequest
from services.payments.refund_requests.states import RefundRequestState
from services.payments.states import PaymentState
from services.payments.trails import actions as in_wechat
from services.payments.trails import returns, words
from services.payments.trails.models import MoneyTrail, TrailEntry, TrailStep

MISSING = "没有找到这笔支付"


class _Sources(NamedTuple):
    """Everything that tells of a payment at the counter."""

    payment: CounterPayment
    receipt: Receipt | None
    requests: list[RefundRequest]
    returned: list[PrepaymentReturn]


async def get(deps: Dependencies, actor: Actor, number: str) -> MoneyTrail:
    """Return the trail of a payment by any number of it, at the counter or in WeChat.

    For whose bills it paid, and for who sees the payments of its homes: a firm's people those
    to their own firm. Raises NotFound.
    """
    found = await _find(deps, number)
    if found is None:
        return await in_wechat.get(deps, actor, number)
    return await _trail(deps, actor, await _access(deps, actor, found))


async def ask(deps: Dependencies, actor: Actor, number: str) -> MoneyTrail:
    """Ask WeChat how a payment stands, and return its trail.

    Of money at the counter WeChat knows nothing: what is kept is told. Raises NotFound.
    """
    found = await _find(deps, number)
    if found is None:
        return await in_wechat.ask(deps, actor, number)
    return await _trail(deps, actor, await _access(deps, actor, found))


async def _find(deps: Dependencies, number: str) -> CounterPayment | None:
    """Find a payment by its id, or the number of its receipt or of a refund by hand."""
    found, *known = await asyncio.gather(
        store.find(deps.db, number),
        receipts.payment_of(deps, number),
        requests.payment_of(deps, number),
    )
    payment_id = next(filter(None, known), None)
    if found or payment_id is None:
        return found
    return await store.find(deps.db, payment_id)


async def _access(deps: Dependencies, actor: Actor, payment: CounterPayment) -> CounterPayment:
    if await _is_own(deps, actor, payment):
        return payment
    by = Permission.VIEW_DEBTORS
    return await own_money.accessible(
        deps, actor, payment, by, at=lambda each: each.place, missing=MISSING
    )


async def _is_own(deps: Dependencies, actor: Actor, payment: CounterPayment) -> bool:
    """Tell whether all that it paid was for the actor to pay."""
    claims, ids = visibility.claims(actor, Permission.PAY_BILLS), _bill_ids(payment)
    wanted = bills.part(ids)
    found = (await unions.read(deps.db, [wanted])).of(wanted)
    at = payment.paid_at
    ahead = [
        claims.covers(line.home, await returns.owned_on(deps, line.bill_id, at))
        for line in payment.lines
        if line.prepaid
    ]
    own = [visibility.pays(actor, claims, bill) for bill in found]
    return len(own) == len(ids) and all([*own, *ahead])


def _bill_ids(payment: CounterPayment) -> list[str]:
    return [line.bill_id for line in bills_of(payment.lines)]


async def _trail(deps: Dependencies, actor: Actor, payment: CounterPayment) -> MoneyTrail:
    account, lines, since = payment.account, payment.lines, payment.paid_at
    receipt, asked, returned = await asyncio.gather(
        receipts.find(deps, payment.id),
        requests.of_payment(deps, payment.id),
        returns.of_payment(deps, actor, account, lines, since=since),
    )
    sources = _Sources(payment, receipt, asked, returned)
    return MoneyTrail(
        payment_id=payment.id,
        state=PaymentState.PAID,
        amount_fen=payment.amount_fen,
        payee_name=payment.payee_name,
        answer=_answer(sources),
        entries=sorted(_entries(sources), key=words.in_time),
        can_ask=False,
    )


def _entries(found: _Sources) -> Iterator[TrailEntry]:
    payment = found.payment
    yield TrailEntry(
        step=TrailStep.PAID,
        at=payment.paid_at,
        text=f"{payment.way.label}{words.ordered(payment.lines)},共{yuan(payment.amount_fen)}元",
        number=payment.voucher,
        amount_fen=payment.amount_fen,
    )
    yield words.booked(payment.taken_at, payment.payee_name, payment.amount_fen)
    if found.receipt:
        yield words.receipted(payment.taken_at, found.receipt)
    for request in found.requests:
        yield from words.of_request(request)
        if request.state is RefundRequestState.DONE:
            yield _given_back(request)
    for made in found.returned:
        yield from words.of_return(made)


def _given_back(request: RefundRequest) -> TrailEntry:
    way = request.back.label if request.back else ""
    return TrailEntry(
        step=TrailStep.REFUND_DONE,
        at=request.finished_at,
        text=f"退款{yuan(request.amount_fen)}元已用{way}退还",
        number=request.voucher or request.number,
        amount_fen=request.amount_fen,
    )


def _answer(found: _Sources) -> str:
    payment = found.payment
    said = [f"{yuan(payment.amount_fen)}元已由{payment.payee_name}收到"]
    said += [part for request in found.requests if (part := _of_back(request))]
    said += [part for made in found.returned if (part := words.of_prepaid_back(made))]
    return f"{day_of(payment.paid_at)} {','.join(said)}。"


def _of_back(request: RefundRequest) -> str:
    money = f"{yuan(request.amount_fen)}元"
    match request.state:
        case RefundRequestState.ASKED:
            return f"{money}的退款正在审批"
        case RefundRequestState.APPROVED:
            return f"{money}的退款已批准,请到收款单位领取"
        case RefundRequestState.DONE:
            return f"{money}已退回"
        case _:
            return ""
