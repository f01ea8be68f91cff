"""Walk of a list that staff and heads work with: sorted, filtered, paged, exported."""

import io
import zipfile
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, Final, get_args, get_type_hints
from unittest.mock import patch
from urllib.parse import urlencode

import msgspec
import pytest
from python_calamine import CalamineWorkbook

from mongo_indexes import exports
from server.features import FEATURES
from services.kernel.days import BEIJING
from services.kernel.lists import List
from services.kernel.pages import Keyset, ListQuery
from services.kernel.tables import Column, written
from tests.build import exports as exports_build
from tests.build.sign_ins import Member
from tests.build.world import World
from tests.lists.case import FORMULA, Case, Filters, Item, in_order

LIMITS: Final = (100, 2)
FEWEST: Final = 5
MOST: Final = 500


async def read(
    world: World, case: Case, who: Member, filters: Filters, limit: int = 100
) -> list[Item]:
    """Return all items, page by page; none twice."""
    items: list[Item] = []
    asked = {**case.base, **filters, "limit": str(limit)}
    while True:
        reply = await world.api.get(f"{case.path}?{urlencode(asked)}", as_=who)
        assert reply.status == 200, (asked, reply.body)
        assert len(reply.body["items"]) <= limit
        items += reply.body["items"]
        assert len(items) < MOST, "it goes round in a circle"
        if reply.body["next_cursor"] is None:
            break
        assert len(reply.body["items"]) == limit, "a page that is not full is the last"
        asked["cursor"] = reply.body["next_cursor"]
    keys = [msgspec.json.encode(item) for item in items]
    assert len({*keys}) == len(keys), "shown twice"
    return items


def filter_names(found: List) -> set[str]:
    return {*found.query.__struct_fields__} - {*ListQuery.__struct_fields__, "sort"}


def sorts(found: List) -> list[Filters]:
    """Return the query of each order; of the only one where there is one."""
    hint = get_type_hints(found.query).get("sort")
    [kind] = [each for each in get_args(hint) or [hint] if each is not type(None)] or [None]
    return [{"sort": each.value} for each in kind] if kind else [{}]


@contextmanager
def explained() -> Iterator[list[Any]]:
    """Watch how each page of a list is found: what was asked, and the server's explanation."""
    plans: list[Any] = []
    page = Keyset.page

    async def watched(
        self: Keyset, collection: Any, kind: Any, where: Any, query: Any, **how: Any
    ) -> Any:
        behind = self.after(query.cursor)
        both = {"$and": [each for each in (where, behind) if each] or [{}]}
        cursor = collection.find(both).sort(self.order).limit(query.limit + 1)
        cursor = cursor.hint(how["hint"]) if how.get("hint") else cursor
        plans.append(((where, self.name), await cursor.explain()))
        return await page(self, collection, kind, where, query, **how)

    with patch.object(Keyset, "page", watched):
        yield plans


def is_sorted_in_memory(plan: Any) -> bool:
    """Tell whether the server thought of no way but to sort."""
    planner = plan["queryPlanner"]
    ways = [planner["winningPlan"], *planner["rejectedPlans"]]
    return all("'stage': 'SORT'" in str(way) for way in ways)


async def is_sorted_filtered_and_paged(world: World, found: List, case: Case) -> None:
    with explained() as plans:
        await _sorted_filtered_and_paged(world, found, case)
    assert not [asked for asked, plan in plans if is_sorted_in_memory(plan)]


async def _sorted_filtered_and_paged(world: World, found: List, case: Case) -> None:
    assert {*case.orders} == {each.get("sort", "") for each in sorts(found)}
    assert {name for each in case.filters for name in each} == filter_names(found)
    everything = await read(world, case, case.who, {})
    assert len(everything) >= case.rows >= FEWEST
    for sort in sorts(found):
        await each_page_size(world, case, sort)
    shown = [await read(world, case, case.who, filters) for filters in case.filters]
    known = _known([everything, *shown])
    for filters, items in zip([{}, *case.filters], [everything, *shown], strict=True):
        meant = [item for item in known if case.is_meant(item, case.base | filters)]
        assert _keys(items) == _keys(meant), filters
    for name in filter_names(found):
        given = [items for f, items in zip(case.filters, shown, strict=True) if name in f]
        told = [items for items in given if items and _keys(items) != _keys(everything)]
        assert told, f"no row shows what {name} does"
    for filters, items in zip(case.filters, shown, strict=True):
        await each_order(world, found, case, filters, items)


async def each_page_size(world: World, case: Case, sort: Filters) -> None:
    order = case.orders[sort.get("sort", "")]
    first, *others = [await read(world, case, case.who, sort, limit) for limit in LIMITS]
    assert in_order(first, order), sort
    assert all(items == first for items in others), sort


async def each_order(
    world: World, found: List, case: Case, filters: Filters, items: list[Item]
) -> None:
    for sort in sorts(found):
        got = await read(world, case, case.who, filters | sort, limit=2)
        assert _keys(got) == _keys(items), (filters, sort)
        assert in_order(got, case.orders[sort.get("sort", "")]), (filters, sort)


