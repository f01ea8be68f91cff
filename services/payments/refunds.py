"""Money on its way back: one number per refund, asked until WeChat says how it ended."""

from datetime import timedelta
from typing import Final

import structlog

from services.dependencies import Dependencies, Transaction
from services.documents import Document
from services.jobs.models import Again, Permanent, RetryAt
from services.ledger import actions as ledger
from services.ledger.models import Journal, Posting, wechat_cash
from services.messaging import actions as messaging
from services.messaging.templates import TemplateKey
from services.money import yuan
from services.payments import refund_store, store
from services.payments.models import Refund
from services.payments.states import Event, RefundState
from services.wechat.errors import PayError, PayReaction
from services.wechat.pay_models import Refund as Answer
from services.wechat.pay_models import RefundStatus

FIRST_LOOK: Final = timedelta(minutes=1)
LATER_LOOK: Final = timedelta(hours=1)
UNTIL_TOPPED_UP: Final = timedelta(hours=1)

log = structlog.get_logger(__name__)


async def send(deps: Dependencies, payload: Document) -> Again | None:
    """Ask for the refund, or how it stands. Always the same number: never a second refund."""
    refund = await refund_store.find(deps.db, payload["refund_id"])
    if refund is None:
        raise Permanent("no such refund")
    match refund.state:
        case RefundState.REQUESTED:
            answer = await _ask(deps, refund)
        case RefundState.SENT:
            answer = await deps.merchants[refund.account].query_refund(refund.id)
        case _:
            return None
    settled = await record(deps, refund, answer)
    if settled:
        return None
    early = deps.now() - refund.requested_at < LATER_LOOK
    return Again(deps.now() + (FIRST_LOOK if early else LATER_LOOK))


async def _ask(deps: Dependencies, refund: Refund) -> Answer:
    client = deps.merchants[refund.account]
    try:
        return await client.refund(
            refund.payment,
            out_refund_no=refund.id,
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
                log.error("refund_refused", refund=refund.id, code=error.code)  # noqa: TRY400  # an alarm
                await refund_store.move(
                    deps.db, refund.id, RefundState.ABNORMAL, settled_at=deps.now()
                )
                raise Permanent(f"WeChat refused the refund: {error.code}") from error
            case _:
                raise


async def record(deps: Dependencies, refund: Refund, answer: Answer) -> bool:
    """Write down how WeChat says a refund stands; True once nothing more will come."""
    if (answer.out_trade_no, answer.refund_fen) != (refund.payment, refund.amount_fen):
        log.error("refund_mismatch", refund=refund.id)
        raise Permanent("WeChat speaks of another refund under our number")
    match answer.status:
        case RefundStatus.SUCCESS:
            await _finish(deps, refund, answer)
            return True
        case RefundStatus.PROCESSING:
            await refund_store.move(
                deps.db, refund.id, RefundState.SENT, refund_id=answer.refund_id
            )
            return False
        case RefundStatus.CLOSED:
            target = RefundState.FAILED
        case RefundStatus.ABNORMAL:
            target = RefundState.ABNORMAL
    log.error("refund_needs_a_person", refund=refund.id, status=answer.status)
    await refund_store.move(
        deps.db, refund.id, target, refund_id=answer.refund_id, settled_at=deps.now()
    )
    return True


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
        if await refund_store.move(deps.db, refund.id, done, tx, **changes) is None:
            return
        await ledger.post(deps, tx, journal)
        await store.move(deps.db, refund.payment, Event.RETURNED, tx)
        await _tell(deps, tx, refund)

    await deps.in_transaction(work)


async def _tell(deps: Dependencies, tx: Transaction, refund: Refund) -> None:
    if refund.person is None:
        return
    await messaging.notify(
        deps,
        tx,
        person_id=refund.person,
        template=TemplateKey.REFUND_DONE,
        key=refund.id,
        values={"amount": yuan(refund.amount_fen), "reason": refund.reason},
        page=f"pages/payments/detail?id={refund.payment}",
    )
