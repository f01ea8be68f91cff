"""Actions on requests of refunds: asked for by one of the staff, decided by another.

Asking reserves (reserves.py), approving has WeChat give the money back, and only its word that
it arrived opens the bills again (docs/decisions/73-refunds-by-hand.md). Two people always:
whoever could give money back alone could give it to themselves.
"""

from collections.abc import Sequence
from typing import Any

from pymongo.errors import DuplicateKeyError

from services.audit import actions as audit
from services.bills import actions as bills_actions
from services.bills import own_money
from services.bills.models import Bill
from services.dependencies import Dependencies, Transaction
from services.kernel import interests
from services.kernel.access import accessible
from services.kernel.acts import Act
from services.kernel.interests import SamePerson
from services.kernel.pages import Page
from services.kernel.paths import smallest_around
from services.kernel.permissions import Actor, Permission, require_at
from services.ledger.models import payment_journal
from services.payments import store as payments_store
from services.payments.models import Line, Payment, PaymentWay, bills_of
from services.payments.receipts import actions as receipts
from services.payments.receipts import numbers
from services.payments.refund_requests import notify, reserves, store, views
from services.payments.refund_requests.models import (
    AskRefund,
    Refundable,
    RefundDecision,
    RefundRequest,
    RefundRequestsQuery,
    RefundRequestView,
)
from services.payments.refund_requests.refusals import NothingToRefund, RefundMovedOn
from services.payments.refund_requests.states import (
    TABLE,
    RefundRequestAction,
    RefundRequestState,
)
from services.payments.refunds import actions as refunds
from services.payments.refusals import PayeeUnavailable
from services.photos import actions as photos
from services.photos.models import PhotoPurpose
from services.places import actions as places

MISSING = "没有找到这项退款"


async def ask(
    deps: Dependencies, actor: Actor, payment_id: str, wish: AskRefund
) -> RefundRequestView:
    """Ask that money of a WeChat payment goes back.

    Raises NotFound, OtherPayee, OwnHome, RefundTooLate, PayeeUnavailable, and as `propose`.
    """
    payment = accessible(
        actor,
        await payments_store.find(deps.db, payment_id),
        Permission.REFUND_PAYMENTS,
        at=lambda found: found.place,
        missing="没有找到这笔支付",
    )
    source = await _refundable(deps, payment)
    reserves.require_in_time(source.paid_at, deps.now())
    return await propose(deps, actor, source, wish)


async def _refundable(deps: Dependencies, payment: Payment) -> Refundable:
    """Return what a WeChat payment paid of bills. Raises NothingToRefund, PayeeUnavailable."""
    receipt = await receipts.find(deps, payment.id)
    if receipt is None or payment.transaction_id is None:
        raise NothingToRefund("这笔付款没有入账,没有可退的金额")
    client = deps.merchants.get(payment.account)
    # not the merchant that was paid, or the payer's account is closed: WeChat is not asked
    if client is None or not client.has_made(payment.body):
        raise PayeeUnavailable("这笔付款现在不能由微信原路退回,请与收款单位另行办理")
    return Refundable(
        payment=payment.id,
        way=PaymentWay.WECHAT,
        journal=payment_journal(client.account.mchid, payment.transaction_id),
        account=payment.account,
        payee_name=payment.payee_name,
        person=payment.person,
        place=payment.place,
        lines=bills_of(receipt.lines),
        paid_at=receipt.paid_at,
    )


async def propose(
    deps: Dependencies, actor: Actor, source: Refundable, wish: AskRefund
) -> RefundRequestView:
    """Ask that money of a payment goes back that the actor has access to.

    Raises NotFound, OtherPayee, OwnHome, NothingToRefund, RefundExceedsPaid, TooManyRefunds.
    """
    by = Permission.REFUND_PAYMENTS
    if not source.lines:
        raise NothingToRefund("这笔付款全部是预存款,不按账单退款")
    bills = await _bills(deps, actor, source.lines, source.person, by=by)
    request_id = deps.new_id()

    async def save(tx: Transaction) -> RefundRequest:
        await bills_actions.require_no_debtors(deps, tx, actor, bills)
        lines = await reserves.take(deps, tx, source, wish)
        made = _draft(deps, actor, source, wish, lines, request_id=request_id)
        await attach(deps, tx, actor, made, made.photos)
        await store.insert(deps.db, tx, made)
        await record(deps, tx, actor, Act.REFUND_ASKED, made)
        return made

    try:
        made = await deps.in_transaction(save)
    except DuplicateKeyError:  # somebody made the payment's first request at this moment
        made = await deps.in_transaction(save)
    return await shown(deps, made)


