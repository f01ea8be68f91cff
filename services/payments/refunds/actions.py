"""Actions on refunds: requested for excess and for suspended money, listed, sent once more."""

from typing import Any, Final

import msgspec

from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.kernel import interests
from services.kernel.documents import Document
from services.kernel.errors import Conflict, NotFound
from services.kernel.pages import Page
from services.kernel.permissions import Actor, Permission, require_city
from services.ledger.models import overpaid, suspense
from services.payments import store as payments_store
from services.payments.discrepancies import actions as discrepancies
from services.payments.discrepancies.models import Discrepancy
from services.payments.discrepancies.states import TABLE as DIFFERENCES
from services.payments.discrepancies.states import DiscrepancyEvent
from services.payments.models import Payment
from services.payments.refunds import requests, store, views
from services.payments.refunds.models import JOB, Refund, RefundsQuery, RefundView
from services.payments.refunds.states import TABLE, RefundAction, RefundState
from services.wechat.pay_models import Transaction as Trade

# A payment has one refund of each cause at most; its id names the cause and the payment.
EXCESS: Final = "X"
SUSPENDED: Final = "S"
EXCESS_REASON: Final = "重复缴费退款"
VOID_REASON: Final = "账单已作废,原款退回"
AHEAD_REASON: Final = "超过可预存的金额,原款退回"
MIXED_REASON: Final = "账单已缴或已作废,原款退回"
SUSPENSE_REASON: Final = "款项不符退回"


class NotStuck(Conflict):
    code = "refund_not_stuck"


def excess_reason(*, void: int, of: int) -> str:
    """Say why bills did not take their money: paid twice, voided meanwhile, or some of each.

    `of`: how many bills; without any it was money for bills to come.
    """
    if not of:
        return AHEAD_REASON
    if not void:
        return EXCESS_REASON
    return VOID_REASON if void == of else MIXED_REASON


async def request_excess(
    deps: Dependencies,
    tx: Transaction,
    payment: Payment,
    trade: Trade,
    amount_fen: int,
    *,
    reason: str,
) -> None:
    """Request the refund of what a payment's bills did not take; `reason` is the payer's."""
    refund = Refund(
        id=f"{EXCESS}{payment.id}",
        number=f"{EXCESS}{payment.id}",
        payment=payment.id,
        person=payment.person,
        account=payment.account,
        transaction_id=trade.transaction_id or "",
        amount_fen=amount_fen,
        total_fen=payment.amount_fen,
        source=overpaid(payment.id),
        reason=reason,
        requested_at=deps.now(),
    )
    await _request(deps, tx, refund, payment)


async def _request(
    deps: Dependencies, tx: Transaction, refund: Refund, payment: Payment | None
) -> None:
    refund.body = requests.draft(deps, refund, payment)
    await store.insert(deps.db, tx, refund)
    await jobs.enqueue(deps, tx, JOB, refund.job_key, refund_id=refund.id)


async def return_suspended(deps: Dependencies, actor: Actor, found_id: str) -> None:
    """Send suspended money back to whoever paid it. Asking twice sends it once.

    The order keeps its bills until the money has arrived. Raises NotFound, NotInSuspense,
    OwnHome.
    """
    require_city(actor, DIFFERENCES.needs(DiscrepancyEvent.REFUND))
    found = await discrepancies.get(deps, found_id)
    payment = await payments_store.find(deps.db, found.out_trade_no)
    require_not_own(actor, payment)
    refund = _of_suspended(deps, found, payment)

    async def work(tx: Transaction) -> None:
        await discrepancies.start_return(deps, tx, found_id)
        await _request(deps, tx, refund, payment)
        place = payment.place if payment else audit.NOWHERE
        about: dict[str, Any] = {"place": place, "subject": found_id}
        about |= {"refund": refund.id, "amount_fen": refund.amount_fen}
        await audit.record(deps, tx, actor, DIFFERENCES.act(DiscrepancyEvent.REFUND), **about)

    await deps.in_transaction(work)


