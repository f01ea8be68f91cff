"""A union finds what its parts would find one by one, in one round trip."""

from typing import Any

import pytest
from msgspec import Struct, field
from pymongo.asynchronous.collection import AsyncCollection

from services.kernel import unions
from services.kernel.unions import Part
from services.places.models import Kind
from tests.build.cast import COMPOUND, LI_HOME, WANG_HOME, Estate
from tests.build.world import World


class Named(Struct, frozen=True):
    id: str = field(name="_id")


def homes(*paths: str, order: int = 1) -> Part[Named]:
    return Part("places", Named, {"_id": {"$in": [*paths]}}, [{"$sort": {"_id": order}}])


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The options of each aggregate."""
    noted, aggregate = list[dict[str, Any]](), AsyncCollection.aggregate

    async def noting(self: Any, pipeline: Any, **options: Any) -> Any:
        noted.append(options)
        return await aggregate(self, pipeline, **options)

    monkeypatch.setattr(AsyncCollection, "aggregate", noting)
    return noted


async def test_each_part_has_its_rows_in_its_order(
    world: World, estate: Estate, sent: list[Any]
) -> None:
    assert estate
    up, down, one = (
        homes(LI_HOME, WANG_HOME),
        homes(LI_HOME, WANG_HOME, order=-1),
        homes(LI_HOME),
    )
    whole = Part("places", dict[str, Any], {"_id": COMPOUND})
    found = await unions.read(world.deps.db, [up, down, one, whole])
    assert [row.id for row in found.of(up)] == [WANG_HOME, LI_HOME]
    assert [row.id for row in found.of(down)] == [LI_HOME, WANG_HOME]
    assert [row.id for row in found.of(one)] == [LI_HOME]
    assert found.of(whole) == [await world.db.places.find_one({"_id": COMPOUND})]
    assert len(sent) == 1


async def test_what_nothing_can_meet_is_not_asked(world: World, sent: list[Any]) -> None:
    none, missing = homes(), homes("cc.nowhere")
    assert (await unions.read(world.deps.db, [none])).of(none) == []
    assert sent == []
    found = await unions.read(world.deps.db, [none, missing])
    assert found.of(none) == found.of(missing) == []
    assert len(sent) == 1


async def test_the_first_part_names_its_index_and_no_other(
    world: World, sent: list[Any]
) -> None:
    by_kind = Part("places", Named, {"kind": Kind.HOME}, hint="kind")
    await unions.read(world.deps.db, [by_kind, homes(LI_HOME)])
    assert [each["hint"] for each in sent] == ["kind"]
    with pytest.raises(ValueError, match="only the first"):
        await unions.read(world.deps.db, [homes(LI_HOME), by_kind])
