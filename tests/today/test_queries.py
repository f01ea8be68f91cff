"""Queries of the list: one for each kind, of a bounded number of rows, however many homes."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest

from mongo_indexes import broadcast_homes, notices, places, today_put_offs
from server.dependencies import open_mongo
from server.settings import Settings
from services.audiences import doors
from services.audiences.models import Audience
from services.dependencies import Dependencies
from services.kernel.documents import Document, to_document
from services.kernel.permissions import Actor, Grant, Role
from services.kernel.today import NO_END
from services.messaging.broadcasts.models import BroadcastHome, home_id
from services.notices import notify
from services.notices.models import Notice, NoticeKind, position
from services.notices.states import NoticeState
from services.notices.unreached import today
from services.places.models import Kind, Place, Usage
from services.residencies.models import Relation
from services.today import actions
from services.today.models import MyTodayQuery, PutOff
from tests.build.query_recorder import FindRecorder
from tests.build.world import NOON, World

COMPOUND: Final = "cc.chaoyang.guilin.xincheng.c01"
BUILDINGS: Final = [f"{COMPOUND}.b{number}" for number in range(1, 121)]
MINE: Final = BUILDINGS[::2]  # of a grid, with others' between them; more than one range holds
HOMES: Final = [f"{each}.u1.{floor}01" for each in BUILDINGS for floor in range(1, 4)]
# Until when each notice is shown: the order of the list is not that of the notices.
ENDS: Final = (None, NOON + timedelta(days=9), None, NOON + timedelta(days=2))
# Buildings that were torn down, and one home: more side by side than are read to spare.
GONE: Final = {home for home in HOMES if home.startswith(f"{COMPOUND}.b4")} | {HOMES[0]}
PUT_OFF: Final = [(f"{COMPOUND}.b{number}.u1.201", "n1") for number in (3, 5, 77)]
LIMIT: Final = 40
HEAD: Final = Actor("grid", "", tuple(Grant(Role.GRID_HEAD, each) for each in MINE))


def notice(number: int) -> Notice:
    audience = Audience(places=[COMPOUND], relations=[Relation.OWNER])
    made = Notice(
        id=f"n{number}",
        kind=NoticeKind.INFORMATION,
        state=NoticeState.PUBLISHED,
        role=Role.COMMUNITY_STAFF,
        place=COMPOUND,
        places=[COMPOUND],
        senders=["community_staff|x"],
        readers=["x"],
        published_by="test",
        author="test",
        changed_by="test",
        title=f"通知{number}",
        signed_by="社区",
        audience=audience,
        created_at=NOON,
        changed_at=NOON,
        published_at=NOON,
        version=1,
        position=position(NOON, f"n{number}", pinned=False),
    )
    made.doors = doors.tokens(audience)
    made.shown_until = ENDS[number]
    return made


def home(path: str) -> Document:
    made = Place(
        id=path,
        kind=Kind.HOME,
        name="101",
        address=path,
        usage=Usage.FLAT,
        retired_from="2026-01-01" if path in GONE else None,
        created_at=NOON,
    )
    return to_document(made)


@pytest.fixture
async def listener(world: World) -> FindRecorder:
    """A compound of 360 homes that four notices did not reach."""
    found = [notice(number) for number in range(len(ENDS))]
    rows = [
        BroadcastHome(id=home_id(told, path), broadcast=told, home=path, people=[])
        for told in map(notify.broadcast_of, found)
        for path in HOMES
    ]
    later = NOON + timedelta(days=3)
    put_off = [
        PutOff(
            id=f"{path}/{notice_id}",
            person=HEAD.person_id,
            kind="notices.unreached",
            entry=f"{path}/{notice_id}",
            place=path,
            until=later,
        )
        for path, notice_id in PUT_OFF
    ]
    await world.db[notices.COLLECTION].insert_many(map(to_document, found))
    await world.db[broadcast_homes.COLLECTION].insert_many(map(to_document, rows))
    await world.db[places.COLLECTION].insert_many(map(home, HOMES))
    await world.db[today_put_offs.COLLECTION].insert_many(map(to_document, put_off))
    return FindRecorder()


@pytest.fixture
async def watched(
    world: World, base_settings: Settings, listener: FindRecorder
) -> AsyncIterator[Dependencies]:
    async with open_mongo(base_settings, event_listeners=[listener]) as mongo:
        yield replace(world.deps, db=mongo[base_settings.mongodb_database])


def wanted() -> list[tuple[str, str]]:
    """Return (home, notice) as the written rule puts them, in the plainest way."""
    rows = [
        (ENDS[number] or NO_END, path, f"n{number}")
        for path in HOMES
        for number in range(len(ENDS))
        if path.rpartition(".u1")[0] in MINE and path not in GONE
    ]
    return [(path, told) for _, path, told in sorted(rows) if (path, told) not in PUT_OFF]


async def test_a_page_is_one_query_of_each_kind_and_reads_little_more_than_it_shows(
    world: World, watched: Dependencies, listener: FindRecorder
) -> None:
    cursor, found, asked = None, list[tuple[str, str]](), list[list[Any]]()
    while True:
        listener.asked.clear()
        query = MyTodayQuery(limit=LIMIT, cursor=cursor)
        page = await actions.listing(watched, HEAD, query)
        asked.append([*listener.asked])
        found += [(entry.place, entry.subject) for entry in page.items]
        if (cursor := page.next_cursor) is None:
            break
    assert found == wanted()
    kinds = len(world.deps.features.today)
    assert len(asked[0]) == kinds + 2, "what is put off, each kind, the addresses"
    assert sum(map(len, asked)) <= len(asked) * (kinds + 2) + 6, "some were torn down"
    of_notices = [e for each in asked for e in each if e.get("aggregate") == "notices"]
    for command in of_notices[::5]:
        await require_few_rows(world, command)


async def require_few_rows(world: World, asked: Any) -> None:
    """Fail for a look-up that reads a collection, or more homes than it may show."""
    command = {name: asked[name] for name in ("aggregate", "pipeline", "hint", "cursor")}
    plan = await world.db.command("explain", command, verbosity="executionStats")
    done = [stage for stage in plan["stages"] if "$lookup" in stage]
    assert len(done) == 3, "two ranges of buildings, and which homes stand"
    at_once = LIMIT + 1 + today.SPARE
    most = (at_once + 1 + len(PUT_OFF)) * len(ENDS)
    for stage in done:
        assert stage["collectionScans"] == 0
        assert stage["totalDocsExamined"] <= most < len(wanted()) / 2


async def test_the_counts_of_a_place_stop_and_read_no_more(
    watched: Dependencies, listener: FindRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As all figures, they count homes that were retired since."""
    assert await today.count(watched, HEAD, [COMPOUND, BUILDINGS[1]]) == {
        COMPOUND: 1_000,
        BUILDINGS[1]: 3 * len(ENDS),
    }
    assert len(listener.asked) == 3, "each place, and once where debts are hidden from heads"
    monkeypatch.setattr(today, "MOST_COUNTED", 7)
    assert (await today.count(watched, HEAD, [COMPOUND]))[COMPOUND] == 7
