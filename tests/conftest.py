"""Real servers, one set for the whole run; an empty database, a reset WeChat for each test."""

import os
from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from pymongo import MongoClient
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets

import mongo_indexes
from server import embedded
from server.app import make_app
from server.dependencies import open_dependencies, open_mongo
from server.settings import Settings
from services.dependencies import Dependencies
from tests.query_recorder import QueryRecorder
from tests.world import Api, Clock, WeChat, World

SHARED = pytest.StashKey[list[Any]]()


def pytest_configure(config: pytest.Config) -> None:
    """Start MongoDB and Redis once, in the process that owns the xdist workers."""
    if hasattr(config, "workerinput"):
        return
    mongo, redis = embedded.start_mongo(), embedded.start_redis()
    config.stash[SHARED] = [mongo, redis]
    os.environ["TEST_MONGODB_URI"] = mongo.uri  # noqa: TID251  # read by the xdist workers
    os.environ["TEST_REDIS_URL"] = redis.uri  # noqa: TID251


def pytest_unconfigure(config: pytest.Config) -> None:
    for child in config.stash.get(SHARED, []):
        child.stop()


@pytest.fixture(scope="session")
def sandbox() -> Iterator[embedded.Sandbox]:
    child = embedded.start_sandbox()
    yield child
    child.stop()


@pytest.fixture(scope="session")
def base_settings(sandbox: embedded.Sandbox) -> Iterator[Settings]:
    """Settings with a database of this worker's own."""
    environ = os.environ  # noqa: TID251
    name = f"test_{uuid4().hex[:12]}"
    settings = Settings(
        mongodb_uri=environ["TEST_MONGODB_URI"],
        mongodb_database=name,
        mongodb_timeout_ms=20_000,
        mongodb_wait_queue_timeout_ms=20_000,
        redis_url=environ["TEST_REDIS_URL"],
        secret_keys={"k1": b"k" * 32},
        public_url="http://127.0.0.1:1",
        log_level="error",
    )
    made = {**sandbox.settings(), "wx_api_base": sandbox.uri, "wxpay_api_base": sandbox.uri}
    settings = msgspec.structs.replace(settings, **made)
    yield settings
    with MongoClient[Any](settings.mongodb_uri) as client:
        client.drop_database(name)


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
async def wechat(sandbox: embedded.Sandbox, clock: Clock) -> WeChat:
    desk = WeChat(sandbox.uri, clock)
    await desk.reset()
    return desk


@pytest.fixture
async def world(
    base_settings: Settings, database: str, clock: Clock, wechat: WeChat
) -> AsyncIterator[World]:
    """The product on a real socket, over an empty database."""
    recorder = QueryRecorder()
    [socket] = bind_sockets(0, "127.0.0.1")
    base = f"http://127.0.0.1:{socket.getsockname()[1]}"
    settings = msgspec.structs.replace(base_settings, public_url=base)
    options = {"event_listeners": [recorder]}
    async with open_dependencies(settings, clock, mongo_options=options) as deps:
        server = HTTPServer(make_app(deps))
        server.add_sockets([socket])
        await deps.redis.flushdb()
        async with open_mongo(settings) as mongo:  # looks without being recorded
            db = mongo[settings.mongodb_database]
            yield World(deps, db, clock, wechat, Api(base))
        server.stop()
        await server.close_all_connections()
        scans = await recorder.scans(deps.db)
        for module in mongo_indexes.ALL:
            await deps.db[module.COLLECTION].delete_many({})
    assert database == settings.mongodb_database
    assert not scans, "a query without an index"


@pytest.fixture
def deps(world: World) -> Dependencies:
    return world.deps


@pytest.fixture
def api(world: World) -> Api:
    return world.api
