"""Walks over whole collections: the next ids in order, and documents by their ids."""

from collections.abc import Sequence
from typing import TypeVar

import msgspec
from pymongo.asynchronous.collection import AsyncCollection

from services.kernel.documents import Document

T = TypeVar("T", bound=msgspec.Struct)


async def ids_after(collection: AsyncCollection[Document], after: str, limit: int) -> list[str]:
    """Return the next ids in order: a walk that ends and goes on anywhere."""
    cursor = collection.find({"_id": {"$gt": after}}, {"_id": 1}).sort("_id", 1).limit(limit)
    return [str(document["_id"]) async for document in cursor]


async def by_id(
    collection: AsyncCollection[Document], kind: type[T], ids: Sequence[str]
) -> dict[str, T]:
    """Return id → document, of those that are there."""
    cursor = collection.find({"_id": {"$in": list(ids)}})
    return {str(document["_id"]): msgspec.convert(document, kind) async for document in cursor}
