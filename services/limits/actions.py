"""Counts how often somebody asks, in Redis while it is there and here while it is away."""

from collections.abc import Sequence
from math import ceil

from services.dependencies import Dependencies
from services.kernel.errors import TooMany
from services.limits.models import Rate, buckets


async def take(deps: Dependencies, rate: Rate, who: str) -> None:
    """Count one request. Raises TooMany, with the seconds to wait, when it is one too many."""
    await take_all(deps, [(rate, who)])


async def take_all(deps: Dependencies, counted: Sequence[tuple[Rate, str]]) -> None:
    """Count one request against several rates; one that is refused counts against none.

    Raises TooMany.
    """
    wait = await deps.limiter.take(buckets(counted))
    if wait:
        raise TooMany("操作太频繁了,请稍后再试", retry_after_seconds=ceil(wait))
