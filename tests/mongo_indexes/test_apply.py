"""`apply` does what is missing or written otherwise, and nothing else."""

from typing import Any

import pytest
from pymongo import IndexModel
from pymongo.errors import OperationFailure

import mongo_indexes
from mongo_indexes import audit_anchors, refunds
from mongo_indexes._commands import act
from tests.build.world import World

FORGET = "forget"  # the one index of audit_anchors besides that of ids


@pytest.fixture
def commands(world: World, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Commands that change collections, as they are sent."""
    sent: list[str] = []
    collection, database = type(world.db["any"]), type(world.db)
    for kind, name in ((collection, "create_indexes"), (database, "create_collection")):
        _note(monkeypatch, sent, kind, name)
    _note(monkeypatch, sent, database, "command")
    return sent


def _note(monkeypatch: pytest.MonkeyPatch, sent: list[str], kind: type[Any], name: str) -> None:
    real = getattr(kind, name)

    async def noted(self: Any, *given: Any, **more: Any) -> Any:
        sent.append(str(given[0]) if name == "command" else name)
        return await real(self, *given, **more)

    monkeypatch.setattr(kind, name, noted)


async def test_what_is_as_written_is_left_alone(world: World, commands: list[str]) -> None:
    await mongo_indexes.apply(world.db)
    assert commands == []


async def test_an_index_that_somebody_dropped_is_made_again(world: World) -> None:
    await world.db[audit_anchors.COLLECTION].drop_index(FORGET)
    await mongo_indexes.apply(world.db)
    assert await mongo_indexes.check(world.db) == []


async def test_a_validator_that_is_written_otherwise_is_renewed(
    world: World, commands: list[str]
) -> None:
    loose = {"$jsonSchema": {"bsonType": "object"}}
    await world.db.command("collMod", audit_anchors.COLLECTION, validator=loose)
    commands.clear()
    await mongo_indexes.apply(world.db)
    assert commands == ["create_indexes", "collMod"]
    commands.clear()
    await mongo_indexes.apply(world.db)
    assert commands == []


async def test_all_collections_of_an_earlier_release_are_renewed(world: World) -> None:
    """Also those that have no index but that of their ids."""
    loose = {"$jsonSchema": {"bsonType": "object"}}
    for module in mongo_indexes.ALL:
        await world.db.command("collMod", module.COLLECTION, validator=loose)
    await mongo_indexes.apply(world.db)
    there = {
        found["name"]: found["options"] async for found in await world.db.list_collections()
    }
    for module in mongo_indexes.ALL:
        assert there[module.COLLECTION]["validator"] == mongo_indexes.validator_of(module)


async def test_an_index_that_is_defined_otherwise_is_told_until_it_is_mended(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is dropped: whoever changes a definition gives it another name."""
    changed = IndexModel([("at", 1)], name=FORGET, expireAfterSeconds=60)
    monkeypatch.setattr(audit_anchors, "INDEXES", [changed])
    for _ in range(2):
        with pytest.raises(OperationFailure):
            await mongo_indexes.apply(world.db)


async def test_an_index_that_somebody_made_otherwise_is_told(world: World) -> None:
    """By hand, and under its own name: what it kept unique is unique no more."""
    collection = world.db[audit_anchors.COLLECTION]
    await collection.drop_index(FORGET)
    await collection.create_index([("at", 1)], name=FORGET)
    with pytest.raises(OperationFailure):
        await mongo_indexes.apply(world.db)
    await collection.drop_index(FORGET)
    await mongo_indexes.apply(world.db)


async def test_only_what_nobody_wrote_is_dropped(world: World) -> None:
    """Not the index of a shard key, which MongoDB makes itself; nor before all is there."""
    collection = world.db[audit_anchors.COLLECTION]
    await collection.create_index([("old", 1)], name="served_before")
    sharded = world.db[refunds.COLLECTION]
    of_shards = await sharded.create_index([*refunds.SHARD_KEY.items()])
    try:
        unknown = f"unknown index {audit_anchors.COLLECTION}.served_before (left alone)"
        assert await mongo_indexes.plan(world.db) == [unknown]
        await collection.drop_index(FORGET)
        with pytest.raises(mongo_indexes.Incomplete) as lacking:
            await mongo_indexes.drop_unknown(world.db)
        assert lacking.value.lacking == [f"create index {audit_anchors.COLLECTION}.{FORGET}"]
        assert "served_before" in await collection.index_information()
        await mongo_indexes.apply(world.db)
        dropped = f"dropped index {audit_anchors.COLLECTION}.served_before"
        assert await mongo_indexes.drop_unknown(world.db) == [dropped]
        assert {*await collection.index_information()} == {"_id_", FORGET}
    finally:
        await sharded.drop_index(of_shards)


async def test_the_command_says_what_it_dropped_and_what_is_lacking(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    collection = world.db[audit_anchors.COLLECTION]
    await collection.create_index([("old", 1)], name="served_before")
    await collection.drop_index(FORGET)
    assert await act("drop-unknown", world.db) == 1
    name = audit_anchors.COLLECTION
    told = f"create index {name}.{FORGET}\nnothing was dropped: apply first\n"
    assert capsys.readouterr().out == told
    await mongo_indexes.apply(world.db)
    assert await act("drop-unknown", world.db) == 0
    assert capsys.readouterr().out == f"dropped index {name}.served_before\n"
    assert await act("drop-unknown", world.db) == 0
    assert capsys.readouterr().out == "nothing to drop\n"
