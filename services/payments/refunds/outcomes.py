"""Outcomes of refunds, as WeChat tells them in answers and notices."""

import structlog

from services.dependencies import Dependencies, Transaction
from services.ledger import actions as ledger
from services.ledger.models import Journal, Posting, receivable, refund_journal, wechat_cash
from services.payments import store as payments_store
from services.payments.discrepancies import actions as discrepancies
from services.payments.refunds import notify, reopenings, store
from services.payments.refunds.models import Refund
from services.payments.refunds.states import RefundAction, RefundState
from services.payments.states import Event
from services.wechat.pay_models import Refund as Answer
from services.wechat.pay_models import RefundStatus

log = structlog.get_logger(__name__)


def is_about(refund: Refund, answer: Answer) -> bool:
    """Tell whether WeChat speaks of this refund as we asked for it."""
    said = (answer.out_refund_no, answer.out_trade_no, answer.refund_fen)
    return said == (refund.number, refund.payment, refund.amount_fen)


async def record_notice(deps: Dependencies, account: str, answer: Answer) -> bool:
    """Record the outcome a notice tells of; False when it fits no refund of this account.

    Of a failed one only that its money arrived is news: an earlier try came through.
    """
    refund = await store.find(deps.db, answer.out_refund_no.partition("-")[0])
    if refund is None or refund.account != account or not is_about(refund, answer):
        return False
    if refund.state is RefundState.FAILED and answer.status is not RefundStatus.SUCCESS:
        return False
    await record(deps, refund, answer)
    return True


async def record(deps: Dependencies, refund: Refund, answer: Answer) -> None:
    """Record how WeChat says a refund stands. See `is_about` first."""
    match answer.status:
        case RefundStatus.SUCCESS:
            await _finish(deps, refund, answer)
        case RefundStatus.PROCESSING:
            await store.move(
                deps.db, refund.id, RefundAction.ACCEPT, refund_id=answer.refund_id
            )
        case RefundStatus.CLOSED:
            await mark_stuck(deps, refund, RefundAction.FAIL, "CLOSED", answer.refund_id)
        case RefundStatus.ABNORMAL:
            await mark_stuck(deps, refund, RefundAction.HANG, "ABNORMAL", answer.refund_id)


async def mark_stuck(
    deps: Dependencies,
    refund: Refund,
    action: RefundAction,
    problem: str,
    refund_id: str | None = None,
) -> None:
    """Put a refund on the work list, once, and tell whoever waits for the money."""

    async def work(tx: Transaction) -> None:
        changes = {"problem": problem, "refund_id": refund_id}
        if await store.move(deps.db, refund.id, action, tx=tx, **changes) is None:
            return
        log.error("refund_needs_a_person", refund=refund.id, problem=problem)
        await notify.notify_payer(deps, tx, refund, notify.REFUND_DELAYED)

    await deps.in_transaction(work)


async def _finish(deps: Dependencies, refund: Refund, answer: Answer) -> None:
    """Book the money that left, once, and tell whoever gets it."""
    journal = _journal(deps, refund, answer)

    async def work(tx: Transaction) -> None:
        changes = {"refund_id": answer.refund_id, "settled_at": deps.now()}
        if await store.move(deps.db, refund.id, RefundAction.ARRIVE, tx=tx, **changes) is None:
            return
        await ledger.post(deps, tx, journal)
        if refund.lines:
            await reopenings.reopen(deps, tx, refund, answer.refund_id)
        # of suspended money: its order is over, and its difference with WeChat
        event, because, at = Event.RETURNED, "money_returned", deps.now()
        await payments_store.close(
            deps.db, refund.payment, event, because=because, at=at, tx=tx
        )
        await discrepancies.finish_return(deps, tx, refund.account, refund.payment)
        await notify.notify_payer(deps, tx, refund, notify.REFUND_DONE)

    await deps.in_transaction(work)


def _journal(deps: Dependencies, refund: Refund, answer: Answer) -> Journal:
    account = deps.merchants[refund.account].account
    taken = [Posting(receivable(line.bill_id), line.amount_fen) for line in refund.lines]
    by_hand = {"request": refund.request} if refund.request else {}
    return Journal(
        id=refund_journal(account.mchid, answer.refund_id),
        kind="refund",
        place=account.key,
        at=deps.now(),
        postings=[
            *(taken or [Posting(refund.source, refund.amount_fen)]),
            Posting(wechat_cash(account.key), -refund.amount_fen),
        ],
        reference={"refund": refund.id, "payment": refund.payment, **by_hand},
    )
