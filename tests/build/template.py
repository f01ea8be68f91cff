"""Copies of an estate that the product built once in this process.

Only documents are copied: `require_nothing_else` makes sure that there is nothing else. What is
sealed stays readable, because every test opens its world with the same keys.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime

from tests.build import documents
from tests.build.documents import Documents
from tests.build.world import World

Make = Callable[[World], Awaitable[None]]

_kept: dict[tuple[datetime, str], Documents] = {}


async def make(world: World, name: str, work: Make) -> None:
    """Have what `work` makes of an empty world: the first time by it, then as a copy.

    `name` stands for the work: the same name, the same documents.
    """
    key = world.clock.now, name
    if key in _kept:
        await documents.put(world.db, _kept[key])
    else:
        await work(world)
        await require_nothing_else(world)
        _kept[key] = await documents.taken(world.db)


async def require_nothing_else(world: World) -> None:
    """Fail when something was left in Redis, at WeChat or in the photos' folder."""
    keys, calls = await world.deps.redis.keys("*"), await world.wechat.calls("")
    assert [*keys, *calls, *world.deps.photos.glob("**/*")] == []
