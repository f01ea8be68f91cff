"""Union of finds: several queries in one aggregate, each on an index of its own.

A round trip costs more than most finds do (docs/decisions/56-round-trips.md). What one request
needs of several collections, and knows how to ask for beforehand, is asked for at once; each
row comes back with the number of its part.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final, Generic, TypeVar

import msgspec
from msgspec import Struct
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.database import AsyncDatabase

from services.kernel.documents import Document

T = TypeVar("T")

PART: Final = "_part"
NOBODY: Final[Document] = {"$in": []}


class Part(Struct, Generic[T], frozen=True, eq=False):
    """One query of a union.

    `stages`: what follows its condition: order, number, fields. `kind`: what a row is.
    `hint`: its index, which only the first part of a union can name.
    """

    collection: str
    kind: type[T]
    where: Document
    stages: Sequence[Document] = ()
    hint: str | None = None

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing can meet the condition: it asks for none of some values."""
        return NOBODY in self.where.values()

    def pipeline(self, number: int) -> list[Document]:
        return [{"$match": self.where}, *self.stages, {"$set": {PART: number}}]


class Found:
    """Rows of a union, by the part that asked for them."""

    def __init__(self, rows: Mapping[Part[Any], Sequence[Document]]) -> None:
        self._rows = rows

    def of(self, part: Part[T]) -> list[T]:
        """Return the rows of a part, in its order; none of one that was not asked."""
        return [msgspec.convert(row, part.kind) for row in self._rows.get(part, ())]


async def read(
    db: AsyncDatabase[Document],
    parts: Sequence[Part[Any]],
    *,
    session: AsyncClientSession | None = None,
) -> Found:
    """Return what the parts find: one round trip, or none when nothing can be found."""
    asked = [part for part in parts if not part.is_empty]
    if not asked:
        return Found({})
    first, *others = asked
    if any(part.hint for part in others):
        raise ValueError("only the first part of a union can name its index")
    if not others and not first.stages:
        cursor = db[first.collection].find(first.where, hint=first.hint, session=session)
        return Found({first: await cursor.to_list()})
    pipeline = first.pipeline(0)
    for number, part in enumerate(others, 1):
        more = {"coll": part.collection, "pipeline": part.pipeline(number)}
        pipeline.append({"$unionWith": more})
    options: dict[str, Any] = {"hint": first.hint} if first.hint else {}
    rows: defaultdict[Part[Any], list[Document]] = defaultdict(list)
    found = await db[first.collection].aggregate(pipeline, session=session, **options)
    for row in await found.to_list():
        rows[asked[row.pop(PART)]].append(row)
    return Found(rows)
