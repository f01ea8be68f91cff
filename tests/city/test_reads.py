"""Every query of a small city reads at most two keys and two documents for a row it finds."""

from typing import Any, Final

import pytest

from bench.city import bounds
from bench.city.layout import Scale
from bench.city.reads import SCAN, Listener, Query, Read, explain
from bench.city.requests import ASKED
from bench.city.seed import City
from bench.city.stage import Asked, ask_all, served
from server.dependencies import open_mongo
from server.settings import Settings
from services.audit.verification import actions as verification
from tests.build.proofs import problems, sealed
from tests.build.world import NOON, World

SMALL: Final = Scale(homes=144, months=4, buildings=1)
TINY: Final = Scale(homes=48, months=2, buildings=1)
Q: Final = Query("bills", "find bills", {})


async def written(world: World, scale: Scale) -> City:
    made = City(world.deps, scale)
    await made.write()
    await made.count_sums()
    return made


async def test_no_query_of_a_city_reads_much_more_than_it_finds(
    base_settings: Settings, world: World
) -> None:
    city = await written(world, SMALL)
    async with served(base_settings, world.clock) as product:
        asked = await ask_all(product, city)
    assert [*bounds.broken(asked)] == []
    assert {each.by.partition(":")[0] for each in asked} >= {*ASKED, "worker"}
    found = {
        (read.collection, read.index) for each in asked for read in each.reads if read.rows
    }
    assert found >= {
        ("bills", "home_liable"),
        ("bills", "owing"),
        ("bills", "run"),
        ("messages", "inbox"),
        ("notices", "shown"),
        ("repairs", "held_open_due"),
        ("feedback", "desk_due"),
        ("outbox", "due"),
        ("payments", "person"),
        ("audit", "under"),
    }


async def test_books_and_audit_of_a_written_city_are_whole(world: World) -> None:
    await written(world, TINY)
    await sealed(world)
    assert await problems(world) == []
    assert await world.db.journal.count_documents({"kind": "payment"}) > TINY.homes
    assert (await verification.verify(world.deps)).broken == []


@pytest.fixture
async def homes(world: World) -> World:
    """Two homes, of which each has four bills, and two people."""
    for number in range(2):
        await world.db.places.insert_one(
            {
                "_id": f"h{number}",
                "kind": "home",
                "name": "1",
                "address": "1",
                "created_at": NOON,
            }
        )
        for each in range(4):
            await world.db.bills.insert_one(bill(f"h{number}", each))
        for each in range(2):
            await world.db.residencies.insert_one(resident(f"h{number}", each))
    return world


def bill(home: str, number: int) -> dict[str, Any]:
    named = dict.fromkeys(("run_id", "rule_id", "period", "explanation", "account"), "x")
    return named | {
        "_id": f"{home}|{number}",
        "home": home,
        "kind": "waste_fee",
        "months": 1,
        "slots": [f"{number}"],
        "amount_fen": 1,
        "due_fen": 1,
        "owed_fen": 1,
        "state": "owing",
    }


def resident(home: str, number: int) -> dict[str, Any]:
    return {
        "_id": f"{home}|{number}",
        "home": home,
        "relation": "owner",
        "name_sealed": "",
        "from_day": "2020-01-01",
        "source": "test",
    }


async def told(
    settings: Settings, *asked: list[dict[str, Any]]
) -> list[tuple[Query, list[Read]]]:
    """Ask pipelines of bills; return what was heard of them."""
    heard = Listener()
    async with open_mongo(settings, event_listeners=[heard]) as mongo:
        db = mongo[settings.mongodb_database]
        for pipeline in asked:
            await (await db.bills.aggregate(pipeline)).to_list()
        return [(query, await explain(db, query)) for query in heard.take()]


async def test_a_query_without_an_index_is_heard_once_and_told(
    homes: World, base_settings: Settings
) -> None:
    assert homes
    some = [[{"$match": {"amount_fen": number}}] for number in (1, 2)]
    [(query, reads)] = await told(base_settings, *some)
    assert [read.index for read in reads] == [SCAN]
    assert len([*bounds.broken([Asked("somebody", query, reads)])]) == 1


@pytest.mark.parametrize(
    ("inner", "parts"),
    [
        ({}, [("bills", 8, 8), ("residencies", 2, 2)]),  # in one sum with what is looked up
        (
            {"pipeline": [{"$match": {"kind": "home"}}]},
            [("bills", 4, 4), ("places", 4, 4), ("residencies", 2, 2)],
        ),
    ],
)
async def test_parts_of_a_pipeline_are_told_apart(
    homes: World,
    base_settings: Settings,
    inner: dict[str, Any],
    parts: list[tuple[str, int, int]],
) -> None:
    assert homes
    joined = {"from": "places", "localField": "home", "foreignField": "_id", "as": "place"}
    other = {"coll": "residencies", "pipeline": [{"$match": {"home": "h1"}}]}
    asked = [{"$match": {"home": "h1"}}, {"$lookup": joined | inner}, {"$unionWith": other}]
    [(_, reads)] = await told(base_settings, asked)
    assert [(read.collection, read.documents, read.rows) for read in reads] == parts


async def test_what_is_added_up_counts_by_what_was_added(
    homes: World, base_settings: Settings
) -> None:
    assert homes
    asked = [{"$match": {"home": "h1"}}, {"$group": {"_id": None, "n": {"$sum": 1}}}]
    [(_, [read])] = await told(base_settings, asked)
    assert (read.documents, read.rows, read.sums) == (0, 4, True)


@pytest.mark.parametrize(
    ("read", "is_told"),
    [
        (Read("bills", 20, 20, 10, "run"), False),
        (Read("bills", 21, 20, 10, "run"), False),
        (Read("bills", 22, 20, 10, "run"), True),
        (Read("bills", 10, 21, 10, "run"), True),
        (Read("bills", 3, 2, 0, "run"), False),
        (Read("bills", 4, 0, 0, "run"), True),
        (Read("bills", 3, 3, 0, "run"), True),
        (Read("bills", 0, 1, 1, SCAN), True),
        (Read("payments", 50, 1, 1, "open_bill"), False),
        (Read("payments", 51, 1, 1, "open_bill"), True),
        (Read("payments", 50, 1, 1, "person"), True),
    ],
)
def test_two_keys_and_two_documents_are_the_most_for_a_row(
    read: Read, *, is_told: bool
) -> None:
    assert bool([*bounds.broken([Asked("somebody", Q, [read])])]) is is_told


@pytest.mark.parametrize(("keys", "is_told"), [(20, False), (22, True)])
def test_what_is_asked_for_by_its_id_is_a_key_there_or_not(keys: int, *, is_told: bool) -> None:
    ids = Query("case_parties", "find case_parties", {}, named=10)
    read = Read("case_parties", keys, 0, 1, "_id_")
    assert bool([*bounds.broken([Asked("somebody", ids, [read])])]) is is_told


async def test_ids_that_are_asked_for_are_counted(
    world: World, base_settings: Settings
) -> None:
    assert world
    heard = Listener()
    async with open_mongo(base_settings, event_listeners=[heard]) as mongo:
        bills = mongo[base_settings.mongodb_database].bills
        await bills.find({"_id": {"$in": ["a", "b", "c"]}}).to_list()
        await bills.find_one({"_id": "a"})
    assert sorted(query.named for query in heard.take()) == [0, 3]


def test_every_exception_says_why() -> None:
    assert all(each.because for each in bounds.EXCEPTED)
    assert len({(each.collection, each.index) for each in bounds.EXCEPTED}) == len(
        bounds.EXCEPTED
    )
