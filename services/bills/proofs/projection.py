"""Projection of the journals in bills: what each says is owed, and which journals paid it."""

from collections.abc import Iterator, Sequence
from typing import Final

from services.bills import store
from services.bills.models import Bill
from services.bills.states import BillState
from services.dependencies import Dependencies
from services.kernel.projections import Projection
from services.ledger import actions as ledger
from services.ledger.models import PAYMENTS, RETURNS, Journal, posted, receivable, subjects


def touched(journal: Journal) -> list[str]:
    return subjects(journal, "receivable")


async def known(deps: Dependencies, bill_ids: Sequence[str]) -> set[str]:
    return {bill.id for bill in await store.find_many(deps.db, bill_ids)}


async def some(deps: Dependencies, after: str, limit: int) -> list[str]:
    return await store.ids_after(deps.db, after, limit=limit)


async def problems(deps: Dependencies, bill_ids: Sequence[str]) -> list[str]:
    """Return a line for each bill that says something else than its journals."""
    found = {bill.id: bill for bill in await store.find_many(deps.db, bill_ids)}
    journals = await ledger.on_accounts(deps, [receivable(each) for each in bill_ids])
    own: dict[str, dict[str, Journal]] = {each: {} for each in bill_ids}
    for journal in journals:
        for bill_id in own.keys() & set(touched(journal)):
            own[bill_id][journal.id] = journal
    return [
        f"bill {bill_id}: {line}"
        for bill_id in bill_ids
        for line in _of_bill(bill_id, found.get(bill_id), own[bill_id])
    ]


def _of_bill(bill_id: str, bill: Bill | None, own: dict[str, Journal]) -> Iterator[str]:
    account = receivable(bill_id)
    if bill is None or bill.state is BillState.DRAFT:
        if own:
            said = "is not there" if bill is None else "is a draft"
            yield f"{said}, and journals speak of it: {', '.join(own)}"
        return
    if not _posts(own, f"issue:{bill_id}", account, bill.amount_fen):
        yield f"no journal issued it for {bill.amount_fen} fen"
    left = sum(posted(journal, account) for journal in own.values())
    if left != bill.owed_fen:
        yield f"says that {bill.owed_fen} fen are owed, its journals say {left}"
    if (bill.state is BillState.OWING) != (bill.owed_fen > 0):
        yield f"{bill.state}, and {bill.owed_fen} fen are owed"
    is_void = _posts(own, f"void:{bill_id}", account, -bill.due_fen)
    if is_void != (bill.state is BillState.VOID):
        yield "taken back by a journal" if is_void else "void, and no journal took it back"
    yield from _of_payments(bill, own, account)
    yield from _of_notes(bill, own, account)


def _of_payments(bill: Bill, own: dict[str, Journal], account: str) -> Iterator[str]:
    """Yield what a bill says of its payments that its journals do not."""
    for portion in bill.paid:
        if not _pays(own.get(portion.journal), account, portion.fen):
            yield f"paid by {portion.journal}, which is no payment of {portion.fen} fen of it"
    moved = [each for each in own.values() if each.kind in PAYMENTS | RETURNS]
    paid_fen = -sum(posted(journal, account) for journal in moved)
    if paid_fen != bill.paid_fen:
        yield f"says that {bill.paid_fen} fen are paid, its journals say {paid_fen}"


def _of_notes(bill: Bill, own: dict[str, Journal], account: str) -> Iterator[str]:
    """Yield what a bill says of its notes that its journals do not."""
    made = {each.id: posted(each, account) for each in own.values() if each.kind == "note"}
    due_fen = bill.amount_fen + sum(made.values())
    if bill.due_fen != due_fen:
        yield f"says that {bill.due_fen} fen are due, its notes' journals say {due_fen}"
    said = {f"note:{note.note}": note.fen for note in bill.notes}
    for name in sorted(said.keys() | made.keys()):
        if said.get(name) != made.get(name):
            yield f"says {said.get(name)} fen of {name}, the journal says {made.get(name)}"


def _posts(own: dict[str, Journal], name: str, account: str, amount_fen: int) -> bool:
    journal = own.get(name)
    return journal is not None and posted(journal, account) == amount_fen


def _pays(journal: Journal | None, account: str, fen: int) -> bool:
    is_payment = journal is not None and journal.kind in PAYMENTS
    return is_payment and journal is not None and fen <= -posted(journal, account)


PROJECTION: Final = Projection(
    name="bills", touched=touched, known=known, some=some, problems=problems
)
