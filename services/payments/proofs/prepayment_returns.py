"""Projection of the journals in returns of prepaid money: what is owed is what was approved."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from services.dependencies import Dependencies
from services.kernel.projections import Projection
from services.ledger import actions as ledger
from services.ledger.models import (
    PREPAYMENT_RETURN,
    TAKEN_BACK,
    TAKEN_OUT,
    Journal,
    bank,
    cash_in_hand,
    payable,
    posted,
    prepaid,
    subjects,
)
from services.payments.models import PaymentWay
from services.payments.prepayment_returns import store
from services.payments.prepayment_returns.models import PrepaymentReturn
from services.payments.prepayment_returns.states import ReturnState

S = ReturnState
# State → the kinds of journals that booked a return which is in it, in order.
BOOKED: Final[dict[ReturnState, tuple[list[str], ...]]] = {
    S.ASKED: ([],),
    S.WITHDRAWN: ([],),
    S.APPROVED: ([TAKEN_OUT],),
    S.REFUSED: ([], [TAKEN_BACK, TAKEN_OUT]),
    S.DONE: ([PREPAYMENT_RETURN, TAKEN_OUT],),
}


def touched(journal: Journal) -> list[str]:
    """Return the returns of which a journal says that their money is owed, or no longer."""
    return [each.rpartition(":")[2] for each in subjects(journal, "payable")]


async def known(deps: Dependencies, ids: Sequence[str]) -> set[str]:
    return {*await store.find_many(deps.db, ids)}


async def some(deps: Dependencies, after: str, limit: int) -> list[str]:
    return await store.ids_after(deps.db, after, limit=limit)


async def problems(deps: Dependencies, ids: Sequence[str]) -> list[str]:
    """Return a line for each return that says something else than its journals."""
    found = await store.find_many(deps.db, ids)
    accounts = [payable(each.account, each.id) for each in found.values()]
    journals: dict[str, list[Journal]] = defaultdict(list)
    for journal in await ledger.on_accounts(deps, accounts):
        for name in touched(journal):
            journals[name].append(journal)
    return [
        f"return of prepaid money {each}: {line}"
        for each in ids
        for line in _of_one(found.get(each), journals.get(each, []))
    ]


def _of_one(made: PrepaymentReturn | None, journals: Sequence[Journal]) -> Iterator[str]:
    if made is None:
        yield "is not there, and journals speak of it"
        return
    kinds = sorted(journal.kind for journal in journals)
    if kinds not in BOOKED[made.state]:
        yield f"{made.state}, and its journals are {kinds}"
    account = payable(made.account, made.id)
    owed_fen = -sum(posted(journal, account) for journal in journals)
    if owed_fen != (made.amount_fen if made.state is S.APPROVED else 0):
        yield f"{made.state}, of {made.amount_fen} fen, and its journals owe {owed_fen}"
    for journal in journals:
        fen = posted(journal, account)
        if abs(fen) != made.amount_fen or posted(journal, _other(made, journal)) != -fen:
            yield f"of {made.amount_fen} fen, and {journal.id} books other money"


def _other(made: PrepaymentReturn, journal: Journal) -> str:
    """Return the account on the other side of a journal of a return."""
    if journal.kind != PREPAYMENT_RETURN:
        return prepaid(made.prepayment)
    is_cash = made.back is PaymentWay.CASH
    return cash_in_hand(made.account, made.paid_out_by) if is_cash else bank(made.account)


PREPAYMENT_RETURNS: Final = Projection(
    name="returns of prepaid money",
    touched=touched,
    known=known,
    some=some,
    problems=problems,
)
