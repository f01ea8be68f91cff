"""No query of any test scans a collection, though each plan is asked for once."""

from typing import Any

import pytest
from pymongo import AsyncMongoClient

from server.settings import Settings
from tests.build.query_recorder import QueryRecorder
from tests.build.world import NOON, World

SINCE = {"created_at": {"$gt": NOON}}  # of payments, indexed where they are open


@pytest.fixture(autouse=True)
def _nothing_asked_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.build.query_recorder.SERVED", set())


async def scans(settings: Settings, collection: str, query: dict[str, Any]) -> int:
    """Ask something as the product would in a test of its own; count what scans."""
    recorder = QueryRecorder()
    client = AsyncMongoClient[dict[str, Any]](settings.mongodb_uri, event_listeners=[recorder])
    async with client:
        db = client[settings.mongodb_database]
        await db[collection].find(query).to_list()
        return len(await recorder.scans(db))


async def test_a_scan_fails_every_test_that_asks_it(
    world: World, base_settings: Settings
) -> None:
    assert world
    for _ in range(2):
        assert await scans(base_settings, "bills", {"amount_fen": 1}) == 1


@pytest.mark.parametrize(
    ("pipeline", "found"),
    [
        ([{"$match": {"amount_fen": 1}}], 1),
        ([{"$match": {"run_id": "a"}}], 0),
        ([{"$match": {"run_id": "a"}}, {"$unionWith": {"coll": "people", "pipeline": []}}], 1),
        (
            [
                {"$match": {"run_id": "a"}},
                {"$unionWith": {"coll": "people", "pipeline": [{"$match": {"openid": "a"}}]}},
            ],
            1,
        ),
        (
            [
                {"$match": {"run_id": "a"}},
                {
                    "$unionWith": {
                        "coll": "people",
                        "pipeline": [{"$match": {"wechat_key": "a"}}],
                    }
                },
            ],
            0,
        ),
        (
            [
                {"$match": {"run_id": "a"}},
                {
                    "$lookup": {
                        "from": "places",
                        "localField": "home",
                        "foreignField": "address",
                        "as": "found",
                    }
                },
            ],
            1,
        ),
    ],
)
async def test_each_part_of_a_pipeline_needs_an_index(
    world: World, base_settings: Settings, pipeline: list[dict[str, Any]], found: int
) -> None:
    assert world
    recorder = QueryRecorder()
    client = AsyncMongoClient[dict[str, Any]](
        base_settings.mongodb_uri, event_listeners=[recorder]
    )
    async with client:
        db = client[base_settings.mongodb_database]
        await (await db.bills.aggregate(pipeline)).to_list()
        assert len(await recorder.scans(db)) == found


async def test_a_shape_that_an_index_serves_is_explained_once(
    world: World, base_settings: Settings
) -> None:
    assert world
    assert await scans(base_settings, "people", {"wechat_key": "a"}) == 0
    recorder = QueryRecorder()
    recorder._add("people", {"wechat_key": "b"})
    assert not recorder.queries


async def test_the_values_of_a_partial_index_belong_to_the_shape(
    world: World, base_settings: Settings
) -> None:
    assert world
    assert await scans(base_settings, "payments", {"open": True, **SINCE}) == 0
    assert await scans(base_settings, "payments", {"open": False, **SINCE}) == 1


@pytest.mark.parametrize("before", range(146, 150))
async def test_a_plan_that_is_cut_within_a_character_is_read_all_the_same(
    world: World, base_settings: Settings, before: int
) -> None:
    """Wherever the cut is: one of these four texts has it within the four bytes."""
    assert world
    text = "a" * before + "😀" + "b" * 20
    assert await scans(base_settings, "people", {"wechat_key": text}) == 0
