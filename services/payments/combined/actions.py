"""Actions on combined orders: bills of several payees, paid by one tap.

Where WeChat lets all the payees' merchants combine. What each gets is an order of its own, with
its own booking, receipt and refunds; see docs/decisions/74-checkouts.md.
"""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from services.audit import actions as audit
from services.bills.models import Bill
from services.dependencies import Dependencies
from services.kernel.acts import Act
from services.kernel.permissions import Actor
from services.payments import actions as payments
from services.payments import orders, store
from services.payments.models import CombinedOrder, Payment, PayParams, amounts_of
from services.payments.refusals import BillAlreadyPaid, require_payable
from services.payments.states import PaymentState
from services.wechat.combined_orders import CombinedPart, fit, prepay_body


class Together(NamedTuple):
    """A combined order, ready to be paid: what each payee gets, and what the phone needs."""

    payments: list[Payment]
    params: PayParams


def is_possible(deps: Dependencies, accounts: Sequence[str]) -> bool:
    """Tell whether one order may pay these accounts, each as often as it is named."""
    if not all(deps.merchants.combines(account) for account in accounts):
        return False
    return bool(accounts) and fit([deps.merchants[account].account for account in accounts])


async def pay(
    deps: Dependencies, actor: Actor, sources: orders.Sources, groups: Sequence[Sequence[Bill]]
) -> Together:
    """Make one combined order for all that is owed of bills, or hand out the open one again.

    `groups`: the bills of each order, of one payee and one fee. `sources`: as `orders.read`
    gave them. The payments are in the order of the groups. Raises the refusals of refusals.py.
    """
    for bills in groups:
        require_payable(bills)
    held = await _free_the_bills(deps, actor, sources, groups)
    parts = held or await _create(deps, actor, sources, groups)
    first = await payments.place(deps, parts[0])
    parts = await store.parts_of(deps.db, first.combined_number)
    if any(part.state is PaymentState.PAID for part in parts):
        raise BillAlreadyPaid("这些账单已经缴过了", payment_id=first.id)
    prepay_ids = {payments.require_prepaid(part) for part in parts}
    if held:
        for part in held:
            again = {"place": part.place, "subject": part.id}
            await audit.record_again(deps, actor, Act.PAYMENT_ORDERED, **again)
    by_bill = {bill_id: part for part in parts for bill_id in part.bill_ids}
    parts = [by_bill[bills[0].id] for bills in groups]
    return Together(parts, _params(deps, parts[0], max(prepay_ids)))


def _params(deps: Dependencies, part: Payment, prepay_id: str) -> PayParams:
    account = part.combined.account if part.combined else part.account
    return msgspec.convert(deps.merchants[account].pay_params(prepay_id), PayParams)


async def _free_the_bills(
    deps: Dependencies, actor: Actor, sources: orders.Sources, groups: Sequence[Sequence[Bill]]
) -> list[Payment]:
    """Return the parts of the actor's own open order for exactly this, or cancel all there is.

    Part of a combined order is never handed out again: its tap would pay all of it.
    """
    wanted_ids = {bill.id for bills in groups for bill in bills}
    found = [each for each in sources.in_the_way if wanted_ids.intersection(each.bill_ids)]
    payments.require_none_suspended(found)
    wholes = {each.combined for each in found}
    whole = wholes.pop() if len(wholes) == 1 else None
    held = {frozenset(amounts_of(each.lines).items()) for each in found}
    owed = [orders.lines_of(bills, None) for bills in groups]
    wanted = {frozenset(amounts_of(lines).items()) for lines in owed}
    is_all = whole is not None and whole.parts == len(found) and held == wanted
    if is_all and all(payments.may_reuse(deps, actor, each) for each in found):
        return found
    await payments.supersede(deps, actor, found)
    return []


async def _create(
    deps: Dependencies, actor: Actor, sources: orders.Sources, groups: Sequence[Sequence[Bill]]
) -> list[Payment]:
    """Write all parts down with the request of the whole, before WeChat hears of it."""
    parts = [
        orders.part(
            deps, actor, sources._replace(bills=list(bills)), orders.lines_of(bills, None)
        )
        for bills in groups
    ]
    whole = CombinedOrder(number=deps.new_id(), account=parts[0].account, parts=len(parts))
    body = _body(deps, whole, parts, orders.openid(sources.person))
    for part in parts:
        part.combined, part.body = whole, body
    held = [bill for bills in groups for bill in bills]
    await payments.write_down(deps, actor, held, parts)
    return parts


def _body(
    deps: Dependencies, whole: CombinedOrder, parts: Sequence[Payment], openid: str
) -> bytes:
    first = deps.merchants[whole.account]
    return prepay_body(
        first.account,
        whole.number,
        [
            CombinedPart(
                account=deps.merchants[part.account].account,
                out_trade_no=part.id,
                amount_fen=part.amount_fen,
                description=orders.description(part),
            )
            for part in parts
        ],
        openid=openid,
        expires_at=parts[0].expires_at,
        notify_url=first.combined_notify_url,
    )
