"""Pages of any list: nothing is left out or shown twice, and no cursor breaks anything."""

import asyncio
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from importlib import import_module
from itertools import pairwise
from pkgutil import walk_packages
from typing import Any, Final

import bson
import msgspec
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from msgspec import Struct, field
from pymongo import AsyncMongoClient

import services
from server.settings import Settings
from services.kernel.documents import Document
from services.kernel.errors import InvalidInput
from services.kernel.pages import Count, Key, Keyset, ListQuery, asked, between, within
from tests.build.world import NOON
from tests.depth import by_depth

KINDS: Final[dict[str, Any]] = {"text": str, "number": Count, "at": datetime}
COLLECTION: Final = "rows_of_pages"
MOST_SHOWN: Final = 50
# To look for a smaller example would take minutes: each asks the database.
FOUND: Final = (Phase.explicit, Phase.generate)


class Row(Struct, kw_only=True):
    id: str = field(name="_id")
    text: str
    number: int
    at: datetime


class Change(Struct, kw_only=True):
    """What happens between two pages."""

    come: list[Row]
    go: list[int]


instants = st.integers(-3, 3).map(lambda days: NOON + timedelta(days=days, milliseconds=days))
# few values, so that there are ties; and the odd ones
texts = st.sampled_from(["", "a", "b", "一栋", "\U0001f600", "a\x00", "zz"])
numbers = st.one_of(st.integers(-2, 2), st.sampled_from([-(2**63), 2**63 - 1, 2**53 + 1]))
rows = st.builds(
    Row,
    id=st.text("abc", min_size=1, max_size=6),
    text=texts,
    number=numbers,
    at=instants,
)
crowds = st.lists(rows, max_size=14, unique_by=lambda row: row.id)
changes = st.lists(
    st.builds(
        Change,
        come=st.lists(rows, max_size=2, unique_by=lambda row: row.id),
        go=st.lists(st.integers(0, 20), max_size=2),
    ),
    max_size=5,
)
keys = st.builds(
    lambda name, ascending: Key(name, ascending, KINDS[name]),
    st.sampled_from(sorted(KINDS)),
    st.booleans(),
)
orders = st.builds(
    lambda first, last: Keyset(*first, Key(ascending=last)),
    st.lists(keys, max_size=2, unique_by=lambda key: key.field),
    st.booleans(),
)


class Shelf:
    """A collection of its own in the real database."""

    def __init__(self, runner: asyncio.Runner, uri: str, database: str) -> None:
        self.runner = runner
        self.client = runner.run(_connected(uri))
        self.collection = self.client[database][COLLECTION]

    def run(self, work: Any) -> Any:
        return self.runner.run(work)


async def _connected(uri: str) -> AsyncMongoClient[Document]:
    return AsyncMongoClient[Document](uri, tz_aware=True)


@pytest.fixture(scope="module")
def shelf(base_settings: Settings) -> Iterator[Shelf]:
    with asyncio.Runner() as runner:
        shelf = Shelf(runner, base_settings.mongodb_uri, base_settings.mongodb_database)
        yield shelf
        runner.run(shelf.collection.drop())
        runner.run(shelf.client.close())


async def shown(
    shelf: Shelf, order: Keyset, limit: int, changes: Sequence[Change]
) -> tuple[list[Row], set[str]]:
    """Read a list to its end while rows come and go; return it with the ids that went."""
    query, found, gone, left = ListQuery(limit=limit), list[Row](), set[str](), [*changes]
    while True:
        page = await order.page(shelf.collection, Row, {}, query)
        assert len(page.items) <= limit
        found += page.items
        assert len(found) < MOST_SHOWN, "it goes round in a circle"
        if page.next_cursor is None:
            return found, gone
        query.cursor = page.next_cursor
        if left:
            gone |= await change(shelf, left.pop())


async def change(shelf: Shelf, change: Change) -> set[str]:
    ids = [row["_id"] async for row in shelf.collection.find().sort("_id", 1)]
    gone = {ids[number] for number in change.go if number < len(ids)}
    await shelf.collection.delete_many({"_id": {"$in": [*gone]}})
    for row in change.come:
        if row.id not in ids:
            document = msgspec.to_builtins(row, builtin_types=(datetime,))
            await shelf.collection.insert_one(document)
    return gone


async def put(shelf: Shelf, crowd: Sequence[Row]) -> None:
    await shelf.collection.delete_many({})
    if crowd:
        documents = [msgspec.to_builtins(row, builtin_types=(datetime,)) for row in crowd]
        await shelf.collection.insert_many(documents)


def is_before(order: Keyset, one: Row, other: Row) -> bool:
    """Tell whether a row stands before another in an order."""
    for key in order.keys:
        name = "id" if key.field == "_id" else key.field
        first, second = getattr(one, name), getattr(other, name)
        if first != second:
            return bool((first < second) is key.ascending)
    return False


@settings(max_examples=by_depth(day=60, night=1000), phases=FOUND)
@given(crowd=crowds, order=orders, limit=st.integers(1, 5), changes=changes)
def test_who_was_there_all_the_time_is_shown_once(
    shelf: Shelf, crowd: list[Row], order: Keyset, limit: int, changes: list[Change]
) -> None:
    shelf.run(put(shelf, crowd))
    found, gone = shelf.run(shown(shelf, order, limit, changes))
    ids = [row.id for row in found]
    assert len({*ids}) == len(ids)
    assert {row.id for row in crowd} - gone <= {*ids}
    assert all(is_before(order, *two) for two in pairwise(found))


