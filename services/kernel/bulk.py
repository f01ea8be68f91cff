"""Bulk inserts of which some may be there already: written again by whoever starts over.

The driver says BulkWriteError of many where it says DuplicateKeyError of one. Callers lose a
race to one or to many in the same way, so nobody else inserts many in a transaction.
"""

from collections.abc import Sequence
from typing import Any, Final

from pymongo.asynchronous.client_session import AsyncClientSession as Transaction
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import BulkWriteError, DuplicateKeyError

from services.kernel.documents import Document

DUPLICATE: Final = 11000


async def insert_all(
    tx: Transaction, collection: AsyncCollection[Document], documents: Sequence[Document]
) -> None:
    """Insert documents in a transaction, or none. DuplicateKeyError when one is there."""
    if not documents:
        return
    try:
        await collection.insert_many(documents, session=tx)
    except BulkWriteError as error:
        first = duplicates(error)[0]
        raise DuplicateKeyError(first["errmsg"], DUPLICATE, first) from error


async def insert_missing(
    tx: Transaction, collection: AsyncCollection[Document], documents: Sequence[Document]
) -> set[str]:
    """Insert in a transaction those documents that are not there; return their ids.

    The others stay as they are; of two documents with one id the first counts. One query and
    one insert, instead of an upsert of each. Whoever inserts one of them at the same moment
    conflicts, as the query read the state that the transaction began with.
    """
    ids = [document["_id"] for document in documents]
    cursor = collection.find({"_id": {"$in": ids}}, {"_id": 1}, session=tx)
    there = {row["_id"] for row in await cursor.to_list()} if ids else set()
    fresh: dict[Any, Document] = {}
    for document in documents:
        if document["_id"] not in there:
            fresh.setdefault(document["_id"], document)
    await insert_all(tx, collection, list(fresh.values()))
    return set(fresh)


async def insert_new(
    collection: AsyncCollection[Document], documents: Sequence[Document]
) -> list[Document]:
    """Insert documents outside a transaction; return those that were there before.

    Raises BulkWriteError when one failed for another reason.
    """
    if not documents:
        return []
    try:
        await collection.insert_many(documents, ordered=False)
    except BulkWriteError as error:
        return [documents[failure["index"]] for failure in duplicates(error)]
    return []


def duplicates(error: BulkWriteError) -> list[Document]:
    """Return the failures of a bulk, all of them duplicate keys; raise it again otherwise."""
    failures: list[Document] = (error.details or {}).get("writeErrors", [])
    if not failures or any(failure.get("code") != DUPLICATE for failure in failures):
        raise error
    return failures