async def _bills(
    deps: Dependencies, actor: Actor, lines: Sequence[Line], payer: str, *, by: Permission
) -> list[Bill]:
    """Return the bills of a refund, of whose homes and money the actor may dispose.

    Raises NotFound, OwnHome, OtherPayee.
    """
    ids = [line.bill_id for line in lines]
    bills = await bills_actions.access_many_by_office(deps, actor, ids, by)
    interests.require_not_own_payment(actor, payer, [bill.home for bill in bills])
    await own_money.require_all(deps, actor, bills, by=by)
    return bills


def _draft(
    deps: Dependencies,
    actor: Actor,
    source: Refundable,
    wish: AskRefund,
    lines: list[Line],
    *,
    request_id: str,
) -> RefundRequest:
    now, homes = deps.now(), [line.home for line in lines]
    return RefundRequest(
        id=request_id,
        number=numbers.reference(request_id, now),
        payment=source.payment,
        way=source.way,
        journal=source.journal,
        compound=places.compound_of(homes[0]),
        place=smallest_around(homes),
        account=source.account,
        payee_name=source.payee_name,
        person=source.person,
        lines=lines,
        amount_fen=sum(line.amount_fen for line in lines),
        reason=wish.reason,
        photos=list(dict.fromkeys(wish.photo_ids)),
        asked_by=actor.person_id,
        asked_at=now,
    )


async def attach(
    deps: Dependencies,
    tx: Transaction,
    actor: Actor,
    request: RefundRequest,
    photo_ids: Sequence[str],
) -> None:
    """Attach photos to a request: for who sees what its homes paid. Raises NotFound."""
    if photo_ids:
        await photos.attach(
            deps,
            tx,
            actor,
            photo_ids,
            subject=request.id,
            place=request.place,
            needs=Permission.VIEW_DEBTORS,
            purposes={PhotoPurpose.CHARGE},
        )


async def decide(
    deps: Dependencies, actor: Actor, request_id: str, decision: RefundDecision
) -> RefundRequestView:
    """Approve a request that somebody else made, or refuse it.

    Raises NotFound, OtherPayee, OwnHome, SamePerson, RefundMovedOn, RefundTooLate,
    TooManyRefunds.
    """
    action = RefundRequestAction.APPROVE if decision.approve else RefundRequestAction.REFUSE
    found, bills = await access(deps, actor, request_id, by=TABLE.needs(action))
    if found.asked_by == actor.person_id:
        raise SamePerson("申请退款的人不能自己审批,请另一位工作人员办理")
    decided = {
        "decided_by": actor.person_id,
        "decided_at": deps.now(),
        "decided_because": decision.reason,
    }

    async def save(tx: Transaction) -> RefundRequest:
        await bills_actions.require_no_debtors(deps, tx, actor, bills)
        if action is RefundRequestAction.APPROVE:
            moved = await _approve(deps, tx, found, decided)
        else:
            moved = await _refuse(deps, tx, found, decided)
        await record(deps, tx, actor, TABLE.act(action), moved)
        return moved

    return await shown(deps, await deps.in_transaction(save))


async def _refuse(
    deps: Dependencies, tx: Transaction, found: RefundRequest, decided: dict[str, Any]
) -> RefundRequest:
    """Refuse a request; of what WeChat was asked for, nothing can be taken back."""
    source = RefundRequestState.ASKED if found.way is PaymentWay.WECHAT else None
    refuse = RefundRequestAction.REFUSE
    moved = await move(deps, tx, found.id, refuse, source=source, **decided)
    await reserves.give(deps, tx, moved)
    return moved


async def move(
    deps: Dependencies,
    tx: Transaction,
    request_id: str,
    action: RefundRequestAction,
    *,
    source: RefundRequestState | None = None,
    **changes: Any,
) -> RefundRequest:
    """Move a request on by compare-and-set. Raises RefundMovedOn; DuplicateKeyError.

    `source`: the one state that it may be in.
    """
    key = {"state": source} if source else {}
    moved = await store.move(deps.db, tx, {"_id": request_id, **key}, action, **changes)
    if moved is None:
        raise RefundMovedOn("这项退款已经处理过了,请刷新")
    return moved


