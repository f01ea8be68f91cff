"""Renewing what is sealed under the current key, so that an older one can be dropped.

Compare-and-set on the old value: what somebody writes meanwhile stays as they wrote it, which
is under the current key already. Harmless to repeat and to interrupt.
"""

from collections.abc import AsyncIterator, Callable
from typing import Final

from msgspec import Struct

from services.dependencies import Dependencies
from services.documents import Document
from services.holdings import Holding
from services.privacy.fields import TABLE

AT_ONCE: Final = 500


class Tally(Struct):
    """Sealed fields of one collection. `left`: changed by somebody else at that moment."""

    collection: str
    seen: int = 0
    renewed: int = 0
    left: int = 0


async def reseal(
    deps: Dependencies, tell: Callable[[Tally], None] = lambda _: None
) -> list[Tally]:
    """Seal everything under the current key. `tell` hears how far it is, every 500 rows.

    Raises Unreadable, naming the row, for what was changed by hand or sealed under a key that
    is not here any more.
    """
    tallies = []
    for holding in TABLE:
        if holding.sealed:
            tally = Tally(holding.collection)
            async for batch in _batches(deps, holding):
                for row in batch:
                    await _renew(deps, holding, row, tally)
                tell(tally)
            tallies.append(tally)
    return tallies


async def _batches(deps: Dependencies, holding: Holding) -> AsyncIterator[list[Document]]:
    """Yield the rows in order of id, a page at a time: no cursor to lose, nothing held."""
    rows = deps.db[holding.collection]
    after = ""
    while True:
        cursor = rows.find({"_id": {"$gt": after}}, dict.fromkeys(holding.sealed, 1))
        batch = await cursor.sort("_id", 1).limit(AT_ONCE).to_list()
        if not batch:
            return
        yield batch
        after = batch[-1]["_id"]


async def _renew(deps: Dependencies, holding: Holding, row: Document, tally: Tally) -> None:
    for name, pattern in holding.sealed.items():
        old = row.get(name)
        if not old:
            continue
        tally.seen += 1
        if old.startswith(f"{deps.vault.current}."):
            continue
        place = pattern.format(id=row["_id"])
        new = deps.vault.seal(deps.vault.unseal(old, place=place), place=place)
        result = await deps.db[holding.collection].update_one(
            {"_id": row["_id"], name: old}, {"$set": {name: new}}
        )
        tally.renewed += result.modified_count
        tally.left += 1 - result.modified_count
