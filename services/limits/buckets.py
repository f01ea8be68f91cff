"""Rate limiter by buckets, in Redis while it answers and in this process while it does not.

Each bucket is one number, the instant at which it will be full again (the generic cell rate
algorithm): constant size and time, and how long to wait falls out of it. Several buckets are
taken in one round trip, all of them or none, so that whoever is refused by one does not use up
the others.

Not the library `limits`: measured in one run with Redis on this machine, its three calls for a
request (address; person and action) take 1.5 times the time and 1.6 times the processor of our
two, a refusal takes one more to learn for how long, and its memory storage looks at every key
on every hit, just when Redis is away and a flood comes from many addresses.

The time of the buckets in Redis is Redis' own, the one clock that all processes share: with a
clock each, a process that is behind would give back what another one has used up, and be
refused itself. Tests, which move the product's clock, hand that one over instead. No bucket is
ever full later than a period from now; one that is was kept before the clock was set back, and
counts as empty from now on: nobody waits for longer than a period.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.limits.models import Bucket

# Milliseconds. KEYS: the buckets; ARGV: now, or nothing for Redis' own time, then what one
# taking costs, and the period, of each, then "look" to take nothing. Returns how long to wait.
SCRIPT: Final = """
local clock = redis.call('TIME')
local now, wait, full_at = tonumber(ARGV[1]) or clock[1] * 1000 + clock[2] / 1000, 0, {}
for i, key in ipairs(KEYS) do
    local each, period = tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1])
    local kept = tonumber(redis.call('GET', key)) or now
    if kept > now + period then
        kept = now + period
        redis.call('SET', key, kept, 'PX', math.ceil(period))
    end
    full_at[i] = math.max(kept, now) + each
    wait = math.max(wait, full_at[i] - period - now)
end
if wait > 0.001 then return math.ceil(wait) end
if ARGV[2 * #KEYS + 2] == 'look' then return 0 end
for i, key in ipairs(KEYS) do
    redis.call('SET', key, full_at[i], 'PX', math.ceil(full_at[i] - now))
end
return 0
"""
# Redis answers in a millisecond; nobody waits for it longer than this, and after a failure only
# one request in so many seconds tries whether it is back.
PATIENCE_SECONDS: Final = 0.5
REST: Final = timedelta(seconds=5)
FEW: Final = 1000
MILLISECOND: Final = timedelta(milliseconds=1)

log = structlog.get_logger(__name__)


class Local:
    """The same in this process: several processes together allow several times as much."""

    def __init__(self) -> None:
        self._full_at: dict[str, float] = {}
        self._many = FEW

    def take(self, buckets: Sequence[Bucket], now: float, *, look: bool = False) -> float:
        """Take one from each bucket. `now` and what is returned are milliseconds.

        `look`: take nothing, and tell what would come of it.
        """
        full_at = {bucket.key: self._next(bucket, now) for bucket in buckets}
        wait = max(full_at[bucket.key] - _period(bucket) - now for bucket in buckets)
        if wait > 0.001:  # noqa: PLR2004  # less is rounding
            return wait
        if look:
            return 0
        self._full_at |= full_at
        self._drop_full(now)
        return 0

    def _next(self, bucket: Bucket, now: float) -> float:
        period, kept = _period(bucket), self._full_at.get(bucket.key, now)
        if kept > now + period:
            kept = self._full_at[bucket.key] = now + period
        return max(kept, now) + _cost(bucket)

    def _drop_full(self, now: float) -> None:
        """Drop full buckets, whenever there are twice as many as were left the last time."""
        if len(self._full_at) > self._many:
            self._full_at = {key: at for key, at in self._full_at.items() if at > now}
            self._many = max(FEW, 2 * len(self._full_at))


def _period(bucket: Bucket) -> float:
    return bucket.allowance.within / MILLISECOND


def _cost(bucket: Bucket) -> float:
    """Return by how many milliseconds later a bucket is full again for what is taken."""
    return _period(bucket) / bucket.allowance.times * bucket.count


class Limiter:
    """One per process: it remembers whether Redis answers.

    `now`: the clock of this process, for what is counted here. `own_time`: count by it in Redis
    too, instead of by Redis' own; only where no other process counts.
    """

    def __init__(
        self, redis: Redis, now: Callable[[], datetime], *, own_time: bool = False
    ) -> None:
        self._script = redis.register_script(SCRIPT)
        self._local = Local()
        self._now = now
        self._own_time = own_time
        self._tried_in_vain_at: datetime | None = None

    async def take(self, buckets: Sequence[Bucket]) -> float:
        """Take one from each bucket: 0; or, when one is empty, the seconds to wait."""
        return await self._count(buckets, look=False)

    async def look(self, buckets: Sequence[Bucket]) -> float:
        """Return what `take` would, and take nothing."""
        return await self._count(buckets, look=True)

    async def _count(self, buckets: Sequence[Bucket], *, look: bool) -> float:
        now = self._now()
        if self._rests(now):
            return self._take_here(buckets, now, look=look)
        ailing = self._tried_in_vain_at is not None
        if ailing:
            self._tried_in_vain_at = now  # this request tries, the others do not
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                wait = await (self._seen if look else self._ask)(buckets, now)
        except (RedisError, OSError, TimeoutError) as error:
            if not ailing:
                log.warning("limits_are_local", error=type(error).__name__)
            self._tried_in_vain_at = self._now()
            return self._take_here(buckets, now, look=look)
        if ailing:
            log.info("limits_are_shared_again")
        self._tried_in_vain_at = None
        return wait

    def _rests(self, now: datetime) -> bool:
        """Tell whether Redis failed a moment ago. Not when the clock was set back since."""
        failed_at = self._tried_in_vain_at
        return failed_at is not None and failed_at <= now < failed_at + REST

    def _take_here(self, buckets: Sequence[Bucket], now: datetime, *, look: bool) -> float:
        return self._local.take(buckets, _milliseconds(now), look=look) / 1000

    async def _ask(self, buckets: Sequence[Bucket], now: datetime) -> float:
        return await self._run(buckets, now)

    async def _seen(self, buckets: Sequence[Bucket], now: datetime) -> float:
        return await self._run(buckets, now, "look")

    async def _run(self, buckets: Sequence[Bucket], now: datetime, *how: str) -> float:
        figures: list[float | str] = [_milliseconds(now) if self._own_time else ""]
        for bucket in buckets:
            figures += [_cost(bucket), _period(bucket)]
        keys = [bucket.key for bucket in buckets]
        return int(await self._script(keys, [*figures, *how])) / 1000


def _milliseconds(instant: datetime) -> float:
    return instant.timestamp() * 1000
