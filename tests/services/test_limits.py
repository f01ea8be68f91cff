"""Buckets count the same in Redis and here; without Redis they go on counting, and fast."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta

import pytest
from redis.asyncio import Redis

from server.dependencies import open_redis
from server.embedded import servers
from services.limits import buckets as limits_buckets
from services.limits.buckets import PATIENCE_SECONDS, REST_SECONDS, Limiter, Local
from services.limits.models import ALLOWANCES, APART, BY_ADDRESS, Allowance, Bucket, Rate

HOUR = timedelta(hours=1)
TWO = Allowance(2, HOUR)
FIVE = Allowance(5, HOUR)


class Hands:
    """A clock that is moved by hand, in seconds."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Hands:
    return Hands()


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
def limiter(redis: Redis, clock: Hands) -> Limiter:
    return Limiter(redis, clock)


Take = Callable[[list[Bucket]], "asyncio.Future[float]"]


@pytest.fixture(params=["redis", "local"])
async def take(request: pytest.FixtureRequest, redis: Redis, clock: Hands) -> Take:
    """One rule, counted in both places."""
    shared, local = Limiter(redis, clock), Local(clock)

    async def anywhere(buckets: list[Bucket]) -> float:
        return await shared.take(buckets) if request.param == "redis" else local.take(buckets)

    return anywhere  # type: ignore[return-value]


async def test_so_many_and_then_wait(take: Take) -> None:
    bucket = Bucket("a", FIVE)
    assert [await take([bucket]) for _ in range(5)] == [0] * 5
    wait = await take([bucket])
    assert 0 < wait <= 3600 / 5  # until one has grown back
    assert 0 < await take([bucket]) <= wait  # being refused costs nothing
    assert await take([Bucket("b", FIVE)]) == 0  # somebody else's


async def test_several_are_taken_together_or_not_at_all(take: Take) -> None:
    small, large = Bucket("small", TWO), Bucket("large", FIVE)
    assert [await take([small, large]) for _ in range(2)] == [0, 0]
    assert await take([small, large]) > 3600 / 5  # the longer wait of the two
    assert [await take([large]) for _ in range(3)] == [0] * 3  # was not used up by the refusal
    assert await take([large]) > 0


async def test_what_was_used_grows_back(take: Take, clock: Hands) -> None:
    quick = Bucket("quick", Allowance(1, timedelta(milliseconds=20)))
    assert await take([quick]) == 0
    async with asyncio.timeout(10):
        while await take([quick]):
            clock.now += 0.001
            await asyncio.sleep(0)


def test_locally_one_grows_back_at_a_time(clock: Hands) -> None:
    local, bucket = Local(clock), Bucket("a", TWO)
    assert [local.take([bucket]) for _ in range(2)] == [0, 0]
    assert local.take([bucket]) == pytest.approx(1800)
    clock.now += 1799
    assert local.take([bucket]) == pytest.approx(1)
    clock.now += 1
    assert local.take([bucket]) == 0
    assert local.take([bucket]) == pytest.approx(1800)


def test_locally_full_buckets_are_forgotten(clock: Hands) -> None:
    local = Local(clock)
    for number in range(10 * limits_buckets.FEW):
        local.take([Bucket(str(number), TWO)])
        clock.now += 100  # an allowance is back after 1800: eighteen are in use at a time
    assert len(local._full_at) <= limits_buckets.FEW + 1


async def test_two_processes_count_together(redis: Redis) -> None:
    one, other = Limiter(redis), Limiter(redis)
    bucket = Bucket("a", FIVE)
    many = [limiter.take([bucket]) for limiter in [one, other] * 10]
    assert (await asyncio.gather(*many)).count(0) == 5


async def test_no_connections_of_its_own(redis: Redis, limiter: Limiter) -> None:
    for _ in range(20):
        await limiter.take([Bucket("a", FIVE)])
    assert len(await redis.client_list()) == 1


async def test_buckets_leave_redis_when_they_are_full(redis: Redis, limiter: Limiter) -> None:
    await limiter.take([Bucket("a", TWO)])
    assert 1_700_000 < await redis.pttl("a") <= 1_800_000


async def test_a_dead_redis_neither_opens_nor_blocks(
    server: servers.RedisServer, limiter: Limiter
) -> None:
    bucket = Bucket("a", FIVE)
    await limiter.take([bucket])
    server.process.kill()
    server.process.wait()
    began = time.monotonic()
    answers = [await limiter.take([bucket]) for _ in range(1000)]
    assert answers.count(0) == 5
    assert time.monotonic() - began < 2 * PATIENCE_SECONDS  # one waited, the others did not


async def test_a_hanging_redis_costs_one_request_in_five_seconds(
    server: servers.RedisServer, limiter: Limiter, clock: Hands
) -> None:
    bucket = Bucket("a", FIVE)
    await limiter.take([bucket])
    server.process.send_signal(signal.SIGSTOP)
    for _ in range(2):
        began = time.monotonic()
        await limiter.take([bucket])
        assert time.monotonic() - began >= PATIENCE_SECONDS / 2  # tried
        began = time.monotonic()
        await asyncio.gather(*(limiter.take([bucket]) for _ in range(1000)))
        assert time.monotonic() - began < PATIENCE_SECONDS / 2  # nobody tried
        clock.now += REST_SECONDS


async def test_after_the_rest_only_one_tries(
    server: servers.RedisServer, limiter: Limiter, clock: Hands
) -> None:
    bucket = Bucket("a", FIVE)
    server.process.send_signal(signal.SIGSTOP)
    await limiter.take([bucket])
    clock.now += REST_SECONDS
    waits = [asyncio.create_task(limiter.take([bucket])) for _ in range(100)]
    done, trying = await asyncio.wait(waits, timeout=PATIENCE_SECONDS / 2)
    assert (len(done), len(trying)) == (99, 1)
    await asyncio.wait(trying)


async def test_when_redis_is_back_it_counts_again(
    server: servers.RedisServer, redis: Redis, limiter: Limiter, clock: Hands
) -> None:
    bucket = Bucket("a", FIVE)
    server.process.kill()
    server.process.wait()
    assert await limiter.take([bucket]) == 0
    server.spawn(server.port)
    server.wait()
    assert await limiter.take([bucket]) == 0  # not yet asked again
    assert await redis.exists("a") == 0
    clock.now += REST_SECONDS
    assert await limiter.take([bucket]) == 0
    assert await redis.exists("a") == 1


async def test_each_remembers_for_itself(server: servers.RedisServer, redis: Redis) -> None:
    server.process.kill()
    server.process.wait()
    bucket = Bucket("a", TWO)
    one = Limiter(redis)
    assert [await one.take([bucket]) for _ in range(3)][:2] == [0, 0]
    assert await Limiter(redis).take([bucket]) == 0


def test_every_rate_has_an_allowance() -> None:
    assert set(ALLOWANCES) == set(Rate)
    assert not APART & BY_ADDRESS
    assert all(allowance.times > 0 for allowance in ALLOWANCES.values())
