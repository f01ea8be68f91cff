"""Projection of the journals in deposits: each is kept, and given back, once and as it says."""

from collections.abc import Iterator, Sequence
from typing import Final

from services.dependencies import Dependencies
from services.deposits import journals, store
from services.deposits.models import Deposit
from services.deposits.states import DepositState
from services.kernel.projections import Projection
from services.ledger import actions as ledger
from services.ledger.models import Journal, deposited, subjects


def touched(journal: Journal) -> list[str]:
    return subjects(journal, "deposit")


async def known(deps: Dependencies, ids: Sequence[str]) -> set[str]:
    return {*await store.find_many(deps.db, ids)}


async def some(deps: Dependencies, after: str, limit: int) -> list[str]:
    return await store.ids_after(deps.db, after, limit=limit)


async def problems(deps: Dependencies, ids: Sequence[str]) -> list[str]:
    """Return a line for each deposit that is not as its journals say."""
    found = await store.find_many(deps.db, ids)
    booked: dict[str, list[Journal]] = {each: [] for each in ids}
    for journal in await ledger.on_accounts(deps, [deposited(each) for each in ids]):
        for each in set(touched(journal)) & booked.keys():
            booked[each].append(journal)
    return [
        f"deposit {each}: {line}"
        for each in ids
        for line in _of_one(found.get(each), booked[each])
    ]


def _of_one(deposit: Deposit | None, booked: Sequence[Journal]) -> Iterator[str]:
    if deposit is None:
        yield "is not there, and a journal speaks of it"
        return
    said = [journals.taken(deposit), *journals.reversed_ones(deposit)]
    if deposit.state in (DepositState.RETURNED, DepositState.DEDUCTED):
        said.append(journals.returned(deposit))
    there = {journal.id: _postings(journal) for journal in booked}
    for journal in said:
        if journal.id not in there:
            yield f"no journal {journal.id} books it"
        elif there.pop(journal.id) != _postings(journal):
            yield f"its journal {journal.id} books something else"
    for name in sorted(there):
        yield f"journal {name} is not what it says"


def _postings(journal: Journal) -> list[tuple[str, int]]:
    return sorted((each.account, each.amount_fen) for each in journal.postings)


PROJECTION: Final = Projection(
    name="deposits", touched=touched, known=known, some=some, problems=problems
)
