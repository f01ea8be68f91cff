"""Projections of the journals in orders and receipts: what was paid, for which bills."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final

from msgspec import Struct

from services.dependencies import Dependencies
from services.kernel.projections import Projection
from services.ledger import actions as ledger
from services.ledger.models import (
    Journal,
    overpaid,
    posted,
    prepaid,
    receivable,
    subjects,
    suspense,
    wechat_cash,
)
from services.payments import store
from services.payments.models import Payment, PaymentWay
from services.payments.receipts import store as receipts_store
from services.payments.receipts.models import Receipt
from services.payments.refunds import store as refunds_store
from services.payments.refunds.models import Refund
from services.payments.states import PaymentState

# WeChat ends an order within two hours, and repeats its notices for a day.
LONGEST_OPEN: Final = timedelta(days=1)


class Books(Struct, kw_only=True):
    """What the books hold of one order."""

    payment: Payment | None = None
    receipt: Receipt | None = None
    refund: Refund | None = None  # of its excess
    booked: list[Journal] = []
    suspended: list[Journal] = []


def touched(journal: Journal) -> list[str]:
    """Return the order that a journal books; money in suspense may be of none of ours."""
    return [journal.reference.get("payment", "")] if journal.kind == "payment" else []


async def known(deps: Dependencies, ids: Sequence[str]) -> set[str]:
    return {*await store.find_many(deps.db, ids)}


async def some(deps: Dependencies, after: str, limit: int) -> list[str]:
    return await store.ids_after(deps.db, after, limit=limit)


async def problems(deps: Dependencies, ids: Sequence[str]) -> list[str]:
    """Return a line for each order that says something else than its journals."""
    books = await _books(deps, ids)
    found = []
    for order, held in books.items():
        found += [f"order {order}: {line}" for line in _of_order(held)]
        payment = held.payment
        if payment is None or not payment.is_pending or payment.missing_at:
            continue
        is_ours = payment.account in deps.merchants
        if is_ours and deps.now() - payment.expires_at > LONGEST_OPEN:
            found.append(f"order {order}: open for more than a day after its end")
    return found


async def _books(deps: Dependencies, ids: Sequence[str]) -> dict[str, Books]:
    payments = await store.find_many(deps.db, ids)
    receipts = await receipts_store.find_many(deps.db, ids)
    refunds = await refunds_store.find_many(deps.db, [f"X{order}" for order in ids])
    accounts = {overpaid(order) for order in ids}
    for payment in payments.values():
        accounts.update(line.credited for line in (*payment.lines, *payment.spares))
        accounts.add(suspense(payment.transaction_id or ""))
    books = {
        order: Books(
            payment=payments.get(order),
            receipt=receipts.get(order),
            refund=refunds.get(f"X{order}"),
        )
        for order in ids
    }
    for journal in await ledger.on_accounts(deps, sorted(accounts)):
        held = books.get(journal.reference.get("payment", ""))
        if held is not None and journal.kind == "payment":
            held.booked.append(journal)
        elif held is not None and journal.kind == "suspense":
            held.suspended.append(journal)
    return books


def _of_order(held: Books) -> Iterator[str]:
    payment, count = held.payment, len(held.booked)
    if payment is None:
        yield "is not there, and a journal or a receipt speaks of it"
    elif payment.state is PaymentState.PAID:
        if count == 1:
            yield from _of_paid(held, payment, held.booked[0])
        else:
            yield f"paid, and {count} journals book it"
    elif count:
        yield f"{payment.state}, and booked by {held.booked[0].id}"
    elif held.receipt:
        yield f"{payment.state}, and has a receipt"
    elif payment.state is PaymentState.SUSPENDED and not held.suspended:
        yield "suspended, and no journal holds its money"


def _of_paid(held: Books, payment: Payment, journal: Journal) -> Iterator[str]:
    """Yield what of a paid order is not as its journal says."""
    if not journal.id.endswith(f":{payment.transaction_id}"):
        yield f"paid by {payment.transaction_id}, booked by {journal.id}"
    if (cash := posted(journal, wechat_cash(payment.account))) != payment.amount_fen:
        yield f"of {payment.amount_fen} fen, booked as {cash}"
    settled = {each: -posted(journal, account) for each, account in _paid_by(journal)}
    lines = {line.bill_id: line.amount_fen for line in payment.lines}
    spares = {line.bill_id: payment.amount_fen for line in payment.spares}
    most = spares | lines
    if any(not 0 < fen <= most.get(each, 0) for each, fen in settled.items()):
        yield f"books other bills or amounts than it was made for: {settled}"
    said = (
        {line.bill_id: line.amount_fen for line in held.receipt.lines} if held.receipt else {}
    )
    if said != settled:
        yield f"its receipt is for {said}, its journal for {settled}"
    elif held.receipt and held.receipt.amount_fen != sum(settled.values()):
        yield f"its receipt is of {held.receipt.amount_fen} fen, not {sum(settled.values())}"
    excess = -posted(journal, overpaid(payment.id))
    back = held.refund.amount_fen if held.refund else 0
    if excess != back:
        yield f"{excess} fen too much came, and {back} are on their way back"


def _paid_by(journal: Journal) -> list[tuple[str, str]]:
    """Return the bills and prepayments that a journal pays, with their accounts."""
    bills = [(each, receivable(each)) for each in subjects(journal, "receivable")]
    return bills + [(each, prepaid(each)) for each in subjects(journal, "prepaid")]


async def known_receipts(deps: Dependencies, ids: Sequence[str]) -> set[str]:
    return {*await receipts_store.find_many(deps.db, ids)}


async def some_receipts(deps: Dependencies, after: str, limit: int) -> list[str]:
    return await receipts_store.ids_after(deps.db, after, limit=limit)


async def problems_of_receipts(deps: Dependencies, ids: Sequence[str]) -> list[str]:
    """Return a line for each receipt of no order; `problems` compares it where there is one."""
    there, issued = await known(deps, ids), await receipts_store.find_many(deps.db, ids)
    return [
        f"receipt of order {order}: no such order"
        for order in ids
        if order not in there and issued[order].way is PaymentWay.WECHAT
    ]


ORDERS: Final = Projection(
    name="orders", touched=touched, known=known, some=some, problems=problems
)
RECEIPTS: Final = Projection(
    name="receipts",
    touched=lambda _: (),
    known=known_receipts,
    some=some_receipts,
    problems=problems_of_receipts,
)
