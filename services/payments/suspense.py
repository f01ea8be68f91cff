"""Money that fits no order, and the person who decides about it."""

from collections.abc import Sequence
from typing import Any

from services.audit import actions as audit
from services.audit.models import Act
from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.kernel import errors
from services.kernel.permissions import Actor, Permission, require_city
from services.ledger.models import suspense
from services.payments import refund_store, refunds, store
from services.payments.models import DiscrepancyState, DiscrepancyView, Refund

WAITING = (DiscrepancyState.OPEN, DiscrepancyState.IN_SUSPENSE)
REASON = "款项不符退回"


class NotInSuspense(errors.Conflict):
    code = "not_in_suspense"


async def listing(
    deps: Dependencies, actor: Actor, *, after: str, limit: int
) -> Sequence[DiscrepancyView]:
    """Return differences with WeChat that wait for a person, by id."""
    require_city(actor, Permission.OPERATE)
    found = await store.discrepancies_in(deps.db, WAITING, after=after, limit=limit)
    return [
        DiscrepancyView(
            discrepancy_id=row.id,
            account=row.account,
            doubts=row.doubts,
            out_trade_no=row.out_trade_no,
            transaction_id=row.transaction_id,
            amount_fen=row.amount_fen,
            expected_fen=row.expected_fen,
            state=row.state,
            found_at=row.found_at,
        )
        for row in found
    ]


async def give_back(deps: Dependencies, actor: Actor, found_id: str) -> None:
    """Send suspended money back to whoever paid it. Asking twice sends it once.

    The order keeps its bills until the money has arrived.
    """
    require_city(actor, Permission.OPERATE)
    found = await store.find_discrepancy(deps.db, found_id)
    if found is None:
        raise errors.NotFound("没有这条差异")
    payment = await store.find(deps.db, found.out_trade_no)
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
        reason=REASON,
        requested_at=deps.now(),
    )

    async def work(tx: Transaction) -> None:
        waiting, going = DiscrepancyState.IN_SUSPENSE, DiscrepancyState.RETURNING
        if not await store.move_discrepancy(deps.db, found_id, waiting, going, tx):
            raise NotInSuspense("这笔款项已处理或还没有确认")
        await refund_store.insert(deps.db, refund, tx)
        await jobs.enqueue(
            deps, tx, "payments.refund", refunds.job_key(refund), refund_id=refund.id
        )
        place = payment.place if payment else audit.NOWHERE
        about: dict[str, Any] = {"place": place, "subject": found_id}
        about |= {"refund": refund.id, "amount_fen": refund.amount_fen}
        await audit.record(deps, tx, actor, Act.SUSPENSE_RETURNED, **about)

    await deps.in_transaction(work)
    await jobs.wake(deps)
