"""Projection of the journals in counter payments: each is booked once, as it says."""

from collections.abc import Iterator, Sequence
from typing import Final

from services.counter_payments import store
from services.counter_payments.models import CounterPayment
from services.dependencies import Dependencies
from services.kernel.projections import Projection
from services.ledger import actions as ledger
from services.ledger.models import (
    COUNTER_PAYMENT,
    Journal,
    posted,
    prepaid,
    receivable,
    subjects,
)
from services.payments.models import amounts_of
from services.payments.receipts import actions as receipts
from services.payments.receipts.models import Receipt


def touched(journal: Journal) -> list[str]:
    """Return the counter payment that a journal books."""
    is_one = journal.kind == COUNTER_PAYMENT
    return [journal.reference.get(COUNTER_PAYMENT, "")] if is_one else []


async def known(deps: Dependencies, ids: Sequence[str]) -> set[str]:
    return {*await store.find_many(deps.db, ids)}


async def some(deps: Dependencies, after: str, limit: int) -> list[str]:
    return await store.ids_after(deps.db, after, limit=limit)


async def problems(deps: Dependencies, ids: Sequence[str]) -> list[str]:
    """Return a line for each counter payment that is not as its journal and receipt say."""
    found = await store.find_many(deps.db, ids)
    issued = await receipts.of_payments(deps, ids)
    booked = await ledger.find_many(deps, [f"counter:{each}" for each in ids])
    journals = {journal.reference[COUNTER_PAYMENT]: journal for journal in booked}
    return [
        f"counter payment {each}: {line}"
        for each in ids
        for line in _of_one(found.get(each), journals.get(each), issued.get(each))
    ]


def _of_one(
    payment: CounterPayment | None, journal: Journal | None, receipt: Receipt | None
) -> Iterator[str]:
    if payment is None:
        yield "is not there, and a journal speaks of it"
        return
    if journal is None:
        yield "no journal books it"
        return
    bills = [(each, receivable(each)) for each in subjects(journal, "receivable")]
    ahead = [(each, prepaid(each)) for each in subjects(journal, "prepaid")]
    settled = {each: -posted(journal, account) for each, account in bills + ahead}
    if settled != amounts_of(payment.lines) or sum(settled.values()) != payment.amount_fen:
        yield f"its journal books {settled}"
    if receipt is None or amounts_of(receipt.lines) != settled:
        yield "its receipt is not for what its journal books"


PROJECTION: Final = Projection(
    name="counter payments", touched=touched, known=known, some=some, problems=problems
)
