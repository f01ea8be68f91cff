"""Draws: prepaid money pays bills by itself, and comes back from those that are made less.

Each happens in the transaction that gives the reason: bills are issued, money is paid in, a
bill is about to be voided. So a bill that is published is never asked for while its money lies
there, and nothing is done twice: whoever changes bill or prepayment at once makes it start
again.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec

from services.bills.balances import actions as balances
from services.bills.models import Bill
from services.dependencies import Dependencies, Transaction
from services.fees.models import FeeKind
from services.jobs import actions as jobs
from services.kernel import errors
from services.ledger import actions as ledger
from services.ledger.models import (
    DRAWN,
    PUT_BACK,
    TAKEN_BACK,
    TAKEN_OUT,
    Journal,
    Posting,
    prepaid,
    receivable,
)
from services.places.actions import compound_of
from services.prepayments import store
from services.prepayments.models import Prepayment

TELL: Final = "prepayments.tell"  # the job that tells people what was paid for them


class NotEnough(errors.Conflict):
    """Less lies there than is to be taken out: bills were paid from it meanwhile."""

    code = "prepayment_too_small"


class PrepaymentMoved(RuntimeError):
    """A bug of ours: one was not read in the transaction that writes it."""


async def write(
    deps: Dependencies, tx: Transaction, changes: Sequence[tuple[Prepayment, int]]
) -> None:
    """Write what is left of prepayments that this transaction read."""
    if changes and await store.change(deps.db, tx, changes) != len(changes):
        raise PrepaymentMoved([was.id for was, _ in changes])


async def owing(deps: Dependencies, tx: Transaction, bills: Sequence[Bill]) -> None:
    """Pay from what lies there when bills are issued, or put something back there."""
    months = [bill.home for bill in bills if bill.kind in [*FeeKind]]
    await draw(deps, tx, sorted({*months}))


async def draw(deps: Dependencies, tx: Transaction, homes: Sequence[str]) -> None:
    """Pay what homes owe from what their owners of then paid in advance, the oldest first."""
    found = await store.filled(deps.db, tx, homes) if homes else []
    if not found:
        return
    unpaid = await balances.owing_of(deps, sorted({each.home for each in found}), tx=tx)
    now, changes, drawn = deps.now(), [], []
    for prepayment in found:
        amounts = shares(prepayment, unpaid)
        if not amounts:
            continue
        journal = _drawn(prepayment, amounts, now)
        taken = await balances.settle(deps, tx, amounts, journal.id, now)
        if taken != amounts:
            raise PrepaymentMoved(prepayment.id)
        changes.append((prepayment, prepayment.fen - sum(amounts.values())))
        drawn.append(journal)
        unpaid = [_less(bill, amounts.get(bill.id, 0)) for bill in unpaid]
        await jobs.enqueue(deps, tx, TELL, journal.id, journal=journal.id)
    await write(deps, tx, changes)
    if drawn:
        await ledger.post_many(deps, tx, drawn)


def _less(bill: Bill, fen: int) -> Bill:
    return msgspec.structs.replace(bill, owed_fen=bill.owed_fen - fen)


def shares(prepayment: Prepayment, owing: Sequence[Bill]) -> dict[str, int]:
    """Return bill id → what a prepayment pays of it: of its own fee, payee and owners.

    The oldest first (民法典 art. 560), as far as it reaches.
    """
    own = [bill for bill in owing if is_of(prepayment, bill)]
    left, found = prepayment.fen, dict[str, int]()
    for bill in sorted(own, key=lambda bill: (bill.period, bill.due_on or "", bill.id)):
        if fen := min(left, bill.owed_fen):
            found[bill.id] = fen
            left -= fen
    return found


def is_of(prepayment: Prepayment, bill: Bill) -> bool:
    """Tell whether those whose money it is owe the bill, for this fee to this payee."""
    names = ("home", "kind", "account", "owners_until")
    return all(getattr(prepayment, name) == getattr(bill, name) for name in names)


def _drawn(prepayment: Prepayment, amounts: Mapping[str, int], at: datetime) -> Journal:
    postings = [Posting(prepaid(prepayment.id), sum(amounts.values()))]
    postings += [Posting(receivable(bill), -fen) for bill, fen in amounts.items()]
    return _journal(prepayment, DRAWN, postings, at)


def _journal(
    prepayment: Prepayment, kind: str, postings: list[Posting], at: datetime
) -> Journal:
    """Return the journal of the next change of a prepayment, named by it."""
    return Journal(
        id=f"{kind}:{prepayment.id}:{prepayment.version}",
        kind=kind,
        place=compound_of(prepayment.home),
        at=at,
        postings=postings,
        reference={"prepayment": prepayment.id, "change": str(prepayment.version)},
    )


async def voided(deps: Dependencies, tx: Transaction, bills: Sequence[Bill]) -> None:
    """Put back what was drawn for bills that are about to be voided, as this transaction."""
    for bill in bills:
        await put_back(deps, tx, bill, drawn_fen(bill))


async def put_back(deps: Dependencies, tx: Transaction, bill: Bill, fen: int) -> int:
    """Put back so much of what was drawn for a bill, the latest draw first; return how much."""
    left = fen
    for portion in reversed(bill.paid):
        prepayment_id = drawn_from(portion.journal)
        some = min(left, portion.fen) if prepayment_id else 0
        if not some:
            continue
        prepayment = await store.find(deps.db, prepayment_id, tx=tx)
        if prepayment is None:
            raise PrepaymentMoved(prepayment_id)
        await balances.give_back(deps, tx, {bill.id: some}, portion.journal)
        await write(deps, tx, [(prepayment, prepayment.fen + some)])
        postings = [Posting(receivable(bill.id), some), Posting(prepaid(prepayment.id), -some)]
        await ledger.post(deps, tx, _journal(prepayment, PUT_BACK, postings, deps.now()))
        await balances.hold_drafts(deps, tx, bill.home)
        left -= some
    return fen - left


def drawn_fen(bill: Bill) -> int:
    """Return what prepaid money paid of a bill."""
    return sum(portion.fen for portion in bill.paid if drawn_from(portion.journal))


def drawn_from(journal_id: str) -> str:
    """Return the prepayment that a journal drew on; "" where it is of another kind."""
    kind, _, rest = journal_id.partition(":")
    return rest.rpartition(":")[0] if kind == DRAWN else ""


async def deposit(
    deps: Dependencies, tx: Transaction, prepayment_id: str, fen: int, most_fen: int
) -> int:
    """Keep money there, up to `most_fen` in all; return how much. The caller posts it.

    The prepayment was opened before: with the order, or by this transaction. Bills that are
    issued at the same moment are paid from it by whichever of both comes second.
    """
    prepayment = await store.find(deps.db, prepayment_id, tx=tx)
    if prepayment is None:
        raise PrepaymentMoved(prepayment_id)
    kept = max(0, min(fen, most_fen - prepayment.fen))
    if kept:
        await write(deps, tx, [(prepayment, prepayment.fen + kept)])
        await balances.hold_drafts(deps, tx, prepayment.home)
    return kept


async def take_out(
    deps: Dependencies, tx: Transaction, prepayment_id: str, fen: int, to: Posting
) -> Journal:
    """Take money out to be given back: of this transaction are all that is read and written.

    `to`: the account that has it then, as a credit of the same sum; the refund goes on from
    there. Raises NotEnough.
    """
    prepayment = await store.find(deps.db, prepayment_id, tx=tx)
    if prepayment is None or prepayment.fen < fen:
        raise NotEnough("预存余额不足,请刷新后再试")
    await write(deps, tx, [(prepayment, prepayment.fen - fen)])
    postings = [Posting(prepaid(prepayment.id), fen), to]
    journal = _journal(prepayment, TAKEN_OUT, postings, deps.now())
    await ledger.post(deps, tx, journal)
    return journal


async def take_back(
    deps: Dependencies, tx: Transaction, prepayment_id: str, fen: int, whence: Posting
) -> None:
    """Put money back that was taken out and is not given back; it pays what is owed meanwhile.

    `whence`: the account that had it, as a debit of the same sum.
    """
    prepayment = await store.find(deps.db, prepayment_id, tx=tx)
    if prepayment is None:
        raise PrepaymentMoved(prepayment_id)
    await write(deps, tx, [(prepayment, prepayment.fen + fen)])
    postings = [whence, Posting(prepaid(prepayment.id), -fen)]
    await ledger.post(deps, tx, _journal(prepayment, TAKEN_BACK, postings, deps.now()))
    await balances.hold_drafts(deps, tx, prepayment.home)
    await draw(deps, tx, [prepayment.home])


async def opened(deps: Dependencies, tx: Transaction, new: Prepayment) -> Prepayment:
    """Return the prepayment of that name, opened now if it was not there yet.

    DuplicateKeyError when somebody opened it at the same moment.
    """
    found = await store.find(deps.db, new.id, tx=tx)
    if found is None:
        await store.insert(deps.db, tx, new)
    return found or new
