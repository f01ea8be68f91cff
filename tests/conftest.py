"""Real servers, one set for the whole run; an empty database, a reset WeChat for each test."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any
from uuid import uuid4

import msgspec
import pytest
import uvloop
from pymongo import MongoClient

import mongo_indexes
from server.dependencies import open_mongo
from server.embedded import servers as embedded
from server.settings import Settings
from services.dependencies import Dependencies
from tests.build import books, proofs
from tests.build.cast import Estate, build
from tests.build.servers import Servers, ask
from tests.build.sign_ins import Member
from tests.build.stage import open_world
from tests.build.world import Api, Clock, WeChat, World
from tests.deadlines import SAFETY_NET, put_off

pytest_plugins = ["tests.depth"]
SERVERS = pytest.StashKey[Servers]()
WORKERS = 2


def pytest_configure(config: pytest.Config) -> None:
    """Stand ready to start MongoDB and Redis, in the process that owns the xdist workers."""
    if not hasattr(config, "workerinput"):
        config.stash[SERVERS] = Servers()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell an xdist worker where to ask for them."""
    node.workerinput["servers"] = node.config.stash[SERVERS].address


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Two workers; none for one file, where to start them takes longer than they save."""
    files = [path for path in config.args if path.partition("::")[0].endswith(".py")]
    return 0 if len(config.args) == len(files) == 1 else WORKERS


def pytest_unconfigure(config: pytest.Config) -> None:
    if SERVERS in config.stash:
        config.stash[SERVERS].stop()


def pytest_asyncio_loop_factories() -> dict[str, Any]:
    """Test on the loop that `run` runs on: not every loop knows every option."""
    return {"uvloop": uvloop.new_event_loop}


@pytest.fixture(scope="session", autouse=True)
def unhurried() -> Iterator[None]:
    with put_off():
        yield


@pytest.fixture(scope="session")
def sandbox() -> Iterator[embedded.Sandbox]:
    child = embedded.start_sandbox()
    yield child
    child.stop()


@pytest.fixture(scope="session")
def servers(pytestconfig: pytest.Config, worker_id: str) -> Mapping[str, str]:
    """The addresses of MongoDB and Redis, in settings' words."""
    given = getattr(pytestconfig, "workerinput", None)
    found = ask(given["servers"] if given else pytestconfig.stash[SERVERS].address)
    own = found["redis_url"].removesuffix("0") + redis_database(worker_id)
    return {**found, "redis_url": own}


@pytest.fixture(scope="session")
def base_settings(
    servers: Mapping[str, str],
    sandbox: embedded.Sandbox,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Settings]:
    """Settings with a database of this worker's own."""
    name = f"test_{uuid4().hex[:12]}"
    settings = Settings(
        mongodb_uri=servers["mongodb_uri"],
        mongodb_database=name,
        mongodb_timeout_ms=int(SAFETY_NET * 1000),
        mongodb_wait_queue_timeout_ms=int(SAFETY_NET * 1000),
        redis_url=servers["redis_url"],
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


@pytest.fixture
async def estate(world: World, request: pytest.FixtureRequest) -> Estate:
    """The compounds of the cast, with bills of the months that `billed` names."""
    marker = request.node.get_closest_marker("billed")
    return await build(world, marker.args if marker else ())


@pytest.fixture
async def books_hold(estate: Estate, pytestconfig: pytest.Config) -> AsyncIterator[None]:
    """At the end the books must hold, whatever the test did; by night `ledger verify` says so.

    By day it says so of the random histories (tests/services/test_books_stateful.py).
    """
    yield
    await books.check(estate.world)
    if pytestconfig.getoption("nightly"):
        await proofs.sealed(estate.world)
        assert await proofs.problems(estate.world) == []


@pytest.fixture
async def li(estate: Estate) -> Member:
    return await estate.member("li")


@pytest.fixture
async def wang(estate: Estate) -> Member:
    return await estate.member("wang")


@pytest.fixture
async def head(estate: Estate) -> Member:
    return await estate.member("head")


@pytest.fixture
async def staff(estate: Estate) -> Member:
    return await estate.member("staff")


@pytest.fixture
async def admin(estate: Estate) -> Member:
    return await estate.member("admin")
