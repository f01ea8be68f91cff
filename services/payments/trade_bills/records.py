"""What our own records say of the rows of a trade bill, and which of them no bill has.

An order, a refund or a suspended payment keeps the day of the bill that has it: what a day's
bills all lack is found by that, also when it was booked on another day than WeChat's.
"""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct

from services.dependencies import Dependencies
from services.kernel.days import end_of, start_of
from services.kernel.permissions import Actor
from services.ledger import actions as ledger
from services.ledger.models import Journal, posted, wechat_cash
from services.payments import store
from services.payments.discrepancies import actions as discrepancies
from services.payments.discrepancies.models import discrepancy_id
from services.payments.refunds import actions as refunds
from services.payments.refunds import store as refunds_store
from services.payments.refunds.states import RefundState
from services.payments.states import PaymentState
from services.wechat.bill_models import TradeRow

REFUND_KIND: Final = "refund"
SUSPENSE_KIND: Final = "suspense"


class Lacking(Struct, frozen=True, kw_only=True):
    """Money of the books that no trade bill has. `reference`: WeChat's number of it."""

    is_refund: bool
    reference: str
    order: str
    amount_fen: int
    at: datetime


async def told_payments(
    deps: Dependencies, account: str, rows: Sequence[TradeRow]
) -> dict[str, int]:
    """Return WeChat's number → what a notice or answer said was paid, in fen."""
    payments = await store.find_many(deps.db, [row.out_trade_no for row in rows])
    names = [discrepancy_id(account, row.out_trade_no) for row in rows]
    suspended = await discrepancies.find_many(deps, names)
    told: dict[str, int] = {}
    for row, name in zip(rows, names, strict=True):
        payment, doubt = payments.get(row.out_trade_no), suspended.get(name)
        if payment and payment.state is PaymentState.PAID:
            told[payment.transaction_id or ""] = payment.amount_fen
        if doubt and doubt.total_fen is not None:
            told.setdefault(doubt.transaction_id, doubt.total_fen)
    return {
        row.transaction_id: told[row.transaction_id]
        for row in rows
        if row.transaction_id in told
    }


async def told_refunds(
    deps: Dependencies, rows: Sequence[TradeRow], booked: Mapping[str, int]
) -> dict[str, int]:
    """Return WeChat's number → what a notice or answer said went back, in fen.

    One made without us has no record but its journal, which WeChat's answer made.
    """
    ours = await refunds_store.find_many(
        deps.db, [_refund_of(row.out_refund_no) for row in rows]
    )
    told: dict[str, int] = {}
    for row in rows:
        refund, number = ours.get(_refund_of(row.out_refund_no)), row.refund_id or ""
        if refund is None and number in booked:
            told[number] = booked[number]
        elif refund and refund.state is RefundState.DONE and refund.refund_id == number:
            told[number] = refund.amount_fen
    return told


def _refund_of(number: str | None) -> str:
    """Return the refund of ours that a number belongs to: a later try has another number."""
    return (number or "").partition("-")[0]


async def require_not_own(deps: Dependencies, actor: Actor, order: str) -> str:
    """Return the place of an order, "" for none of ours. Raises OwnHome for the actor's own."""
    payment = await store.find(deps.db, order) if order else None
    refunds.require_not_own(actor, payment)
    return payment.place if payment else ""


async def ours(deps: Dependencies, orders: Collection[str]) -> set[str]:
    """Return those of some order numbers that are of orders of ours."""
    return set(await store.find_many(deps.db, sorted(orders)))


async def mark_billed(
    deps: Dependencies, account: str, rows: Sequence[TradeRow], day: str
) -> None:
    """Note in which day's bill orders, refunds and suspended money stand."""
    paid = [row.out_trade_no for row in rows if not row.refund_id]
    await store.mark_billed(deps.db, paid, day)
    await discrepancies.mark_billed(deps, account, paid, day)
    back = [_refund_of(row.out_refund_no) for row in rows if row.refund_id]
    await refunds_store.mark_billed(deps.db, back, day)


async def lacking(deps: Dependencies, account: str, day: str) -> AsyncIterator[Lacking]:
    """Yield what was paid, suspended or went back on a day and stands in no bill."""
    start, end = start_of(day), end_of(day)
    async for payment in store.unbilled(deps.db, account, start, end):
        yield Lacking(
            is_refund=False,
            reference=payment.transaction_id or "",
            order=payment.id,
            amount_fen=payment.amount_fen,
            at=payment.paid_at or start,
        )
    kinds = (REFUND_KIND, SUSPENSE_KIND)
    async for journal in ledger.of_account(deps, wechat_cash(account), kinds, start, end):
        if await _is_unbilled(deps, account, journal):
            yield _lacking(journal, account)


async def _is_unbilled(deps: Dependencies, account: str, journal: Journal) -> bool:
    """Tell whether no bill has it. A refund made without us comes from a bill's row."""
    if journal.kind == SUSPENSE_KIND:
        doubt = await discrepancies.find(deps, account, journal.reference["payment"])
        return doubt is None or doubt.billed_on is None
    refund = await refunds_store.find(deps.db, journal.reference["refund"])
    return refund is not None and refund.billed_on is None


def _lacking(journal: Journal, account: str) -> Lacking:
    return Lacking(
        is_refund=journal.kind == REFUND_KIND,
        reference=journal.id.rpartition(":")[2],
        order=journal.reference["payment"],
        amount_fen=abs(posted(journal, wechat_cash(account))),
        at=journal.at,
    )
