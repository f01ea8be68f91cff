"""Actions on refunds: one number per refund, asked about until WeChat says how it ended."""

from datetime import timedelta
from typing import Any, Final

import structlog

from services.audit import actions as audit
from services.audit.models import Act
from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.jobs.models import Again, Permanent, RetryAt
from services.kernel import errors
from services.kernel.documents import Document
from services.kernel.errors import Conflict, NotFound
from services.kernel.permissions import Actor, Permission, require_city
from services.ledger import actions as ledger
from services.ledger.models import Journal, Posting, overpaid, suspense, wechat_cash
from services.messaging.templates import TemplateKey
from services.payments import store as payments_store
from services.payments.discrepancies import store as discrepancies_store
from services.payments.discrepancies.models import discrepancy_id
from services.payments.discrepancies.states import DiscrepancyState
from services.payments.models import Payment
from services.payments.refunds import notify, store, views
from services.payments.refunds.models import Refund, RefundView
from services.payments.refunds.states import REFUND_STUCK, RefundState
from services.payments.states import Event
from services.wechat.errors import PayError, PayReaction
from services.wechat.pay_models import Refund as Answer
from services.wechat.pay_models import RefundStatus
from services.wechat.pay_models import Transaction as Trade

FIRST_LOOK: Final = timedelta(minutes=1)
LATER_LOOK: Final = timedelta(hours=1)
WHILE_ABNORMAL: Final = timedelta(hours=6)
UNTIL_TOPPED_UP: Final = timedelta(hours=1)

log = structlog.get_logger(__name__)


class NotStuck(Conflict):
    code = "refund_not_stuck"


async def send(deps: Dependencies, payload: Document) -> Again | None:
    """Ask for the refund, or how it stands. Always the same number: never a second refund."""
    refund = await store.find(deps.db, payload["refund_id"])
    if refund is None:
        raise Permanent("no such refund")
    match refund.state:
        case RefundState.REQUESTED:
            answer = await _ask(deps, refund)
        case RefundState.SENT | RefundState.ABNORMAL:
            answer = await deps.merchants[refund.account].query_refund(refund.number)
        case _:
            return None
    if not is_of(refund, answer):
        log.error("refund_mismatch", refund=refund.id)
        raise Permanent("WeChat speaks of another refund under our number")
    await record(deps, refund, answer)
    return _next_look(deps, refund, answer)


def _next_look(deps: Dependencies, refund: Refund, answer: Answer) -> Again | None:
    match answer.status:
        case RefundStatus.SUCCESS | RefundStatus.CLOSED:
            return None
        case RefundStatus.ABNORMAL:  # mended at WeChat by a person, on some later day
            return Again(deps.now() + WHILE_ABNORMAL)
        case RefundStatus.PROCESSING:
            early = deps.now() - refund.requested_at < LATER_LOOK
            return Again(deps.now() + (FIRST_LOOK if early else LATER_LOOK))


def is_of(refund: Refund, answer: Answer) -> bool:
    """Tell whether WeChat speaks of this refund as we asked for it."""
    said = (answer.out_refund_no, answer.out_trade_no, answer.refund_fen)
    return said == (refund.number, refund.payment, refund.amount_fen)


async def _ask(deps: Dependencies, refund: Refund) -> Answer:
    client = deps.merchants[refund.account]
    try:
        return await client.refund(
            refund.payment,
            out_refund_no=refund.number,
            refund_fen=refund.amount_fen,
            total_fen=refund.total_fen,
            reason=refund.reason,
        )
    except PayError as error:
        match error.reaction:
            case PayReaction.NOT_ENOUGH:
                log.error("refund_waits_for_balance", refund=refund.id)  # noqa: TRY400  # an alarm, not a bug
                raise RetryAt(deps.now() + UNTIL_TOPPED_UP, error.code) from error
            case PayReaction.BY_HAND | PayReaction.PERMANENT | PayReaction.SHOW:
                await _get_stuck(deps, refund, RefundState.FAILED, error.code)
                raise Permanent(f"WeChat refused the refund: {error.code}") from error
            case _:
                raise


async def record(deps: Dependencies, refund: Refund, answer: Answer) -> None:
    """Write down how WeChat says a refund stands. See `is_of` first."""
    match answer.status:
        case RefundStatus.SUCCESS:
            await _finish(deps, refund, answer)
        case RefundStatus.PROCESSING:
            await store.move(deps.db, refund.id, RefundState.SENT, refund_id=answer.refund_id)
        case RefundStatus.CLOSED:
            await _get_stuck(deps, refund, RefundState.FAILED, "CLOSED", answer.refund_id)
        case RefundStatus.ABNORMAL:
            await _get_stuck(deps, refund, RefundState.ABNORMAL, "ABNORMAL", answer.refund_id)


async def _get_stuck(
    deps: Dependencies,
    refund: Refund,
    target: RefundState,
    problem: str,
    refund_id: str | None = None,
) -> None:
    """Put a refund on the work list, once, and tell whoever waits for the money."""

    async def work(tx: Transaction) -> None:
        changes = {"problem": problem, "refund_id": refund_id}
        if await store.move(deps.db, refund.id, target, tx, **changes) is None:
            return
        log.error("refund_needs_a_person", refund=refund.id, problem=problem)
        await notify.notify_payer(deps, tx, refund, TemplateKey.REFUND_DELAYED)

    await deps.in_transaction(work)


async def listing(
    deps: Dependencies, actor: Actor, *, after: str, limit: int
) -> list[RefundView]:
    """Return refunds that wait for a person, by id."""
    require_city(actor, Permission.OPERATE)
    return [
        views.view(refund) for refund in await store.stuck(deps.db, after=after, limit=limit)
    ]


