"""Waits for several calls at once, none of which is left alone when another one fails."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")


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
