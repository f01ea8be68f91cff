"""Entries of a compound's books: what the journals say of its bills and of its payments.

What was received is taken from the journals, and never from the states of bills: a bill may be
paid in part, and back and forth. A journal counts for the compounds of the bills that it posts
to; what it posts to no bill, as what was paid in excess, counts for the compound it is of.
"""

from collections.abc import AsyncIterator, Sequence
from typing import Final

from services.bills.issued import actions as issued
from services.bills.models import Bill
from services.dependencies import Dependencies
from services.kernel.days import end_of, start_of
from services.ledger import actions as ledger
from services.ledger.models import receivable
from services.year_books import allocations
from services.year_books.allocations import class_of, is_of
from services.year_books.models import BillYear, Excess, Movement, Span

# Bills, or journals, that are in memory at once.
AT_ONCE: Final = 500
OVERPAID: Final = "overpaid"
OF_BILLS: Final = ("issue", "void")  # kinds of journals that are about bills alone


def span_of(year: int, until: str) -> Span:
    """Return a year, or what of it there is until a day."""
    last = min(f"{year}-12-31", until)
    return Span(year=year, start=start_of(f"{year}-01-01"), end=end_of(last), to_day=last)


async def of_bills(
    deps: Dependencies, compound: str, accounts: Sequence[str] | None, span: Span
) -> AsyncIterator[list[BillYear]]:
    """Yield the bills of a compound that were owed or moved within a span, by home.

    `accounts`: those of a firm that has the books of its own money; None for all.
    """
    async for bills in issued.of_place(deps, compound, accounts, at_once=AT_ONCE):
        own: dict[str, list[Movement]] = {receivable(bill.id): [] for bill in bills}
        for journal in await ledger.on_accounts(deps, list(own)):
            for account, movement in allocations.movements(journal):
                if account in own and movement.at < span.end:
                    own[account].append(movement)
        found = [_year(bill, own[receivable(bill.id)], span) for bill in bills]
        yield [each for each in found if each.start_fen or each.within]


def _year(bill: Bill, movements: list[Movement], span: Span) -> BillYear:
    moved = sorted(movements, key=lambda each: (each.at, each.journal))
    return BillYear(
        bill=bill,
        before=[each for each in moved if each.at < span.start],
        within=[each for each in moved if each.at >= span.start],
    )


async def of_excess(
    deps: Dependencies, compound: str, accounts: Sequence[str] | None, span: Span
) -> AsyncIterator[list[Excess]]:
    """Yield what was booked of a compound on no bill, until the end of a span.

    It is what was paid beyond what was owed, and what of it went back: the journal of a refund
    is of the merchant account, and is found by the account of the excess.
    """
    journals = ledger.of_place(deps, compound, span.end, but=OF_BILLS, at_once=AT_ONCE)
    async for some in journals:
        own = [each for journal in some for each in allocations.excesses(journal)]
        paid = {each.pair.credit for each in own if class_of(each.pair.credit) == OVERPAID}
        for journal in await ledger.on_accounts(deps, sorted(paid)) if paid else []:
            if journal.place != compound and journal.at < span.end:
                back = allocations.excesses(journal)
                own += [each for each in back if each.pair.debit in paid]
        yield [each for each in own if is_of(each.pair, accounts)]
