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
    ended = await asyncio.gather(*calls, return_exceptions=True)
    for one in ended:
        if isinstance(one, BaseException):
            raise one
    return [one for one in ended if not isinstance(one, BaseException)]
