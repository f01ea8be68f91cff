"""Rows of one person in any collection, as they may read them."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any, Final

from services.dependencies import Dependencies
from services.kernel.days import BEIJING
from services.kernel.documents import Document
from services.kernel.labels import Labelled, label_of
from services.kernel.personal_data import Holding
from services.privacy.labels import in_yuan

ROWS_AT_ONCE: Final = 500


async def rows_of(
    deps: Dependencies, holding: Holding, person_id: str, *, limit: int
) -> AsyncIterator[Document]:
    """Yield what one person may read of their own rows, in people's words."""
    query = {holding.person: person_id}
    found = deps.db[holding.collection].find(query).limit(limit)
    async for batch in batches(found):
        if holding.complete is not None:
            await holding.complete(deps, batch)
        for row in batch:
            yield readable(deps, holding, row)


async def batches(rows: AsyncIterator[Document]) -> AsyncIterator[list[Document]]:
    """Yield rows some at a time."""
    batch: list[Document] = []
    async for row in rows:
        batch.append(row)
        if len(batch) == ROWS_AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


async def ids_of(
    deps: Dependencies, holding: Holding, person_id: str, *, limit: int
) -> AsyncIterator[str]:
    """Yield the ids of one person's rows."""
    query = {holding.person: person_id}
    async for row in deps.db[holding.collection].find(query, {"_id": 1}).limit(limit):
        yield row["_id"]


def readable(deps: Dependencies, holding: Holding, row: Document) -> Document:
    """Return a row in people's words: what is sealed opened, what is empty left out."""
    shown: Document = {}
    for name, label in holding.shows.items():
        value = row.get(name)
        if name in holding.sealed and value:
            value = holding.sealed[name].open(deps.vault, row["_id"], value)
        if name in holding.words:
            value = _labelled(holding.words[name], value)
        if value not in (None, "", [], {}):
            shown[label] = _written(in_yuan(name, value))
    return shown


def _labelled(kind: type[Labelled], value: Any) -> Any:
    """Return a value by its label; each one of a list."""
    if isinstance(value, list):
        return [label_of(kind, each) for each in value]
    return label_of(kind, value) if isinstance(value, str) else value


def _written(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(BEIJING).isoformat(timespec="seconds")
    return value