@settings(max_examples=by_depth(day=40, night=1000), phases=FOUND)
@given(crowd=crowds, order=orders, limit=st.integers(1, 4))
def test_a_list_of_several_conditions_shows_each_row_once(
    shelf: Shelf, crowd: list[Row], order: Keyset, limit: int
) -> None:
    """Conditions that overlap, that meet nothing, and rows that meet none."""
    shelf.run(put(shelf, crowd))
    conditions: list[Document] = [
        {"number": {"$gte": 0}},
        {"text": {"$in": ["a", "一栋"]}},
        {"text": "nobody's"},
    ]
    parts = [("_id_", condition) for condition in conditions]

    async def read() -> list[Row]:
        query, found = ListQuery(limit=limit), list[Row]()
        while True:
            page = await order.page_of_any(shelf.collection, Row, parts, query)
            assert len(page.items) <= limit
            found += page.items
            assert len(found) < MOST_SHOWN, "it goes round in a circle"
            if page.next_cursor is None:
                return found
            query.cursor = page.next_cursor

    found = shelf.run(read())
    meant = [row for row in crowd if row.number >= 0 or row.text in {"a", "一栋"}]
    assert sorted(row.id for row in found) == sorted(row.id for row in meant)
    assert all(is_before(order, *two) for two in pairwise(found))


def keysets() -> list[Keyset]:
    """Return the orders of all lists of the product."""
    found: dict[int, Keyset] = {}
    for package in walk_packages(services.__path__, "services."):
        for value in vars(import_module(package.name)).values():
            several = value.values() if isinstance(value, dict) else [value]
            found |= {id(each): each for each in several if isinstance(each, Keyset)}
    return [*found.values()]


def written(values: Any) -> str:
    return urlsafe_b64encode(msgspec.json.encode(values)).decode()


def is_harmless(order: Keyset, cursor: str) -> bool:
    """Tell whether a cursor is refused, or becomes a condition that MongoDB takes."""
    try:
        bson.encode(order.after(cursor))
    except InvalidInput:
        return False
    return True


ODD: Final = (None, True, -1, 2**70, 1.5, 1e300, "", "x", "\x00", [], {}, {"$gt": ""}, ["a"])


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_odd_values_in_a_cursor_reach_no_query(odd: Any) -> None:
    """Of every list of the product: only a text in place of a text is taken."""
    found = keysets()
    assert len(found) > 5
    for order in found:
        taken = is_harmless(order, written([order.name, *[odd for _ in order.keys]]))
        assert not taken or isinstance(odd, str | int | float)
        for number, key in enumerate(order.keys):
            values: list[Any] = ["a" if each.kind is str else 1 for each in order.keys]
            values[number] = odd
            is_harmless(order, written([order.name, *values]))
            assert key.kind is not int, f"{order.name}: Count is what MongoDB keeps"


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=6,
)


@given(
    order=orders, cursor=st.one_of(st.text(), st.binary().map(lambda b: b.decode("latin-1")))
)
def test_any_text_is_no_cursor(order: Keyset, cursor: str) -> None:
    if cursor:
        with pytest.raises(InvalidInput):
            order.after(cursor)


@given(order=orders, bytes_=st.binary(min_size=1), values=st.lists(json, max_size=4))
def test_what_looks_like_a_cursor_is_refused_or_harmless(
    order: Keyset, bytes_: bytes, values: list[Any]
) -> None:
    assert not is_harmless(order, urlsafe_b64encode(bytes_).decode())
    is_harmless(order, written(values))
    is_harmless(order, written([order.name, *values]))


@given(one=orders, other=orders, row=rows)
def test_the_cursor_of_another_order_is_refused(one: Keyset, other: Keyset, row: Row) -> None:
    cursor = one.write(msgspec.to_builtins(row, builtin_types=(datetime,)))
    if one.name == other.name:
        assert other.read(cursor) == one.read(cursor)
    else:
        with pytest.raises(InvalidInput):
            other.after(cursor)


def test_an_empty_cursor_asks_for_the_first_page() -> None:
    assert Keyset(Key()).after("") == Keyset(Key()).after(None) == {}


class Wish(ListQuery, kw_only=True):
    state: str | None = None
    home: str | None = None
    sort: str = "newest"


def test_only_filters_that_were_given_were_asked() -> None:
    assert asked(Wish(home="a", cursor="c", sort="x")) == ["home"]


def test_days_that_do_not_exist_are_refused() -> None:
    for first, last in (("2026-02-30", None), (None, "2026-04-31")):
        with pytest.raises(InvalidInput):
            within("at", first, last)


def test_both_days_of_a_range_are_in_it() -> None:
    bounds = within("at", "2026-03-02", "2026-03-02")["at"]
    assert bounds == {
        "$gte": datetime(2026, 3, 1, 16, tzinfo=UTC),
        "$lt": datetime(2026, 3, 2, 16, tzinfo=UTC),
    }
    assert within("at", None, None) == between("month", None, None) == {}
    assert between("month", "2026-01", None) == {"month": {"$gte": "2026-01"}}
