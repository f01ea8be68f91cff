"""Watch of merchant accounts: a process uses what another one changed, without a restart."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest
from pymongo.errors import AutoReconnect
from redis.asyncio import Redis

from server import merchant_watch
from server.worker import Worker
from services.dependencies import Dependencies
from services.kernel.days import wall_clock
from services.kernel.features import Feature, Features
from services.merchants import actions as merchants
from services.merchants.probes import jobs as probe_jobs
from services.wechat.merchant_clients import MerchantClients
from tests.build.cast import Estate
from tests.build.merchants import change
from tests.deadlines import SAFETY_NET


@dataclass
class Process:
    """Another process that looked at the accounts before there was any change."""

    deps: Dependencies
    taken: asyncio.Event

    async def has_taken(self) -> None:
        await asyncio.wait_for(self.taken.wait(), SAFETY_NET)


@asynccontextmanager
async def watching(
    estate: Estate, monkeypatch: pytest.MonkeyPatch, **others: Any
) -> AsyncIterator[Process]:
    """Let another process watch the accounts beside."""
    ours, taken = estate.world.deps.merchants, asyncio.Event()
    theirs = MerchantClients(ours._make, ours.environment)
    put = theirs.put

    def told(*account: Any, **how: Any) -> None:
        put(*account, **how)
        taken.set()

    monkeypatch.setattr(theirs, "put", told)
    deps = replace(estate.world.deps, merchants=theirs, **others)
    task = asyncio.create_task(merchant_watch.watch(deps))
    try:
        yield Process(deps, taken)
    finally:
        task.cancel()
        await asyncio.wait({task})
        theirs.close()


async def listened(deps: Dependencies) -> None:
    """Wait until somebody listens to hints: Redis is asked again and again."""
    async with asyncio.timeout(SAFETY_NET):
        while not (await deps.redis.pubsub_numsub(merchants.channel(deps)))[0][1]:
            pass


async def test_a_change_is_used_at_once_by_a_process_that_hears_the_hint(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merchant_watch, "POLL_SECONDS", 4 * SAFETY_NET)
    async with watching(estate, monkeypatch) as other:
        await listened(estate.world.deps)
        assert other.deps.merchants.takes_orders("firm")
        await change(estate, "firm", "switch_off")
        await other.has_taken()
        assert not other.deps.merchants.takes_orders("firm")


async def test_without_redis_and_after_an_outage_of_mongodb_it_asks_again(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merchant_watch, "POLL_SECONDS", 0.01)
    refresh, failures = merchants.refresh, [AutoReconnect("no primary")]

    async def failing(deps: Dependencies) -> None:
        if deps.merchants is not estate.world.deps.merchants and failures:
            raise failures.pop()
        await refresh(deps)

    monkeypatch.setattr(merchants, "refresh", failing)
    away = Redis.from_url("redis://127.0.0.1:1")
    async with away, watching(estate, monkeypatch, redis=away) as other:
        await change(estate, "firm", "switch_off")
        await other.has_taken()
        assert not other.deps.merchants.takes_orders("firm")
    assert failures == []


async def test_accounts_are_looked_at_when_a_worker_starts(estate: Estate) -> None:
    """However many workers start: the look has one name."""
    begun = asyncio.Event()

    async def looked(_: Dependencies, __: Any) -> None:
        begun.set()

    features = Features({"test": Feature(jobs={probe_jobs.ALL: looked})})
    deps = replace(estate.world.deps, now=wall_clock, features=features)
    stop = asyncio.Event()
    tasks = {asyncio.create_task(Worker(deps, concurrency=1).run(stop)) for _ in range(2)}
    await asyncio.wait_for(begun.wait(), SAFETY_NET)
    stop.set()
    await asyncio.wait(tasks, timeout=SAFETY_NET)
    jobs = await estate.world.db.outbox.find({"kind": probe_jobs.ALL}).to_list()
    assert [job["_id"] for job in jobs] == [f"{probe_jobs.ALL}:{probe_jobs.START}"]
