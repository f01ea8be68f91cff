"""What is due of a collection that bears keepers and ends, for the heads' list of the day.

`keeper` and `due_at` are the fields of each; a partial index serves the condition.
"""

import asyncio
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from pymongo.asynchronous.collection import AsyncCollection

from services.kernel.documents import Document
from services.kernel.paths import under
from services.kernel.today import Part
from services.visits.offices import keepers

MOST_COUNTED: Final = 1000


async def read(
    collection: AsyncCollection[Document],
    mine: Sequence[str],
    is_open: Document,
    part: Part,
    *,
    until: datetime,
    apart: Collection[str],
) -> list[Document]:
    """Return the next documents that are due until an instant, by end. By index `due`.

    `mine`: tokens of the actor's keepers. `apart`: homes that are left out: the head's own.
    """
    ends: Document = {"$lte": until}
    if part.until is not None:
        ends["$lt"] = part.until
    where: Document = {"keeper": {"$in": list(mine)}, **is_open, "due_at": ends}
    if part.after is not None:
        at, key = part.after
        ends["$gte"] = at
        where["$nor"] = [{"due_at": at, "_id": {"$lte": key}}]
    if part.without:
        where["_id"] = {"$nin": list(part.without)}
    if apart:
        where["home"] = {"$nin": sorted(apart)}
    cursor = collection.find(where).sort([("due_at", 1), ("_id", 1)]).limit(part.limit)
    return await cursor.hint("due").to_list()


async def count(
    collection: AsyncCollection[Document],
    places: Sequence[str],
    is_open: Document,
    *,
    until: datetime,
) -> dict[str, int]:
    """Count what is due at each of some places, a thousand at most. By index `due_under`.

    Of heads: what members of staff keep for themselves is on nobody's list of the day.
    """

    async def of(place: str) -> int:
        due = {"due_at": {"$lte": until}, "keeper": keepers.OF_HEADS}
        where = {"home": under(place), **is_open, **due}
        return await collection.count_documents(where, limit=MOST_COUNTED, hint="due_under")

    found = await asyncio.gather(*(of(place) for place in places))
    return dict(zip(places, found, strict=True))
