"""Steps of work that grows without bound: so many documents a transaction, and no more.

A step does what is left, so it finds less each time and is harmless to repeat: whoever calls it
needs no cursor, and a process that dies between two of them loses nothing.
"""

from typing import Any, Final

from pymongo.asynchronous.client_session import AsyncClientSession as Transaction
from pymongo.asynchronous.collection import AsyncCollection

from services.kernel.documents import Document

# Far from the second that a transaction may take, on a small machine too.
AT_ONCE: Final = 200


async def ids_of(
    tx: Transaction,
    collection: AsyncCollection[Document],
    query: Document,
    at_once: int = AT_ONCE,
) -> list[Any]:
    """Return the ids of the documents of one step; `at_once` of them when there may be more."""
    cursor = collection.find(query, {"_id": 1}, session=tx).limit(at_once)
    return [document["_id"] for document in await cursor.to_list()]


async def remove(
    tx: Transaction,
    collection: AsyncCollection[Document],
    query: Document,
    *,
    at_once: int = AT_ONCE,
) -> bool:
    """Remove some of the documents; tell whether there may be more.

    `at_once`: fewer where a document is large.
    """
    ids = await ids_of(tx, collection, query, at_once)
    if ids:
        await collection.delete_many(among(query, ids), session=tx)
    return len(ids) == at_once


async def change(
    tx: Transaction, collection: AsyncCollection[Document], query: Document, update: Document
) -> bool:
    """Change AT_ONCE of the documents so that the query leaves them out; as `remove`."""
    ids = await ids_of(tx, collection, query)
    if ids:
        await collection.update_many(among(query, ids), update, session=tx)
    return len(ids) == AT_ONCE


def among(query: Document, ids: list[Any]) -> Document:
    """Return the query for those of the ids: with it, for its shard key."""
    return {"$and": [query, {"_id": {"$in": ids}}]}
