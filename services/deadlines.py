"""Deadline of a request, handed down to whatever waits for somebody else.

The driver takes it from its own context (pymongo.timeout), calls to WeChat ask `left`. Callers
wait longer than those they call: without one deadline for all of it the waits of one request
add up, and on a starved machine an answer of "busy" took 41 seconds.

All instants are seconds of time.monotonic().
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from math import inf
from time import monotonic
from typing import Final

import pymongo

from services.kernel.errors import Busy

# pymongo takes 0 for "no limit".
LEAST_SECONDS: Final = 0.001
COME_BACK_SECONDS: Final = 1

_ends_at: ContextVar[float] = ContextVar("ends_at", default=inf)


def left(at_most: float) -> float:
    """Return the seconds that may be waited, never more than `at_most`; 0 when time is up."""
    return max(0.0, min(at_most, _ends_at.get() - monotonic()))


@contextmanager
def until(ends_at: float) -> Iterator[None]:
    """Hand an instant down to the driver and to WeChat's calls; an earlier one stays.

    It does not interrupt: what is cleaned up after a failure still has the time of whoever
    called.
    """
    token = _ends_at.set(min(ends_at, _ends_at.get()))
    try:
        with pymongo.timeout(max(LEAST_SECONDS, _ends_at.get() - monotonic())):
            yield
    finally:
        _ends_at.reset(token)


@asynccontextmanager
async def ending_at(ends_at: float) -> AsyncIterator[None]:
    """Do what `until` does, and interrupt whatever is still waiting then. Raises Busy.

    Interrupted is like killed: each act of the product bears that at any point.
    """
    try:
        async with asyncio.timeout(ends_at - monotonic()) as limit:
            with until(ends_at):
                yield
    except TimeoutError:
        if not limit.expired():
            raise
        message = "系统繁忙,请稍后再试"
        raise Busy(message, retry_after_seconds=COME_BACK_SECONDS) from None
