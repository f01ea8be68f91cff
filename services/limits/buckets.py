"""Rate limiter by buckets, in Redis while it answers and in this process while it does not.

Each bucket is one number, the instant at which it will be full again (the generic cell rate
algorithm): constant size and time, and how long to wait falls out of it. Several buckets are
taken in one round trip, all of them or none, so that whoever is refused by one does not use up
the others. Of the large ones a process leases a share, and asks again when it is spent
(shares.py).

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

from services.limits.counters import Counters
from services.limits.models import Bucket
from services.limits.shares import Shares

# Milliseconds. KEYS: the buckets; ARGV: now, or nothing for Redis' own time, then of each what
# this taking costs, the period, and what each of a share to be leased costs, 0 for no share;
# then "look" to take nothing. Returns how long to wait, and, for 0, how large each share is: a
# fifth of what is left above the half, so that some is left for all other processes, and the
# lower half is never lost to what others lease and do not spend; of a bucket that is only
# leased, two where there are two, for the one that is about to be taken.
SCRIPT: Final = """
local clock = redis.call('TIME')
local now, wait, full_at = tonumber(ARGV[1]) or clock[1] * 1000 + clock[2] / 1000, 0, {}
for i, key in ipairs(KEYS) do
    local cost, period = tonumber(ARGV[3 * i - 1]), tonumber(ARGV[3 * i])
    local kept = tonumber(redis.call('GET', key)) or now
    if kept > now + period then
        kept = now + period
        redis.call('SET', key, kept, 'PX', math.ceil(period))
    end
    full_at[i] = math.max(kept, now) + cost
    wait = math.max(wait, full_at[i] - period - now)
end
if wait > 0.001 then return {math.ceil(wait)} end
if ARGV[3 * #KEYS + 2] == 'look' then return {0} end
local found = {0}
for i, key in ipairs(KEYS) do
    local cost, period, each = ARGV[3 * i - 1], tonumber(ARGV[3 * i]), tonumber(ARGV[3 * i + 1])
    local share = 0
    if each > 0 then
        local left = math.floor((now + period / 2 - full_at[i]) / each + 0.001)
        local least = tonumber(cost) == 0 and 2 or 0
        share = math.max(0, math.min(left, math.max(math.floor(left / 5), least)))
        full_at[i] = full_at[i] + share * each
    end
    if full_at[i] > now then
        redis.call('SET', key, full_at[i], 'PX', math.ceil(full_at[i] - now))
    end
    found[i + 1] = share
end
return found
"""
# Redis answers in a millisecond; nobody waits for it longer than this, and after a failure only
# one request in so many seconds tries whether it is back.
PATIENCE_SECONDS: Final = 0.5
REST: Final = timedelta(seconds=5)
FEW: Final = 1000

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
        wait = max(full_at[bucket.key] - bucket.allowance.period - now for bucket in buckets)
        if wait > 0.001:  # noqa: PLR2004  # less is rounding
            return wait
        if look:
            return 0
        self._full_at |= full_at
        self._drop_full(now)
        return 0

    def _next(self, bucket: Bucket, now: float) -> float:
        period, kept = bucket.allowance.period, self._full_at.get(bucket.key, now)
        if kept > now + period:
            kept = self._full_at[bucket.key] = now + period
        return max(kept, now) + bucket.cost

    def _drop_full(self, now: float) -> None:
        """Drop full buckets, whenever there are twice as many as were left the last time."""
        if len(self._full_at) > self._many:
            self._full_at = {key: at for key, at in self._full_at.items() if at > now}
            self._many = max(FEW, 2 * len(self._full_at))


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
        self._shares = Shares()
        self.counters = Counters()
        self._now = now
        self._own_time = own_time
        self._tried_in_vain_at: datetime | None = None

    async def take(self, buckets: Sequence[Bucket], *, ahead: Sequence[Bucket] = ()) -> float:
        """Take one from each bucket: 0; or, when one is empty, the seconds to wait.

        `ahead`: buckets that will be taken from next. If Redis is asked, then for a share of
        these as well.
        """
        now = self._now()
        if self._rests(now):
            return self._take_here(buckets, now, look=False)
        at = _milliseconds(now)
        spent = self._shares.spend(buckets, at)
        if len(spent) == len(buckets):
            return 0
        from_shares = {bucket.key for bucket, _ in spent}
        asked = [bucket for bucket in buckets if bucket.key not in from_shares]
        lacking = [bucket for bucket in ahead if not self._shares.holds(bucket, at)]
        wait = await self._count([*asked, *lacking], look=False)
        if wait:
            self._shares.give_back(spent)
        return wait

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
            self._shares.clear()  # counted from now on with everything else, here
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
        leased = set[str]() if how else self._shares.begin(buckets)
        figures: list[float | str] = [_milliseconds(now) if self._own_time else ""]
        for bucket in buckets:
            each = bucket.allowance.each if bucket.key in leased else 0
            figures += [bucket.cost, bucket.allowance.period, each]
        try:
            found = await self._script([bucket.key for bucket in buckets], [*figures, *how])
        finally:
            self._shares.end(leased)
        for bucket, granted in zip(buckets, found[1:], strict=False):  # none for a refusal
            self._shares.put(bucket, granted, _milliseconds(now))
        return int(found[0]) / 1000


def _milliseconds(instant: datetime) -> float:
    return instant.timestamp() * 1000
