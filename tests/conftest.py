"""Real servers, one set for the whole run; an empty database, a reset WeChat for each test."""

import os
from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import uuid4

import msgspec
import pytest
import uvloop
from pymongo import MongoClient

import mongo_indexes
from server.dependencies import open_mongo
from server.embedded import servers
from server.settings import Settings
from services.dependencies import Dependencies
from tests.stage import open_world
from tests.world import Api, Clock, WeChat, World

SHARED = pytest.StashKey[list[Any]]()


def pytest_configure(config: pytest.Config) -> None:
    """Start MongoDB and Redis once, in the process that owns the xdist workers."""
    if hasattr(config, "workerinput"):
        return
    mongo, redis = servers.start_mongo(), servers.start_redis()
    config.stash[SHARED] = [mongo, redis]
    with MongoClient[Any](mongo.uri) as client:
        # The tests' clock is behind the real one: their rows would all seem long expired.
        client.admin.command("setParameter", 1, ttlMonitorEnabled=False)
    os.environ["TEST_MONGODB_URI"] = mongo.uri  # noqa: TID251  # read by the xdist workers
    os.environ["TEST_REDIS_URL"] = redis.uri  # noqa: TID251


def pytest_unconfigure(config: pytest.Config) -> None:
    for child in config.stash.get(SHARED, []):
        child.stop()


def pytest_asyncio_loop_factories() -> dict[str, Any]:
    """Test on the loop that `run` runs on: not every loop knows every option."""
    return {"uvloop": uvloop.new_event_loop}


@pytest.fixture(scope="session")
def sandbox() -> Iterator[servers.Sandbox]:
    child = servers.start_sandbox()
    yield child
    child.stop()


@pytest.fixture(scope="session")
def base_settings(
    sandbox: servers.Sandbox, worker_id: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settings]:
    """Settings with a database of this worker's own."""
    environ = os.environ  # noqa: TID251
    name = f"test_{uuid4().hex[:12]}"
    settings = Settings(
        mongodb_uri=environ["TEST_MONGODB_URI"],
        mongodb_database=name,
        mongodb_timeout_ms=20_000,
        mongodb_wait_queue_timeout_ms=20_000,
        redis_url=environ["TEST_REDIS_URL"].removesuffix("0") + redis_database(worker_id),
        secret_keys={"k1": b"k" * 32},
        public_url="http://127.0.0.1:1",
        log_level="error",
        photos_dir=str(tmp_path_factory.mktemp("photos")),
    )
    made = {**sandbox.settings(), "wx_api_base": sandbox.uri, "wxpay_api_base": sandbox.uri}
    settings = msgspec.structs.replace(settings, **made)
    yield settings
    with MongoClient[Any](settings.mongodb_uri) as client:
        client.drop_database(name)


def redis_database(worker_id: str) -> str:
    """Workers must not empty each other's Redis: gw0 → 1, gw1 → 2, no xdist → 0."""
    return str(int(worker_id.removeprefix("gw")) + 1) if worker_id.startswith("gw") else "0"


@pytest.fixture(scope="session")
def database(base_settings: Settings) -> str:
    """The worker's database with every collection and index made once."""
    import asyncio  # noqa: PLC0415  # only here

    async def prepare() -> None:
        async with open_mongo(base_settings) as mongo:
            await mongo_indexes.apply(mongo[base_settings.mongodb_database])

    asyncio.run(prepare())
    return base_settings.mongodb_database


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def world(base_settings: Settings, database: str, clock: Clock) -> AsyncIterator[World]:
    """The product on a real socket, over an empty database."""
    assert database == base_settings.mongodb_database
    async with open_world(base_settings, clock) as opened:
        yield opened


@pytest.fixture
def wechat(world: World) -> WeChat:
    return world.wechat


@pytest.fixture
def deps(world: World) -> Dependencies:
    return world.deps


@pytest.fixture
def api(world: World) -> Api:
    return world.api
