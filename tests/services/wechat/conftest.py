"""WeChat's stand-in, its control desk, and our clients aimed at it."""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass

import msgspec
import pytest
from redis.asyncio import BlockingConnectionPool, Redis
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets

from server.embedded.servers import Sandbox
from services.wechat.merchant import MerchantAccount, load_accounts
from services.wechat.mini_program import MiniProgram
from services.wechat.pay import PayClient
from services.wechat.service_account import ServiceAccount
from tests.build.world import Clock
from tests.deadlines import SAFETY_NET
from tests.services.wechat.desk import Desk, Doorstep

HURRY = 2.0  # seconds: time enough to send, far less than an answer is held back
REDIS_DATABASE = 9  # the other tests empty database 0


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def desk(sandbox: Sandbox, clock: Clock) -> Desk:
    desk = Desk(sandbox.uri, clock, msgspec.json.decode(sandbox.credentials.read_bytes()))
    await desk.reset()
    return desk


@pytest.fixture
def redis_url(servers: Mapping[str, str]) -> str:
    return f"{servers['redis_url'].rsplit('/', 1)[0]}/{REDIS_DATABASE}"


@pytest.fixture
async def redis(redis_url: str, desk: Desk) -> AsyncIterator[Redis]:
    client = Redis.from_pool(BlockingConnectionPool.from_url(redis_url))
    await client.delete(f"wx:{desk.appid}:token", f"wx:{desk.appid}:token:lock")
    yield client
    await client.aclose()


@pytest.fixture
def mini(desk: Desk, redis: Redis) -> Iterator[MiniProgram]:
    with closing(client_of(desk, redis, SAFETY_NET)) as client:
        yield client


@pytest.fixture
def hurried(desk: Desk, redis: Redis) -> Iterator[MiniProgram]:
    """One that gives up: only for calls that are never answered."""
    with closing(client_of(desk, redis, HURRY)) as client:
        yield client


@pytest.fixture
async def service(desk: Desk, redis: Redis) -> AsyncIterator[ServiceAccount]:
    given, key = desk.account, f"wx:{desk.account['appid']}:token"
    await redis.delete(key, f"{key}:lock")
    told = {"base": desk.base, "redis": redis, "now": desk.clock}
    told |= {"mini_program": desk.appid, "timeout_seconds": SAFETY_NET}
    with closing(ServiceAccount(given["appid"], given["secret"], **told)) as client:
        yield client


def client_of(desk: Desk, redis: Redis, seconds: float) -> MiniProgram:
    told = {"base": desk.base, "redis": redis, "now": desk.clock, "timeout_seconds": seconds}
    return MiniProgram(desk.appid, desk.secret, **told)


@pytest.fixture(scope="session")
def accounts(sandbox: Sandbox) -> dict[str, MerchantAccount]:
    credentials = msgspec.json.decode(sandbox.credentials.read_bytes())
    return load_accounts(msgspec.json.encode(credentials["merchants"]))


@pytest.fixture
async def doorstep() -> AsyncIterator[Doorstep]:
    """Where WeChat delivers notices."""
    doorstep = Doorstep()
    server = HTTPServer(doorstep)
    [socket] = bind_sockets(0, "127.0.0.1")
    server.add_sockets([socket])
    doorstep.url = f"http://127.0.0.1:{socket.getsockname()[1]}"
    yield doorstep
    server.stop()
    await server.close_all_connections()


@dataclass
class Merchants(dict[str, PayClient]):
    """Clients by account, made when asked for: reading a private key takes its time."""

    accounts: dict[str, MerchantAccount]
    desk: Desk
    clock: Clock
    doorstep: Doorstep
    seconds: float = SAFETY_NET

    def __missing__(self, key: str) -> PayClient:
        self[key] = PayClient(
            self.accounts[key],
            base=self.desk.base,
            notify_base_url=self.doorstep.url,
            now=self.clock,
            timeout_seconds=self.seconds,
        )
        return self[key]


@pytest.fixture
def merchants(
    accounts: dict[str, MerchantAccount], desk: Desk, clock: Clock, doorstep: Doorstep
) -> Iterator[Merchants]:
    clients = Merchants(accounts, desk, clock, doorstep)
    yield clients
    for client in clients.values():
        client.close()


@pytest.fixture
def firm(merchants: dict[str, PayClient]) -> PayClient:
    """Public-key mode."""
    return merchants["firm"]


@pytest.fixture
def sanitation(merchants: dict[str, PayClient]) -> PayClient:
    """Platform-certificate mode."""
    return merchants["sanitation"]


@pytest.fixture
def partner(merchants: dict[str, PayClient]) -> PayClient:
    return merchants["partner"]


@pytest.fixture(params=["firm", "sanitation", "partner"])
def client(request: pytest.FixtureRequest, merchants: dict[str, PayClient]) -> PayClient:
    """Each of the three, one after the other."""
    return merchants[request.param]
