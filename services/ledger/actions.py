"""Ledger: posting of balanced journals, and proof that none was changed afterwards.

Source: docs/explanation/money.md (one document is the commit point); double entry as in any
bookkeeping textbook; TigerBeetle's rule that transfers are immutable.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import datetime
from typing import Final

import msgspec
from pymongo.errors import DuplicateKeyError

from services.dependencies import Dependencies, Transaction
from services.kernel import chains
from services.kernel.days import check_day, end_of, plus_days, start_of
from services.kernel.documents import to_document
from services.kernel.errors import InvalidInput
from services.kernel.permissions import Actor, Permission, require_city
from services.ledger import store
from services.ledger.models import AccountClass, Journal, TrialBalance, check_balance
from services.ledger.proofs import days
from services.ledger.proofs.models import Report

LONGEST_SPAN_DAYS: Final = 31
MOST_PROBLEMS: Final = 100


async def post(deps: Dependencies, tx: Transaction, journal: Journal) -> None:
    """Write one journal. DuplicateKeyError leaves the transaction when it was posted before."""
    await post_many(deps, tx, [journal])


async def post_many(deps: Dependencies, tx: Transaction, journals: Sequence[Journal]) -> None:
    """Write journals together, each balanced in itself."""
    for journal in journals:
        check_balance(journal)
    sealed = [msgspec.structs.replace(j, fingerprint=fingerprint(j)) for j in journals]
    await store.insert(deps.db, tx, sealed)


async def done_once(
    deps: Dependencies, journal_id: str, work: Callable[[Transaction], Awaitable[None]]
) -> bool:
    """Do work that posts a journal; False when it was posted before, so that nothing is done.

    Only the journal's own name says so. Any other collision is a bug of ours and must be
    heard, or money would be taken for a repeat of itself.
    """
    try:
        await deps.in_transaction(work)
    except DuplicateKeyError:
        if not await deps.in_transaction(lambda tx: is_posted(deps, journal_id, tx=tx)):
            raise
        return False
    return True


def fingerprint(journal: Journal) -> str:
    """Return SHA-256 of everything but the fingerprint, in one canonical form."""
    return chains.digest(to_document(journal), "fingerprint")


async def trial_balance(
    deps: Dependencies, actor: Actor, from_day: str, to_day: str
) -> TrialBalance:
    """Prove that the books of a span (both days included, a month at most) add up."""
    require_city(actor, Permission.OPERATE)
    from_day, to_day = check_day(from_day), check_day(to_day)
    if not from_day <= to_day <= plus_days(from_day, LONGEST_SPAN_DAYS):
        raise InvalidInput("起止日期不对,一次最多查 31 天")
    start, end = start_of(from_day), end_of(to_day)
    rows = await store.totals(deps.db, start, end)
    classes = [
        AccountClass(name=row["_id"], debit_fen=row["debit_fen"], credit_fen=row["credit_fen"])
        for row in rows
    ]
    found: list[str] = []
    await days.prove(deps, from_day, to_day, Report(found.append, lambda _: None))
    debit_fen = sum(row.debit_fen for row in classes)
    credit_fen = sum(row.credit_fen for row in classes)
    return TrialBalance(
        from_day=from_day,
        to_day=to_day,
        classes=classes,
        debit_fen=debit_fen,
        credit_fen=credit_fen,
        balanced=debit_fen == credit_fen and not found,
        problems=found[:MOST_PROBLEMS],
    )


async def balance(deps: Dependencies, account: str, *, tx: Transaction | None = None) -> int:
    """Return what one account holds, in fen; debit positive."""
    return await store.balance(deps.db, account, tx=tx)


async def find(
    deps: Dependencies, journal_id: str, *, tx: Transaction | None = None
) -> Journal | None:
    """Return the journal of that name, if there is one."""
    return await store.find(deps.db, journal_id, tx=tx)


async def find_many(deps: Dependencies, journal_ids: Sequence[str]) -> list[Journal]:
    """Return those of some journals that exist."""
    return await store.find_many(deps.db, journal_ids)


async def amounts(
    deps: Dependencies, journal_ids: Sequence[str], account: str
) -> dict[str, int]:
    """Return, of those journals that exist, what each posts to an account, in fen."""
    return await store.amounts(deps.db, journal_ids, account)


async def on_accounts(deps: Dependencies, accounts: Sequence[str]) -> list[Journal]:
    """Return every journal that posts to one of the accounts."""
    return await store.on_accounts(deps.db, accounts)


async def of_place(
    deps: Dependencies, place: str, until: datetime, *, but: Sequence[str], at_once: int
) -> AsyncIterator[list[Journal]]:
    """Yield the journals of a compound before an instant, but of some kinds, some at once."""
    async for some in store.of_place(deps.db, place, until, but=but, at_once=at_once):
        yield some


async def of_account(
    deps: Dependencies, account: str, kinds: Sequence[str], start: datetime, end: datetime
) -> AsyncIterator[Journal]:
    """Yield the journals of some kinds that were posted to an account in a span."""
    async for journal in store.of_account(deps.db, account, kinds, start, end):
        yield journal


async def is_posted(
    deps: Dependencies, journal_id: str, *, tx: Transaction | None = None
) -> bool:
    """Tell whether a journal of that name exists."""
    return await store.find(deps.db, journal_id, tx=tx) is not None
