"""Copies of an estate are equal to what the product builds."""

import pytest

from tests.build import documents, template
from tests.build.cast import build
from tests.build.world import World


async def test_the_copy_is_the_estate_that_was_built(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same bytes in every collection, and nothing in another one."""
    monkeypatch.setattr(template, "_kept", {})
    await build(world)
    built = await documents.taken(world.db)
    for name in built:
        await world.db[name].delete_many({})

    await build(world)
    copied = await documents.taken(world.db)
    assert documents.raw(copied) == documents.raw(built)
    assert {"bills", "journal", "outbox", "residencies"} <= copied.keys()


@pytest.mark.parametrize("left", ["redis", "photo"])
async def test_what_no_copy_would_bring_fails_the_build(world: World, left: str) -> None:
    async def work(world: World) -> None:
        if left == "redis":
            await world.deps.redis.set("something", "left")
        else:
            world.deps.photos.mkdir(exist_ok=True)
            (world.deps.photos / "p").touch()

    with pytest.raises(AssertionError):
        await template.make(world, "something else", work)
