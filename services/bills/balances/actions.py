"""Actions on what bills owe: each in the transaction that books the money."""

from collections.abc import Sequence
from datetime import datetime

from services.bills import store
from services.bills.balances import changes
from services.bills.balances.changes import Amounts
from services.bills.models import Bill, Noted
from services.bills.sums import changes as sums
from services.dependencies import Dependencies, Transaction


async def settle(
    deps: Dependencies,
    tx: Transaction,
    amounts: Amounts,
    journal_id: str,
    at: datetime,
    *,
    known: Sequence[Bill] = (),
) -> dict[str, int]:
    """Write what a payment pays of bills; return bill id → fen that it takes of it.

    A bill takes no more than it owes: what was paid beyond that, or for one that was paid or
    voided before, is an excess. Whoever changes one of them at once makes it start again.
    `known`: the bills as they were read before; where they still are so, none is read again.
    """
    bills = known if len(known) == len(amounts) else await _read(deps, tx, amounts)
    taken = changes.taken(bills, amounts)
    moved = _paid(bills, taken, journal_id, at)
    if await store.rebalance(deps.db, tx, moved) != len(taken):
        bills = await _read(deps, tx, amounts)
        done = {bill.id: changes.portion_of(bill, journal_id) for bill in bills}
        rest = [bill for bill in bills if not done[bill.id]]
        late = changes.taken(rest, amounts)
        more = _paid(rest, late, journal_id, at)
        await _write(deps, tx, more)
        moved = [pair for pair in moved if done[pair[0].id]] + more
        taken = {before.id: before.owed_fen - after.owed_fen for before, after in moved}
    await _sum(deps, tx, moved)
    return {bill_id: fen for bill_id, fen in taken.items() if fen}


async def _read(deps: Dependencies, tx: Transaction, amounts: Amounts) -> list[Bill]:
    return await store.find_many(deps.db, [*amounts], tx=tx)


def _paid(
    bills: Sequence[Bill], taken: Amounts, journal_id: str, at: datetime
) -> list[tuple[Bill, Bill]]:
    owing = [bill for bill in bills if bill.id in taken]
    return [(b, changes.paid(b, journal_id, taken[b.id], at)) for b in owing]


class BalanceMoved(RuntimeError):
    """A bug of ours: a bill was not read in the transaction that writes what it owes."""


async def _write(
    deps: Dependencies, tx: Transaction, moved: Sequence[tuple[Bill, Bill]]
) -> None:
    """Write what bills owe that this transaction read: who changes one makes it start again."""
    if await store.rebalance(deps.db, tx, moved) != len(moved):
        raise BalanceMoved([before.id for before, _ in moved])


async def _sum(deps: Dependencies, tx: Transaction, moved: Sequence[tuple[Bill, Bill]]) -> None:
    before, after = ([pair[side] for pair in moved] for side in (0, 1))
    await sums.record(deps, tx, before=before, after=after)


async def give_back(
    deps: Dependencies, tx: Transaction, amounts: Amounts, journal_id: str
) -> None:
    """Make of bills owing again what that journal paid of them and now went back.

    `amounts`: of bills that the same transaction read, not more than `paid_by` says.
    """
    bills = await _read(deps, tx, amounts)
    moved = [(b, changes.given_back(b, journal_id, amounts[b.id])) for b in bills]
    await _write(deps, tx, moved)
    await _sum(deps, tx, moved)


async def paid_by(
    deps: Dependencies, tx: Transaction, bill_ids: Sequence[str], journal_id: str
) -> dict[str, int]:
    """Return bill id → what a journal paid of it, less what of it went back, in fen."""
    found = await store.find_many(deps.db, bill_ids, tx=tx)
    portions = {bill.id: changes.portion_of(bill, journal_id) for bill in found}
    return {bill_id: fen for bill_id, fen in portions.items() if fen}


async def hold_drafts(deps: Dependencies, tx: Transaction, home: str) -> None:
    """Hold the drafts of a home: the transaction that issues one sees what this one writes.

    A write, not a read: otherwise neither of both would see the other.
    """
    await store.hold_drafts(deps.db, tx, home)


async def owing_of(
    deps: Dependencies, homes: Sequence[str], *, tx: Transaction | None = None
) -> list[Bill]:
    """Return what homes owe of fees by the month, whoever owned them then."""
    return await store.owing_of(deps.db, homes, tx=tx)


async def note(deps: Dependencies, tx: Transaction, bill: Bill, noted: Noted) -> Bill:
    """Write a note into a bill that this transaction read; return it as it is afterwards.

    The caller posts its journal.
    """
    after = changes.noted(bill, noted)
    await _write(deps, tx, [(bill, after)])
    await _sum(deps, tx, [(bill, after)])
    return after