async def _approve(
    deps: Dependencies, tx: Transaction, found: RefundRequest, decided: dict[str, Any]
) -> RefundRequest:
    """Approve a request; what came by WeChat goes back there by itself."""
    action = RefundRequestAction.APPROVE
    if found.way is not PaymentWay.WECHAT:
        return await move(deps, tx, found.id, action, **decided)
    payment = await payments_store.get(deps.db, tx, found.payment)
    reserves.require_in_time(payment.paid_at or deps.now(), deps.now())
    number, due_at = await reserves.send(deps, tx, found.payment)
    refund = refunds.id_by_hand(found.payment, number)
    moved = await move(deps, tx, found.id, action, refund=refund, **decided)
    await refunds.request_by_hand(deps, tx, moved, due_at=due_at)
    await notify.notify_payer(deps, tx, moved)
    return moved


async def withdraw(deps: Dependencies, actor: Actor, request_id: str) -> RefundRequestView:
    """Withdraw one's own request that nobody decided. Raises NotFound, RefundMovedOn."""
    found = accessible(
        actor,
        await store.find(deps.db, request_id),
        people=lambda request: [request.asked_by],
        missing=MISSING,
    )

    async def save(tx: Transaction) -> RefundRequest:
        action = RefundRequestAction.WITHDRAW
        moved = await move(deps, tx, found.id, action)
        await reserves.give(deps, tx, moved)
        await record(deps, tx, actor, TABLE.act(action), moved)
        return moved

    return await shown(deps, await deps.in_transaction(save))


async def access(
    deps: Dependencies, actor: Actor, request_id: str, *, by: Permission
) -> tuple[RefundRequest, list[Bill]]:
    """Return a request that the actor may handle, with its bills.

    Raises NotFound, OwnHome, OtherPayee.
    """
    found = accessible(
        actor,
        await store.find(deps.db, request_id),
        by,
        at=lambda request: request.place,
        missing=MISSING,
    )
    return found, await _bills(deps, actor, found.lines, found.person, by=by)


async def is_voucher_used(
    deps: Dependencies, tx: Transaction, account: str, voucher: str, *, but: str
) -> bool:
    """Tell whether a transfer of a payee gave back the money of another request."""
    return await store.is_voucher_used(deps.db, tx, account, voucher, but=but)


async def find_many(deps: Dependencies, ids: Sequence[str]) -> dict[str, RefundRequest]:
    """Return id → request, of those that are there: for other packages, not for people."""
    return await store.find_many(deps.db, ids)


async def of_vouchers(deps: Dependencies, account: str, vouchers: Sequence[str]) -> list[str]:
    """Return the ids of the requests that transfers of a payee gave back."""
    return await store.of_vouchers(deps.db, account, vouchers)


async def shown(deps: Dependencies, request: RefundRequest) -> RefundRequestView:
    """Return a request as who handles it sees it."""
    return await views.view(deps, request)


async def get(deps: Dependencies, actor: Actor, request_id: str) -> RefundRequestView:
    """Return a request; to a firm's people of money that was paid to it. Raises NotFound."""
    by = Permission.VIEW_DEBTORS
    found = await own_money.accessible(
        deps,
        actor,
        await store.find(deps.db, request_id),
        by,
        at=lambda request: request.place,
        missing=MISSING,
    )
    return await shown(deps, found)


async def listing(
    deps: Dependencies, actor: Actor, place: str, query: RefundRequestsQuery
) -> Page[RefundRequestView]:
    """Requests of a compound or a part of it; to a firm of money paid to it. NotFound."""
    require_at(actor, Permission.VIEW_DEBTORS, place)
    own = await own_money.find(deps, actor, place, by=Permission.VIEW_DEBTORS)
    accounts = own.accounts if own else None
    compound = places.compound_of(place)
    found = await store.page(deps.db, compound, place, query, accounts=accounts)
    return found.of(await views.views(deps, found.items))


async def of_payment(deps: Dependencies, payment_id: str) -> list[RefundRequest]:
    """Return the requests about a payment, the earliest first."""
    return await store.of_payment(deps.db, payment_id)


async def payment_of(deps: Dependencies, number: str) -> str | None:
    """Return the payment that a request of this number is about."""
    return await store.payment_of(deps.db, number)


async def record(
    deps: Dependencies, tx: Transaction, actor: Actor, act: Act, request: RefundRequest
) -> None:
    """Write an act about a request into the audit."""
    facts: dict[str, Any] = {"place": request.place, "subject": request.id}
    facts |= {"payment": request.payment, "way": request.way.value}
    facts |= {"bills": [line.bill_id for line in request.lines]}
    facts |= {"amount_fen": request.amount_fen}
    await audit.record(deps, tx, actor, act, **facts)
