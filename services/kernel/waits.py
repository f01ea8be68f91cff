"""Waits for several calls at once, none of which is left alone when another one fails."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Final, TypeVar

K = TypeVar("K")
T = TypeVar("T")
# Calls for one list at once: more of them wait for a connection, and let nobody else have one.
MOST_AT_ONCE: Final = 8


async def all_of(*calls: Awaitable[T]) -> list[T]:
    """Return what the calls return, in order; raise the first failure when all have ended.

    Not `asyncio.gather`, which goes on at the first failure while the others still write; and
    nothing is cancelled, because a call that is cut off in the middle of a connection leaves it
    open.
    """
    tasks = [asyncio.ensure_future(call) for call in calls]
    try:
        await asyncio.gather(*tasks, return_exceptions=True)
    finally:  # cancelled ourselves, they were too: their end is waited for
        await asyncio.gather(*tasks, return_exceptions=True)
    return [task.result() for task in tasks]


async def of_each(keys: Iterable[K], call: Callable[[K], Awaitable[T]]) -> dict[K, T]:
    """Return key → what the call returns for it, in their order; MOST_AT_ONCE at a time."""
    turns = asyncio.Semaphore(MOST_AT_ONCE)

    async def one(key: K) -> T:
        async with turns:
            return await call(key)

    each = list(dict.fromkeys(keys))
    return dict(zip(each, await all_of(*map(one, each)), strict=True))