def _of_suspended(deps: Dependencies, found: Discrepancy, payment: Payment | None) -> Refund:
    return Refund(
        id=f"{SUSPENDED}{found.out_trade_no}",
        number=f"{SUSPENDED}{found.out_trade_no}",
        payment=found.out_trade_no,
        person=payment.person if payment else None,
        account=found.account,
        transaction_id=found.transaction_id,
        amount_fen=found.amount_fen,
        total_fen=found.total_fen or found.amount_fen,
        source=suspense(found.transaction_id),
        reason=SUSPENSE_REASON,
        requested_at=deps.now(),
    )


async def of_payment(deps: Dependencies, payment_id: str) -> list[Refund]:
    """Return the refunds of a payment."""
    ids = [f"{cause}{payment_id}" for cause in (EXCESS, SUSPENDED)]
    found = await store.find_many(deps.db, ids)
    return [found[each] for each in ids if each in found]


async def payment_of(deps: Dependencies, number: str) -> str | None:
    """Return the payment of a refund by its number, also one of a later try."""
    found = await store.find(deps.db, number.partition("-")[0])
    return found.payment if found else None


async def listing(deps: Dependencies, actor: Actor, query: RefundsQuery) -> Page[RefundView]:
    """Return refunds as asked for; those that wait for a person by default."""
    require_city(actor, Permission.OPERATE)
    return (await store.page(deps.db, query)).map(views.view)


async def retry(deps: Dependencies, actor: Actor, refund_key: str) -> RefundView:
    """Send a failed refund again, or ask about an abnormal one at once.

    Raises NotFound, OwnHome, and NotStuck when it does not wait for a person.
    """
    require_city(actor, TABLE.needs(RefundAction.RETRY))
    refund = await store.find(deps.db, refund_key)
    if refund is None:
        raise NotFound("没有这笔退款")
    payment = await payments_store.find(deps.db, refund.payment)
    require_not_own(actor, payment)
    action, changes = _next_try(deps, refund, payment)

    async def work(tx: Transaction) -> Refund:
        moved = await store.move(deps.db, refund.id, action, tx=tx, **changes)
        if moved is None:
            raise NotStuck("这笔退款不需要处理,请刷新看看")
        await jobs.enqueue(deps, tx, JOB, moved.job_key, refund_id=refund.id)
        await _note(deps, tx, actor, moved)
        return moved

    moved = await deps.in_transaction(work)
    return views.view(moved)


def _next_try(
    deps: Dependencies, refund: Refund, payment: Payment | None
) -> tuple[RefundAction, Document]:
    """Return how a refund moves and what changes when a person sends it once more.

    A number that WeChat closed is used up, so the next try has the next one; a number that
    WeChat never accepted is still good. Its request is drafted anew: the old one was refused.
    """
    tries = refund.tries + 1
    changes: Document = {"tries": tries, "requested_at": deps.now()}
    if refund.state is not RefundState.FAILED:
        return RefundAction.ASK, changes
    used_up = refund.refund_id is not None
    number = f"{refund.id}-{tries}" if used_up else refund.number
    changes |= {"number": number, "refund_id": None}
    next_one = msgspec.structs.replace(refund, number=number)
    return RefundAction.RETRY, changes | {"body": requests.draft(deps, next_one, payment)}


async def _note(deps: Dependencies, tx: Transaction, actor: Actor, refund: Refund) -> None:
    payment = await payments_store.find(deps.db, refund.payment, tx=tx)
    await audit.record(
        deps,
        tx,
        actor,
        TABLE.act(RefundAction.RETRY),
        place=payment.place if payment else audit.NOWHERE,
        subject=refund.id,
        tries=refund.tries,
        amount_fen=refund.amount_fen,
    )


def require_not_own(actor: Actor, payment: Payment | None) -> None:
    """Raise OwnHome for money that the actor paid, or that was paid for a home of theirs."""
    if payment is not None:
        homes = [line.home for line in payment.lines]
        interests.require_not_own_payment(actor, payment.person, homes)


async def count_stuck(deps: Dependencies) -> int:
    """Count refunds that wait for a person: for the figures and their alarms."""
    return await store.count_stuck(deps.db)
