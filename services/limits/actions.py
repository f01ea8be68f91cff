"""Rate limits of requests, by person and by address."""

from collections.abc import Sequence
from math import ceil

from services.kernel.errors import TooMany
from services.limits.buckets import Limiter
from services.limits.models import Rate, buckets


async def take(limiter: Limiter, rate: Rate, who: str) -> None:
    """Count one request. Raises TooMany, with the seconds to wait, when it is one too many."""
    await take_all(limiter, [(rate, who)])


async def look(limiter: Limiter, rate: Rate, who: str) -> None:
    """Raise TooMany when one request more would be one too many; count nothing."""
    wait = await limiter.look(buckets([(rate, who)]))
    if wait:
        raise _too_many(wait)


async def take_all(
    limiter: Limiter,
    counted: Sequence[tuple[Rate, str]],
    *,
    ahead: Sequence[tuple[Rate, str]] = (),
) -> None:
    """Count one request against several rates; one that is refused counts against none.

    `ahead`: rates that will be counted next, of which a share is leased if Redis is asked now.
    Raises TooMany.
    """
    wait = await limiter.take(buckets(counted), ahead=buckets(ahead, count=0))
    if wait:
        raise _too_many(wait)


def _too_many(wait: float) -> TooMany:
    return TooMany("操作太频繁了,请稍后再试", retry_after_seconds=ceil(wait))
