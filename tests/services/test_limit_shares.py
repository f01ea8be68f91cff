"""Shares of limits: never more than one bucket gives, whoever leases what and when."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from redis.asyncio import Redis

from server.dependencies import open_redis
from server.embedded import servers
from services.limits import shares
from services.limits.buckets import REST, Limiter, Local
from services.limits.counters import Counters
from services.limits.models import Allowance, Bucket
from services.limits.shares import Shares
from tests.build.world import Clock

MINUTE = timedelta(minutes=1)
HUNDRED = Allowance(100, MINUTE)
LEASED = Bucket("leased", HUNDRED, is_leased=True)
AHEAD = Bucket("leased", HUNDRED, count=0, is_leased=True)
SMALL = Bucket("small", Allowance(2, timedelta(hours=1)))


@pytest.fixture
def server() -> Iterator[servers.RedisServer]:
    child = servers.start_redis()
    yield child
    child.stop()


@pytest.fixture
async def redis(server: servers.RedisServer) -> AsyncIterator[Redis]:
    client = open_redis(server.uri)
    yield client
    await client.aclose()


@pytest.fixture
def limiter(redis: Redis, clock: Clock) -> Limiter:
    return Limiter(redis, clock, own_time=True)


async def scripts(redis: Redis) -> int:
    """How often Redis was asked to count."""
    found = await redis.info("commandstats")
    return int(found.get("cmdstat_evalsha", {}).get("calls", 0))


async def test_a_share_is_spent_without_asking(redis: Redis, limiter: Limiter) -> None:
    assert await limiter.take([LEASED]) == 0
    before = await scripts(redis)
    # a fifth of the 49 that are left above the half
    assert [await limiter.take([LEASED]) for _ in range(9)] == [0] * 9
    assert await scripts(redis) == before
    assert await limiter.take([LEASED]) == 0
    assert await scripts(redis) == before + 1


async def test_one_process_gets_all_and_no_more(redis: Redis, limiter: Limiter) -> None:
    waits = [await limiter.take([LEASED]) for _ in range(150)]
    assert waits == [0] * 100 + [0.6] * 50
    # of the upper half less than every second asked; of the lower one each, and each refused
    assert await scripts(redis) < 50 / 2 + 50 + 50


async def test_a_small_limit_is_counted_one_by_one(redis: Redis, limiter: Limiter) -> None:
    few = Bucket("few", Allowance(10, MINUTE), is_leased=True)
    assert [await limiter.take([few]) for _ in range(11)] == [0] * 10 + [6]
    assert await scripts(redis) >= 11


async def test_what_others_hold_is_the_most_that_is_missing(redis: Redis, clock: Clock) -> None:
    one, other = (Limiter(redis, clock, own_time=True) for _ in range(2))
    assert await other.take([LEASED]) == 0  # leases nine
    assert [await one.take([LEASED]) for _ in range(100)].count(0) == 100 - 10
    assert [await other.take([LEASED]) for _ in range(10)].count(0) == 9


@pytest.mark.parametrize("count", [2, 8])
async def test_leases_that_nobody_spends_never_take_the_lower_half(
    redis: Redis, clock: Clock, count: int
) -> None:
    """Each leases anew as its share shrinks away: together faster than it grows back."""
    address = Bucket("address", Allowance(6000, MINUTE), is_leased=True)
    processes = [Limiter(redis, clock, own_time=True) for _ in range(count)]
    for number in range(20 * 60):  # a fifth of what is allowed
        clock.now += timedelta(milliseconds=50)
        assert await processes[number % count].take([address]) == 0
    assert [await processes[n % count].take([address]) for n in range(3000)] == [0] * 3000


async def test_leases_ahead_shut_nobody_out(redis: Redis, clock: Clock) -> None:
    """Who asks with a token whose session is over makes processes lease of its person."""
    processes = [Limiter(redis, clock, own_time=True) for _ in range(4)]
    for number in range(2000):
        clock.now += timedelta(milliseconds=50)
        address = Bucket(f"address {number}", HUNDRED)
        assert await processes[number % 4].take([address], ahead=[AHEAD]) == 0
    assert [await processes[n % 4].take([LEASED]) for n in range(50)] == [0] * 50


@pytest.mark.parametrize("seed", range(8))
async def test_nothing_passes_that_one_bucket_would_refuse(
    redis: Redis, clock: Clock, seed: int
) -> None:
    """Three processes, asked fast or slowly, beside one bucket that is exact."""
    random, exact = Random(seed), Local()  # noqa: S311  # the same each time
    processes = [Limiter(redis, clock, own_time=True) for _ in range(3)]
    passed = refused = 0
    for _ in range(400):
        clock.now += timedelta(milliseconds=random.choice([0, 0, 0, 100, 900, 4000]))
        for _ in range(random.randrange(8)):
            wait = await random.choice(processes).take([LEASED])
            if wait == 0:
                assert exact.take([LEASED], clock.now.timestamp() * 1000) == 0
                passed += 1
            refused += wait > 0
    assert min(passed, refused) > 100, "both are tried"


async def test_a_share_shrinks_as_fast_as_redis_lets_it_grow_back(
    redis: Redis, limiter: Limiter, clock: Clock
) -> None:
    await limiter.take([LEASED])
    clock.now += 9 * MINUTE / 100
    before = await scripts(redis)
    assert await limiter.take([LEASED]) == 0
    assert await scripts(redis) == before + 1


async def test_a_clock_that_is_set_back_ends_all_shares(
    redis: Redis, limiter: Limiter, clock: Clock
) -> None:
    await limiter.take([LEASED])
    clock.now -= timedelta(seconds=1)
    before = await scripts(redis)
    await limiter.take([LEASED])
    assert await scripts(redis) == before + 1


async def test_a_share_that_was_asked_for_before_the_clock_was_set_back_is_not_spent(
    limiter: Limiter, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would grow for an hour, by one in 0.6 s, and not shrink."""
    script, began = limiter._script, clock.now

    async def slow(*asked: Any) -> Any:
        found = await script(*asked)
        if clock.now == began:
            clock.now -= timedelta(hours=1)
            assert await limiter.take([SMALL]) == 0  # another request sees it meanwhile
        return found

    monkeypatch.setattr(limiter, "_script", slow)
    assert await limiter.take([LEASED]) == 0
    assert [await limiter.take([LEASED]) for _ in range(150)].count(0) < 100


