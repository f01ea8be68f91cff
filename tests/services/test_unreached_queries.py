"""Homes that were not reached are read by a few queries, however many places are asked for."""

from dataclasses import replace
from typing import Any, Final

import pytest
from pymongo.monitoring import CommandListener

from mongo_indexes import broadcast_homes
from server.dependencies import open_mongo
from server.settings import Settings
from services.audiences.models import MOST_PLACES
from services.kernel.documents import to_document
from services.kernel.pages import ListQuery
from services.messaging.broadcasts import actions as broadcasts
from services.messaging.broadcasts.models import Because, BroadcastHome, home_id
from tests.build.world import World

COMMUNITY: Final = "cc.chaoyang.guilin.xincheng"
# In the order of the alphabet building 10 follows on building 1: no range is in another one.
PLACES: Final = [f"{COMMUNITY}.c01.b{number}" for number in range(1, MOST_PLACES + 1)]
TOLD: Final = ["notices:one", "notices:two"]
QUERIES: Final = MOST_PLACES // 50


class Listener(CommandListener):
    def __init__(self) -> None:
        self.asked: list[Any] = []

    def started(self, event: Any) -> None:
        self.asked += [event.command] * (event.command_name == "find")

    def succeeded(self, event: Any) -> None: ...

    def failed(self, event: Any) -> None: ...


def home(broadcast: str, number: int, *, reached: bool) -> dict[str, Any]:
    path = f"{COMMUNITY}.c01.b{number}.u1.101"
    made = BroadcastHome(
        id=home_id(broadcast, path),
        broadcast=broadcast,
        home=path,
        people=[],
        reached=reached,
    )
    return to_document(made)


@pytest.mark.parametrize("places", [PLACES, PLACES[::3]])
async def test_five_hundred_places_are_ten_queries_and_none_sorts_or_reads_all(
    world: World, base_settings: Settings, places: list[str]
) -> None:
    numbers = range(1, 2 * MOST_PLACES, 7)
    rows = [home(each, n, reached=n % 3 == 0) for each in TOLD for n in numbers]
    await world.db[broadcast_homes.COLLECTION].insert_many(rows)
    meant = {(row["home"], row["_id"]) for row in rows if not row["reached"]}
    wanted = sorted(each for each in meant if each[0].rpartition(".u1")[0] in places)
    counter, cursor, found = Listener(), None, []
    async with open_mongo(base_settings, event_listeners=[counter]) as mongo:
        deps = replace(world.deps, db=mongo[base_settings.mongodb_database])
        while True:
            counter.asked.clear()
            query = ListQuery(limit=40, cursor=cursor)
            page = await broadcasts.unreached(deps, TOLD, places, query, Because.NOBODY_BOUND)
            assert len(counter.asked) <= QUERIES
            found += [(row.home, row.id) for row in page.items]
            if (cursor := page.next_cursor) is None:
                break
        for asked in counter.asked:
            await require_one_scan(world, asked)
    assert found == wanted


async def require_one_scan(world: World, asked: Any) -> None:
    """Fail for a query that sorts, or that reads documents of places between those wanted."""
    command = {name: asked[name] for name in ("find", "filter", "sort", "limit", "hint")}
    plan = await world.db.command("explain", command)
    assert "'SORT'" not in str(plan["queryPlanner"]["winningPlan"])
    done = plan["executionStats"]
    at_cursor = len(TOLD)  # rows of the home where the page before ended
    assert done["totalDocsExamined"] <= done["nReturned"] + at_cursor
