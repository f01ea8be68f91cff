"""Projection of the journals in prepayments: what each says lies there."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from services.dependencies import Dependencies
from services.kernel.projections import Projection
from services.ledger import actions as ledger
from services.ledger.models import Journal, posted, prepaid, subjects
from services.prepayments import store


def touched(journal: Journal) -> list[str]:
    return subjects(journal, "prepaid")


async def known(deps: Dependencies, ids: Sequence[str]) -> set[str]:
    return {*await store.find_many(deps.db, ids)}


async def some(deps: Dependencies, after: str, limit: int) -> list[str]:
    return await store.ids_after(deps.db, after, limit=limit)


async def problems(deps: Dependencies, ids: Sequence[str]) -> list[str]:
    """Return a line for each prepayment that says something else than its journals."""
    found = await store.find_many(deps.db, ids)
    left = Counter[str](dict.fromkeys(ids, 0))
    for journal in await ledger.on_accounts(deps, [prepaid(each) for each in ids]):
        for each in set(touched(journal)) & set(ids):
            left[each] -= posted(journal, prepaid(each))
    lines = []
    for each in ids:
        said = found[each].fen if each in found else None
        if said is None:
            lines.append(f"prepayment {each}: is not there, and journals speak of it")
        elif said != left[each]:
            lines.append(f"prepayment {each}: says {said} fen, its journals say {left[each]}")
    return lines


PROJECTION: Final = Projection(
    name="prepayments", touched=touched, known=known, some=some, problems=problems
)