async def test_what_another_bucket_refuses_is_given_back(limiter: Limiter) -> None:
    for _ in range(2):
        assert await limiter.take([LEASED, SMALL]) == 0
    for _ in range(200):
        assert await limiter.take([LEASED, SMALL]) > 0
    assert [await limiter.take([LEASED]) for _ in range(99)] == [0] * 98 + [0.6]


async def test_a_share_is_leased_ahead_and_nothing_is_counted(
    redis: Redis, limiter: Limiter
) -> None:
    address = Bucket("address", HUNDRED)
    for _ in range(50):  # whoever is not let in afterwards uses up nothing
        assert await limiter.take([address], ahead=[AHEAD]) == 0
    before = await scripts(redis)
    assert await limiter.take([LEASED]) == 0
    assert await scripts(redis) == before
    assert [await limiter.take([LEASED]) for _ in range(100)] == [0] * 99 + [0.6]


async def test_an_empty_bucket_is_leased_no_share_and_refuses_nobody_else(
    limiter: Limiter,
) -> None:
    for _ in range(100):
        await limiter.take([LEASED])
    address = Bucket("address", HUNDRED)
    assert await limiter.take([address], ahead=[AHEAD]) == 0
    assert await limiter.take([LEASED]) > 0


async def test_of_many_at_once_one_leases(redis: Redis, limiter: Limiter, clock: Clock) -> None:
    assert await asyncio.gather(*(limiter.take([LEASED]) for _ in range(40))) == [0] * 40
    full_at = float(await redis.get("leased"))
    taken = (full_at - clock().timestamp() * 1000) / HUNDRED.each
    assert 40 <= taken <= 40 + 10


async def test_a_share_of_another_allowance_is_not_spent(
    redis: Redis, limiter: Limiter
) -> None:
    await limiter.take([LEASED])
    narrower = Bucket("leased", Allowance(5, MINUTE), is_leased=True)
    before = await scripts(redis)
    await limiter.take([narrower])
    assert await scripts(redis) == before + 1


async def test_without_redis_shares_end_and_each_process_counts_for_itself(
    server: servers.RedisServer, limiter: Limiter
) -> None:
    await limiter.take([LEASED])
    server.process.kill()
    server.process.wait()
    assert await limiter.take([SMALL]) == 0  # which tells that Redis is away
    assert [await limiter.take([LEASED]) for _ in range(101)] == [0] * 100 + [0.6]


async def test_a_redis_that_is_back_knows_of_no_share_from_before(
    server: servers.RedisServer, redis: Redis, limiter: Limiter, clock: Clock
) -> None:
    """It may have forgotten what was counted for it."""
    large = Bucket("large", Allowance(1000, MINUTE), is_leased=True)  # its share lives 6 s
    await limiter.take([large])
    server.process.kill()
    server.process.wait()
    assert await limiter.take([SMALL]) == 0
    server.spawn(server.port)
    server.wait()
    clock.now += REST
    assert await limiter.take([large]) == 0
    assert await redis.exists("large") == 1


def test_spent_shares_are_forgotten() -> None:
    kept, at = Shares(), 1000.0
    for number in range(10 * shares.FEW):
        kept.put(Bucket(str(number), HUNDRED, is_leased=True), 9, at)
        at += 600  # nine shrink away meanwhile: nine shares are held at a time
    assert len(kept._kept) <= shares.FEW + 1


def test_only_those_who_asked_last_are_remembered() -> None:
    counters = Counters(most=2)
    for person in ("a", "b", "a", "c"):
        counters.note(person, f"of {person}")
    assert [counters.find(person) for person in "abc"] == ["of a", None, "of c"]