async def retry(deps: Dependencies, actor: Actor, refund_key: str) -> RefundView:
    """Send a failed refund again, or ask about an abnormal one at once.

    A number that WeChat closed is used up, so the next try has the next one; a number that
    WeChat never accepted is still good.
    """
    require_city(actor, Permission.OPERATE)
    refund = await store.find(deps.db, refund_key)
    if refund is None:
        raise NotFound("没有这笔退款")
    tries = refund.tries + 1
    changes: Document = {"tries": tries, "requested_at": deps.now()}
    target = RefundState.SENT
    if refund.state is RefundState.FAILED:
        target = RefundState.REQUESTED
        used_up = refund.refund_id is not None
        number = f"{refund.id}-{tries}" if used_up else refund.number
        changes |= {"number": number, "refund_id": None}

    async def work(tx: Transaction) -> Refund:
        moved = None
        if refund.state in REFUND_STUCK:
            moved = await store.move(deps.db, refund.id, target, tx, **changes)
        if moved is None:
            raise NotStuck("这笔退款不需要处理,请刷新看看")
        await jobs.enqueue(deps, tx, "payments.refund", job_key(moved), refund_id=refund.id)
        await _note(deps, tx, actor, moved)
        return moved

    moved = await deps.in_transaction(work)
    await jobs.wake(deps)
    return views.view(moved)


async def _note(deps: Dependencies, tx: Transaction, actor: Actor, refund: Refund) -> None:
    payment = await payments_store.find(deps.db, refund.payment, tx)
    await audit.record(
        deps,
        tx,
        actor,
        Act.REFUND_RETRIED,
        place=payment.place if payment else audit.NOWHERE,
        subject=refund.id,
        tries=refund.tries,
        amount_fen=refund.amount_fen,
    )


def job_key(refund: Refund) -> str:
    """Name the job that follows a refund; every time a person sends it again, another one."""
    return f"{refund.id}:{refund.tries}"


async def _finish(deps: Dependencies, refund: Refund, answer: Answer) -> None:
    """Book the money that left, once, and tell whoever gets it."""
    account = deps.merchants[refund.account].account
    journal = Journal(
        id=f"refund:{account.mchid}:{answer.refund_id}",
        kind="refund",
        place=account.key,
        at=deps.now(),
        postings=[
            Posting(refund.source, refund.amount_fen),
            Posting(wechat_cash(account.key), -refund.amount_fen),
        ],
        reference={"refund": refund.id, "payment": refund.payment},
    )

    async def work(tx: Transaction) -> None:
        done = RefundState.DONE
        changes = {"refund_id": answer.refund_id, "settled_at": deps.now()}
        if await store.move(deps.db, refund.id, done, tx, **changes) is None:
            return
        await ledger.post(deps, tx, journal)
        await payments_store.move(deps.db, refund.payment, Event.RETURNED, tx)
        await discrepancies_store.move(
            deps.db,
            discrepancy_id(refund.account, refund.payment),
            DiscrepancyState.RETURNING,
            DiscrepancyState.RETURNED,
            tx,
            settled_at=deps.now(),
        )
        await notify.notify_payer(deps, tx, refund, TemplateKey.REFUND_DONE)

    await deps.in_transaction(work)


SUSPENSE_REASON = "款项不符退回"


class NotInSuspense(errors.Conflict):
    code = "not_in_suspense"


async def give_back(deps: Dependencies, actor: Actor, found_id: str) -> None:
    """Send suspended money back to whoever paid it. Asking twice sends it once.

    The order keeps its bills until the money has arrived.
    """
    require_city(actor, Permission.OPERATE)
    found = await discrepancies_store.find(deps.db, found_id)
    if found is None:
        raise errors.NotFound("没有这条差异")
    payment = await payments_store.find(deps.db, found.out_trade_no)
    refund = Refund(
        id=f"S{found.out_trade_no}",
        number=f"S{found.out_trade_no}",
        payment=found.out_trade_no,
        person=payment.person if payment else None,
        account=found.account,
        transaction_id=found.transaction_id,
        amount_fen=found.amount_fen,
        total_fen=found.amount_fen,
        source=suspense(found.transaction_id),
        reason=SUSPENSE_REASON,
        requested_at=deps.now(),
    )

    async def work(tx: Transaction) -> None:
        waiting, going = DiscrepancyState.IN_SUSPENSE, DiscrepancyState.RETURNING
        if not await discrepancies_store.move(deps.db, found_id, waiting, going, tx):
            raise NotInSuspense("这笔款项已处理或还没有确认")
        await store.insert(deps.db, refund, tx)
        await jobs.enqueue(deps, tx, "payments.refund", job_key(refund), refund_id=refund.id)
        place = payment.place if payment else audit.NOWHERE
        about: dict[str, Any] = {"place": place, "subject": found_id}
        about |= {"refund": refund.id, "amount_fen": refund.amount_fen}
        await audit.record(deps, tx, actor, Act.SUSPENSE_RETURNED, **about)

    await deps.in_transaction(work)
    await jobs.wake(deps)


EXCESS_REASON: Final = "重复缴费退款"


def excess_refund(
    deps: Dependencies, payment: Payment, trade: Trade, amount_fen: int
) -> Refund:
    return Refund(
        id=f"X{payment.id}",
        number=f"X{payment.id}",
        payment=payment.id,
        person=payment.person,
        account=payment.account,
        transaction_id=trade.transaction_id or "",
        amount_fen=amount_fen,
        total_fen=payment.amount_fen,
        source=overpaid(payment.id),
        reason=EXCESS_REASON,
        requested_at=deps.now(),
    )