def _known(reads: list[list[Item]]) -> list[Item]:
    return [*{msgspec.json.encode(item): item for items in reads for item in items}.values()]


def _keys(items: Any) -> list[bytes]:
    return sorted(msgspec.json.encode(item) for item in items)


async def takes_no_cursor_but_its_own(world: World, case: Case) -> None:
    first = await world.api.get(
        f"{case.path}?{urlencode(case.base | {'limit': '1'})}", as_=case.who
    )
    order = msgspec.json.decode(urlsafe_b64decode(first.body["next_cursor"]))[0]
    odd = [[order], [order, 2**70, 2**70], [order, None, None], ["another", "a", "b"], {}, "x"]
    forged = [urlsafe_b64encode(msgspec.json.encode(each)).decode() for each in odd]
    for cursor in (*forged, "x", "=", "AAAA", "一"):
        asked = urlencode(case.base | {"cursor": cursor})
        reply = await world.api.get(f"{case.path}?{asked}", as_=case.who)
        assert (reply.status, reply.code) == (422, "invalid_input"), cursor


async def is_exported_as_it_is_seen(world: World, found: List, case: Case) -> None:
    narrow = {**case.filters[0], **sorts(found)[-1]} if case.filters else {}
    for who, filters in [(case.who, narrow), *((who, {}) for who in (case.who, *case.readers))]:
        items = await read(world, case, who, filters)
        export, file = await exported(world, found, case, who, filters)
        heading, *cells = sheet(file)
        assert heading == [column.label for column in found.columns]
        assert cells == [[*row(found, item)] for item in items]
        assert export["rows"] == len(items)
        texts = [cell for line in cells for cell in line if isinstance(cell, str)]
        assert not [s for s in case.secrets for text in texts if s in text]
        assert filters or not case.free_text or FORMULA in texts
        assert not is_computed(file)
        place = case.places.get(who.name, case.place)
        await one_audit_row(world, found, export, place, {**case.base, **filters})


async def gives_no_file_to_who_may_not_read_it(world: World, found: List, case: Case) -> None:
    shown = await world.api.get(f"{case.path}?{urlencode(case.base)}", as_=case.stranger)
    if case.is_for_all:
        assert (shown.status, shown.body["items"]) == (200, [])
        return
    reply = await world.api.post("/api/v1/exports", wish(found, case, {}), as_=case.stranger)
    assert {shown.status, reply.status} <= {403, 404}
    assert await world.db[exports.COLLECTION].count_documents({}) == 0


def wish(found: List, case: Case, filters: Filters) -> dict[str, Any]:
    subject = {"subject": case.subject} if case.subject else {}
    return {"list": found.name, "filters": {**case.base, **filters}, **subject}


async def exported(
    world: World, found: List, case: Case, who: Member, filters: Filters
) -> tuple[Item, bytes]:
    export = await exports_build.exported(world, who, wish=wish(found, case, filters))
    assert (export["state"], export["complete"]) == ("ready", True), export
    return export, (await exports_build.fetched(world, export)).raw


def sheet(file: bytes) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(file)).get_sheet_by_index(0).to_python()


def is_computed(file: bytes) -> bool:
    """Tell whether a spreadsheet holds a formula or a link anywhere."""
    with zipfile.ZipFile(io.BytesIO(file)) as parts:
        text = parts.read("xl/worksheets/sheet1.xml")
    return b"<f>" in text or b"<hyperlink" in text


def row(found: List, item: Item) -> Iterator[Any]:
    """Yield the cells in which an item of a page is written."""
    [view] = get_args(get_type_hints(found.read)["return"])
    seen = msgspec.convert(item, view)
    for column in found.columns:
        yield cell(column, column.read(seen))


def cell(column: Column, value: Any) -> Any:
    match column.unit:
        case _ if value is None:
            return ""
        case "yuan" | "area" | "percent":
            whole = 10_000 if column.unit == "percent" else 100
            return pytest.approx(value / whole, abs=1e-9)
        case "instant":
            assert isinstance(value, datetime)
            return value.astimezone(BEIJING).replace(tzinfo=None)
        case "day" if value:
            return date.fromisoformat(value)
        case "number":
            return value
        case _:
            return written(value)


async def one_audit_row(
    world: World, found: List, export: Item, place: str, filters: Filters
) -> None:
    facts: Item = {"kind": f"list:{found.name}", "format": "xlsx"}
    facts |= {"of": export["subject"]} if export["subject"] != place else {}
    facts |= {"filters": sorted(filters)} if filters else {}
    noted = {"act": "privacy.exported", "subject": export["export_id"]}
    [kept] = await world.db.audit.find(noted).to_list()
    assert (kept["place"], kept["facts"]) == (place, facts)


async def walk(world: World, name: str, case: Case) -> None:
    """Put a registered list through all that holds for each; first who may not read it."""
    found = FEATURES.lists[name]
    await gives_no_file_to_who_may_not_read_it(world, found, case)
    await takes_no_cursor_but_its_own(world, case)
    await is_sorted_filtered_and_paged(world, found, case)
    await is_exported_as_it_is_seen(world, found, case)
