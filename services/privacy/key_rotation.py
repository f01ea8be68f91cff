"""Key rotation: sealed fields are sealed anew under the current key, so an old one can go.

Compare-and-set on the old value: what somebody writes meanwhile stays as they wrote it, which
is under the current key already. Harmless to repeat and to interrupt.
"""

from collections.abc import AsyncIterator, Callable
from typing import Any, Final

from msgspec import Struct

from services.dependencies import Dependencies
from services.kernel.documents import Document
from services.kernel.personal_data import Holding
from services.kernel.vault import Sealed

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
    for holding in deps.features.holdings:
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
    wanted = dict.fromkeys(_names(holding), 1)
    after = ""
    while True:
        cursor = rows.find({"_id": {"$gt": after}}, wanted)
        batch = await cursor.sort("_id", 1).limit(AT_ONCE).to_list()
        if not batch:
            return
        yield batch
        after = batch[-1]["_id"]


def _names(holding: Holding) -> set[str]:
    """Return the fields that are sealed, or are lists of what is."""
    return {sealed.partition(".")[0] for sealed in holding.sealed}


async def _renew(deps: Dependencies, holding: Holding, row: Document, tally: Tally) -> None:
    """Renew a row's sealed fields, and each list that holds some as a whole."""
    for name in _names(holding):
        old = row.get(name)
        if not old:
            continue
        new = _renewed(deps, holding, row, name, tally)
        if new == old:
            continue
        result = await deps.db[holding.collection].update_one(
            {"_id": row["_id"], name: old}, {"$set": {name: new}}
        )
        tally.renewed += result.modified_count
        tally.left += 1 - result.modified_count


def _renewed(
    deps: Dependencies, holding: Holding, row: Document, name: str, tally: Tally
) -> Any:
    """Return a field under the current key; itself when it is already."""

    def again(old: str, field: Sealed) -> str:
        tally.seen += 1
        if old.startswith(f"{deps.vault.current}."):
            return old
        text = field.open(deps.vault, row["_id"], old)
        return field.seal(deps.vault, row["_id"], text)

    if name in holding.sealed:
        return again(row[name], holding.sealed[name])
    begins = f"{name}."
    inside = {
        sealed.removeprefix(begins): field
        for sealed, field in holding.sealed.items()
        if sealed.startswith(begins)
    }
    return [
        {
            **item,
            **{key: again(item[key], f) for key, f in inside.items() if item.get(key)},
        }
        for item in row[name]
    ]
