"""Pages of lists: what a request for one says, in which order it reads, and where it goes on.

Every list is read by keyset: the next page begins after the values that the last row was sorted
by, which an index finds at once however far down it is, and no row is left out or shown twice
when others come and go meanwhile. A cursor holds those values; it is checked like any input.
"""

import asyncio
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from operator import itemgetter
from typing import Annotated, Any, Final, Generic, TypeVar

import msgspec
from msgspec import Meta, Struct
from pymongo.asynchronous.client_session import AsyncClientSession as Transaction
from pymongo.asynchronous.collection import AsyncCollection

from services.kernel.days import check_day, end_of, start_of
from services.kernel.documents import Document
from services.kernel.errors import InvalidInput
from services.kernel.types import Opaque
from services.kernel.unions import Part

T = TypeVar("T")
V = TypeVar("V")

Limit = Annotated[int, Meta(ge=1, le=100)]
# What MongoDB keeps of a whole number; a cursor may hold any.
Count = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
BAD_CURSOR: Final = "翻页标记不对,请从第一页开始"


class ListQuery(Struct, forbid_unknown_fields=True, kw_only=True):
    """Which part of a list.

    `limit`: Most items of a page.
    `cursor`: `next_cursor` of the page before; the first page without it.
    """

    limit: Limit = 50
    cursor: Opaque | None = None


class ShortListQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which part of a list whose items are read one by one."""

    limit: Limit = 20


class Page(Struct, Generic[T]):
    """One page of a list.

    `items`: Items of this page, in the order of the list.
    `next_cursor`: Send it as `cursor` for the next page; null on the last page.
    """

    items: list[T]
    next_cursor: str | None = None

    def of(self, items: Sequence[V]) -> "Page[V]":
        """Return the page with other items: what is seen of what is kept."""
        return Page(list(items), self.next_cursor)

    def map(self, view: Callable[[T], V]) -> "Page[V]":
        """Return the page with a view of each item."""
        return self.of([view(item) for item in self.items])


class Key(Struct, frozen=True):
    """Field that a list is sorted by. `kind`: type of its values, never null."""

    field: str = "_id"
    ascending: bool = True
    kind: Any = str  # a type that msgspec converts to

    @property
    def sign(self) -> str:
        return f"{'' if self.ascending else '-'}{self.field}"

    def beyond(self, value: Any) -> Document:
        return {self.field: {"$gt" if self.ascending else "$lt": value}}

    def from_on(self, value: Any) -> Document:
        return {self.field: {"$gte" if self.ascending else "$lte": value}}


class Keyset:
    """Order of a list, and how it is read by pages. The last key is unique.

    An index begins with what the list is asked for and goes on with these keys.
    """

    def __init__(self, *keys: Key) -> None:
        self.keys = keys
        self.name = ",".join(key.sign for key in keys)
        self.order = [(key.field, 1 if key.ascending else -1) for key in keys]

    def write(self, row: Mapping[str, Any]) -> str:
        """Return the cursor behind a row."""
        values = [self.name, *(row[key.field] for key in self.keys)]
        # MongoDB gives large numbers back in a type of its own
        return urlsafe_b64encode(msgspec.json.encode(values, enc_hook=int)).decode()

    def read(self, cursor: str | None) -> list[Any] | None:
        """Return the values of the keys behind which a page begins; None for the first page.

        An empty cursor asks for the first page too: its field was left empty.

        Raises InvalidInput for a cursor of another list or order, or none of ours.
        """
        if not cursor:
            return None
        try:
            name, *values = msgspec.json.decode(urlsafe_b64decode(cursor), type=list[Any])
            found = [
                _value(value, key.kind) for key, value in zip(self.keys, values, strict=True)
            ]
        except (ValueError, OverflowError, msgspec.DecodeError):
            raise InvalidInput(BAD_CURSOR) from None
        if name != self.name:
            raise InvalidInput(BAD_CURSOR)
        return found

    def after(self, cursor: str | None) -> Document:
        """Return the condition for what comes behind a cursor. Raises InvalidInput."""
        values = self.read(cursor)
        if values is None:
            return {}
        ties: list[Document] = []
        equal: Document = {}
        for key, value in zip(self.keys, values, strict=True):
            ties.append({**equal, **key.beyond(value)})
            equal |= {key.field: value}
        if len(ties) == 1:
            return ties[0]
        # the first key's bound on its own, for an index to begin there
        return {"$and": [self.keys[0].from_on(values[0]), {"$or": ties}]}

    async def page(
        self,
        collection: AsyncCollection[Document],
        kind: type[T],
        where: Document,
        query: ListQuery,
        *,
        hint: str | None = None,
        without: Document | None = None,
        tx: Transaction | None = None,
    ) -> Page[T]:
        """Return a page of what meets a condition, in this order. Raises InvalidInput.

        `without`: projection that leaves long fields out, which then have their defaults.
        """
        cursor = collection.find(self._from(where, query), without, session=tx)
        cursor = cursor.sort(self.order).limit(query.limit + 1)
        rows = await (cursor.hint(hint) if hint else cursor).to_list()
        return self.cut(rows, query.limit).map(lambda row: msgspec.convert(row, kind))

    def part(
        self, collection: str, where: Document, query: ListQuery, *, hint: str | None = None
    ) -> Part[Document]:
        """Return what `page` asks for as a part of a union; `cut` makes the page of its rows.

        Raises InvalidInput.
        """
        stages: list[Document] = [{"$sort": dict(self.order)}, {"$limit": query.limit + 1}]
        return Part(collection, dict[str, Any], self._from(where, query), stages, hint)

    def _from(self, where: Document, query: ListQuery) -> Document:
        behind = self.after(query.cursor)
        return {"$and": [where, behind]} if where and behind else where or behind

    async def page_of_any(
        self,
        collection: AsyncCollection[Document],
        kind: type[T],
        parts: Sequence[tuple[str, Document]],
        query: ListQuery,
    ) -> Page[T]:
        """Return a page of what meets any of some conditions. Raises InvalidInput.

        `parts`: (index, condition). One query for each: in a single one, the database would
        read all that meets one of them before it put it in order.
        """
        pages = await asyncio.gather(
            *(
                self.page(collection, dict[str, Any], where, query, hint=index)
                for index, where in parts
            )
        )
        found = {row["_id"]: row for page in pages for row in page.items}
        rows = [*found.values()]
        for key in reversed(self.keys):
            rows.sort(key=itemgetter(key.field), reverse=not key.ascending)
        is_more = len(rows) > query.limit or any(page.next_cursor for page in pages)
        rows = rows[: query.limit]
        shown = Page(rows, self.write(rows[-1]) if is_more else None)
        return shown.map(lambda row: msgspec.convert(row, kind))

    def cut(self, rows: Sequence[Document], limit: int) -> Page[Document]:
        """Return a page of rows, of which one more than `limit` was read where there is one."""
        more = len(rows) > limit
        return Page(list(rows[:limit]), self.write(rows[limit - 1]) if more else None)

    def of_kept(self, items: Sequence[V], query: ListQuery) -> Page[V]:
        """Return a page of what one document keeps, in any order; its fields are these keys.

        For ascending keys only.
        """

        def position(item: V) -> list[Any]:
            return [getattr(item, key.field) for key in self.keys]

        after = self.read(query.cursor)
        wanted = [item for item in items if after is None or position(item) > after]
        found = sorted(wanted, key=position)[: query.limit + 1]
        names = [key.field for key in self.keys]
        rows = [dict(zip(names, position(item), strict=True)) for item in found]
        return Page(found[: query.limit], self.cut(rows, query.limit).next_cursor)


def _value(value: Any, kind: Any) -> Any:
    found = msgspec.convert(value, kind)
    return found.astimezone(UTC) if isinstance(found, datetime) else found


def asked(query: ListQuery) -> list[str]:
    """Return the names of the filters that were given."""
    names = {*query.__struct_fields__} - {*ListQuery.__struct_fields__, "sort"}
    return sorted(name for name in names if getattr(query, name) is not None)


def chosen(query: Struct, *names: str, **fields: str) -> Document:
    """Return the condition for the filters of a query that were given.

    `names`: filters called as the field they look at. `fields`: filter → its field.
    """
    wanted = {**dict(zip(names, names, strict=True)), **fields}
    found = {field: getattr(query, name) for name, field in wanted.items()}
    return {field: value for field, value in found.items() if value is not None}


def within(field: str, first: str | None, last: str | None) -> Document:
    """Return the condition for instants of some Beijing days, both included.

    Raises InvalidInput for a day that does not exist, or a last day before the first.
    """
    _require_order(first, last)
    bounds: dict[str, datetime] = {}
    if first is not None:
        bounds["$gte"] = start_of(check_day(first))
    if last is not None:
        bounds["$lt"] = end_of(check_day(last))
    return {field: bounds} if bounds else {}


def between(field: str, first: str | None, last: str | None) -> Document:
    """Return the condition for days or months as text, both included.

    Raises InvalidInput for a last one before the first.
    """
    _require_order(first, last)
    bounds = {"$gte": first, "$lte": last}
    given = {sign: day for sign, day in bounds.items() if day is not None}
    return {field: given} if given else {}


def _require_order(first: str | None, last: str | None) -> None:
    if first is not None and last is not None and last < first:
        raise InvalidInput("结束日期不能早于开始日期")
