"""Copies of an estate that the product built once in this process.

Only documents are copied: `require_nothing_else` makes sure that there is nothing else. What is
sealed stays readable, because every test opens its world with the same keys.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from tests.build import documents
from tests.build.documents import Documents
from tests.build.world import World

T = TypeVar("T")

_kept: dict[tuple[datetime, str], tuple[Documents, Any]] = {}


@dataclass
class Addition:
    """What some work added to a world that was as `before`. `value`: what it returned."""

    before: Mapping[str, Sequence[bytes]]
    new: Documents
    changed: Documents
    value: Any


_added: dict[tuple[datetime, str], Addition] = {}


async def make(world: World, name: str, work: Callable[[World], Awaitable[T]]) -> T:
    """Have what `work` makes of an empty world: the first time by it, then as a copy.

    `name` stands for the work: the same name, the same documents, and the same returned value,
    e.g. ids.
    """
    key = world.clock.now, name
    if key in _kept:
        copied, value = _kept[key]
        await documents.put(world.db, copied)
    else:
        value = await work(world)
        await require_nothing_else(world)
        _kept[key] = await documents.taken(world.db), value
    found: T = deepcopy(value)
    return found


async def add(world: World, name: str, work: Callable[[World], Awaitable[T]]) -> T:
    """Have what `work` adds to a world: as a copy, where the world is as it was the first time.

    It removes nothing.
    """
    key = world.clock.now, name
    before = await documents.taken(world.db)
    kept = _added.get(key)
    if kept and kept.before == documents.raw(before):
        await documents.put(world.db, kept.new, kept.changed)
    else:
        kept = await _addition(world, before, work)
        _added.setdefault(key, kept)
    found: T = deepcopy(kept.value)
    return found


async def _addition(
    world: World, before: Documents, work: Callable[[World], Awaitable[Any]]
) -> Addition:
    value = await work(world)
    await require_nothing_else(world)
    new, changed = documents.difference(before, await documents.taken(world.db))
    return Addition(documents.raw(before), new, changed, value)


async def require_nothing_else(world: World) -> None:
    """Fail when something was left in Redis, at WeChat or in the photos' folder."""
    keys, calls = await world.deps.redis.keys("*"), await world.wechat.calls("")
    assert [*keys, *calls, *world.deps.photos.glob("**/*")] == []
