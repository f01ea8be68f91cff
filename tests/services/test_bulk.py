"""Bulk inserts in a transaction of which some are there already."""

from typing import Any

from services.dependencies import Transaction
from services.kernel import bulk
from tests.build.world import World

ROWS = [{"_id": name, "person": None, "touches": 1} for name in ("a", "b", "c")]


async def put(world: World, tx: Transaction) -> None:
    await bulk.insert_missing(tx, world.deps.db.phones, ROWS)


async def kept(world: World) -> dict[str, Any]:
    return {row["_id"]: row["person"] async for row in world.db.phones.find()}


async def test_what_is_there_stays_as_it_is(world: World) -> None:
    await world.db.phones.insert_one({"_id": "b", "person": "li"})
    for _ in range(2):
        await world.deps.in_transaction(lambda tx: put(world, tx))
    assert await kept(world) == {"a": None, "b": "li", "c": None}


async def test_what_somebody_writes_meanwhile_stays_too(world: World) -> None:
    times = []

    async def work(tx: Transaction) -> None:
        await world.deps.db.phones.find_one({"_id": "a"}, session=tx)
        if not times:  # after the transaction has begun
            await world.db.phones.insert_one({"_id": "c", "person": "wang"})
        times.append(1)
        await put(world, tx)

    await world.deps.in_transaction(work)
    assert (len(times), await kept(world)) == (2, {"a": None, "b": None, "c": "wang"})


async def test_of_two_with_one_id_the_first_counts(world: World) -> None:
    phones = world.deps.db.phones
    given = (("a", "li"), ("b", None), ("a", "wang"))
    twice = [{"_id": name, "person": person} for name, person in given]
    inserted = await world.deps.in_transaction(
        lambda tx: bulk.insert_missing(tx, phones, twice)
    )
    assert inserted == {"a", "b"}
    assert (await kept(world))["a"] == "li"


async def test_nothing_is_asked_for_nothing(world: World) -> None:
    phones = world.deps.db.phones
    await world.deps.in_transaction(lambda tx: bulk.insert_missing(tx, phones, []))
    assert await kept(world) == {}
