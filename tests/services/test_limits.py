"""Buckets count the same in Redis and here; without Redis they go on counting, and fast."""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
from redis.asyncio import Redis

from server.dependencies import open_redis
from server.embedded import servers
from services.limits import buckets as limits_buckets
from services.limits.buckets import REST, Limiter, Local
from services.limits.models import ALLOWANCES, APART, BY_ADDRESS, Allowance, Bucket, Rate
from tests.build.world import Clock

HOUR = timedelta(hours=1)
TWO = Allowance(2, HOUR)
FIVE = Allowance(5, HOUR)


@pytest.fixture
def server() -> Iterator[servers.RedisServer]:
    child = servers.start_redis()
    yield child
    if child.process.poll() is None:
        child.process.send_signal(signal.SIGCONT)
    child.stop()


@pytest.fixture
async def redis(server: servers.RedisServer) -> AsyncIterator[Redis]:
    client = open_redis(server.uri)
    yield client
    await client.aclose()


@pytest.fixture
def limiter(redis: Redis, clock: Clock) -> Limiter:
    return Limiter(redis, clock, own_time=True)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The requests for which Redis was asked, while nobody waits long for its answer."""
    monkeypatch.setattr(limits_buckets, "PATIENCE_SECONDS", 0.05)
    noted: list[Any] = []
    ask = Limiter._ask

    def noting(self: Limiter, buckets: Sequence[Bucket], now: Any) -> Awaitable[float]:
        noted.append(buckets)
        return ask(self, buckets, now)

    monkeypatch.setattr(Limiter, "_ask", noting)
    return noted


Take = Callable[[list[Bucket]], Awaitable[float]]


@pytest.fixture
def local(clock: Clock) -> Callable[[list[Bucket]], float]:
    kept = Local()
    return lambda buckets: kept.take(buckets, clock.now.timestamp() * 1000) / 1000


@pytest.fixture(params=["redis", "local"])
def take(
    request: pytest.FixtureRequest, limiter: Limiter, local: Callable[[list[Bucket]], float]
) -> Take:
    """One rule, counted in both places."""

    async def anywhere(buckets: list[Bucket]) -> float:
        shared = request.param == "redis"
        return await limiter.take(buckets) if shared else local(buckets)

    return anywhere


async def test_so_many_and_then_wait(take: Take) -> None:
    bucket = Bucket("a", FIVE)
    assert [await take([bucket]) for _ in range(5)] == [0] * 5
    assert await take([bucket]) == 3600 / 5  # until one has grown back
    assert await take([bucket]) == 3600 / 5  # being refused costs nothing
    assert await take([Bucket("b", FIVE)]) == 0  # somebody else's


async def test_several_are_taken_together_or_not_at_all(take: Take) -> None:
    small, large = Bucket("small", TWO), Bucket("large", FIVE)
    assert [await take([small, large]) for _ in range(2)] == [0, 0]
    assert await take([small, large]) == 3600 / 2  # the longer wait of the two
    assert [await take([large]) for _ in range(3)] == [0] * 3  # was not used up by the refusal
    assert await take([large]) > 0


async def test_one_grows_back_at_a_time(take: Take, clock: Clock) -> None:
    bucket = Bucket("a", TWO)
    assert [await take([bucket]) for _ in range(2)] == [0, 0]
    assert await take([bucket]) == 1800
    clock.now += timedelta(seconds=1799)
    assert await take([bucket]) == 1
    clock.now += timedelta(seconds=1)
    assert await take([bucket]) == 0
    assert await take([bucket]) == 1800


async def test_no_more_than_all_grows_back(take: Take, clock: Clock) -> None:
    bucket = Bucket("a", TWO)
    await take([bucket])
    clock.now += timedelta(days=30)
    assert [await take([bucket]) for _ in range(3)] == [0, 0, 1800]


async def test_a_clock_that_is_set_back_costs_one_period_at_most(
    take: Take, clock: Clock
) -> None:
    bucket = Bucket("a", TWO)
    assert [await take([bucket]) for _ in range(2)] == [0, 0]
    clock.now -= timedelta(days=30)
    assert await take([bucket]) == 1800
    clock.now += HOUR
    assert [await take([bucket]) for _ in range(3)] == [0, 0, 1800]


def test_locally_full_buckets_are_forgotten() -> None:
    local, at = Local(), 1000.0
    for number in range(10 * limits_buckets.FEW):
        local.take([Bucket(str(number), TWO)], at)
        at += 100_000  # an allowance is back after 1800 s: eighteen are in use at a time
    assert len(local._full_at) <= limits_buckets.FEW + 1


async def test_two_processes_count_together(redis: Redis, clock: Clock) -> None:
    one, other = Limiter(redis, clock), Limiter(redis, clock)
    bucket = Bucket("a", FIVE)
    many = [limiter.take([bucket]) for limiter in [one, other] * 10]
    assert (await asyncio.gather(*many)).count(0) == 5


@pytest.mark.parametrize("apart", [timedelta(seconds=1), timedelta(days=30)])
async def test_processes_whose_clocks_differ_count_together(
    redis: Redis, clock: Clock, apart: timedelta
) -> None:
    """What one process has used up does not come back by the clock of another."""
    ahead, behind = Limiter(redis, clock), Limiter(redis, Clock(clock.now - apart))
    bucket = Bucket("a", FIVE)
    waits = [await limiter.take([bucket]) for limiter in [ahead, behind] * 20]
    assert waits.count(0) == 5
    assert max(waits) <= 3600 / 5


async def test_no_connections_of_its_own(redis: Redis, limiter: Limiter) -> None:
    for _ in range(20):
        await limiter.take([Bucket("a", FIVE)])
    assert len(await redis.client_list()) == 1


async def test_buckets_leave_redis_soon_after_they_are_full(
    redis: Redis, limiter: Limiter
) -> None:
    await limiter.take([Bucket("a", TWO)])
    assert 0 < await redis.pttl("a") <= 1_800_000 + 60_000


async def test_a_dead_redis_neither_opens_nor_blocks(
    server: servers.RedisServer, limiter: Limiter, asked: list[Any]
) -> None:
    bucket = Bucket("a", FIVE)
    server.process.kill()
    server.process.wait()
    answers = [await limiter.take([bucket]) for _ in range(1000)]
    assert answers.count(0) == 5
    assert len(asked) == 1  # one waited, the others did not


async def test_a_hanging_redis_costs_one_request_in_five_seconds(
    server: servers.RedisServer, limiter: Limiter, clock: Clock, asked: list[Any]
) -> None:
    bucket = Bucket("a", FIVE)
    server.process.send_signal(signal.SIGSTOP)
    for tried in (1, 2):
        await limiter.take([bucket])
        assert len(asked) == tried
        clock.now += REST - timedelta(milliseconds=1)
        await asyncio.gather(*(limiter.take([bucket]) for _ in range(1000)))
        assert len(asked) == tried  # nobody tried
        clock.now += timedelta(milliseconds=1)


async def test_after_the_rest_only_one_tries(
    server: servers.RedisServer, limiter: Limiter, clock: Clock, asked: list[Any]
) -> None:
    bucket = Bucket("a", FIVE)
    server.process.send_signal(signal.SIGSTOP)
    await limiter.take([bucket])
    clock.now += REST
    await asyncio.gather(*(limiter.take([bucket]) for _ in range(100)))
    assert len(asked) == 1 + 1


async def test_a_clock_that_is_set_back_does_not_lengthen_the_rest(
    server: servers.RedisServer, limiter: Limiter, clock: Clock, asked: list[Any]
) -> None:
    server.process.send_signal(signal.SIGSTOP)
    await limiter.take([Bucket("a", FIVE)])
    clock.now -= HOUR
    await limiter.take([Bucket("a", FIVE)])
    assert len(asked) == 1 + 1


async def test_when_redis_is_back_it_counts_again(
    server: servers.RedisServer,
    redis: Redis,
    limiter: Limiter,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bucket = Bucket("a", FIVE)
    server.process.kill()
    server.process.wait()
    with monkeypatch.context() as hurried:
        hurried.setattr(limits_buckets, "PATIENCE_SECONDS", 0.05)
        assert await limiter.take([bucket]) == 0
    server.spawn(server.port)
    server.wait()
    assert await limiter.take([bucket]) == 0  # not yet asked again
    assert await redis.exists("a") == 0
    clock.now += REST
    assert await limiter.take([bucket]) == 0
    assert await redis.exists("a") == 1


async def test_each_remembers_for_itself(
    server: servers.RedisServer, redis: Redis, clock: Clock, asked: list[Any]
) -> None:
    server.process.kill()
    server.process.wait()
    bucket = Bucket("a", TWO)
    one, other = Limiter(redis, clock), Limiter(redis, clock)
    assert [await one.take([bucket]) for _ in range(3)] == [0, 0, 1800]
    assert await other.take([bucket]) == 0
    assert len(asked) == 2


def test_every_rate_has_an_allowance() -> None:
    assert set(ALLOWANCES) == set(Rate)
    assert not APART & BY_ADDRESS
    assert all(allowance.times > 0 for allowance in ALLOWANCES.values())


async def test_a_look_takes_nothing(limiter: Limiter, clock: Clock) -> None:
    local, now = Local(), clock().timestamp() * 1000
    bucket = [Bucket("looked-at", TWO)]
    for _ in range(5):
        assert await limiter.look(bucket) == local.take(bucket, now, look=True) == 0
    for _ in range(2):
        assert await limiter.take(bucket) == local.take(bucket, now) == 0
    assert await limiter.look(bucket) > 0
    assert local.take(bucket, now, look=True) > 0
