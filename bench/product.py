"""The product as it is served: a web process with MongoDB, Redis and WeChat of its own."""

import asyncio
import os
import platform
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

import msgspec
from pymongo import AsyncMongoClient
from tornado.httpclient import AsyncHTTPClient, HTTPRequest

import mongo_indexes
from server.embedded import servers
from server.errors import StartError

ROOT: Final = Path(__file__).parents[1]
SECONDS: Final = 300.0  # nothing measured here is given up earlier
KEYS: Final = '{"bench": "YmVuY2hiZW5jaGJlbmNoYmVuY2hiZW5jaGJlbmNoYmU="}'


class Product(NamedTuple):
    """Addresses and process of what is attacked."""

    address: str
    operator: str
    wechat: str
    pid: int

    @property
    def port(self) -> int:
        return urlsplit(self.address).port or 0

    def memory_mb(self) -> int:
        """Return the resident memory of the web process, in MB."""
        return memory_of(self.pid, "VmRSS")

    async def sign_in(self, name: str) -> dict[str, str]:
        """Return the header with which this person asks."""
        wish = await ask(f"{self.wechat}/__ctl/users/{name}/login-code", body=b"{}")
        code = msgspec.json.encode({"code": msgspec.json.decode(wish)["code"]})
        answer = await ask(f"{self.address}/api/v1/sessions/wechat", body=code)
        return {"Authorization": f"Bearer {msgspec.json.decode(answer)['access_token']}"}


def memory_of(pid: int, which: str) -> int:
    """Return a figure of a process's memory in MB: VmRSS is now, VmHWM the peak."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    return int(status.partition(f"{which}:")[2].split(maxsplit=1)[0]) // 1024


async def ask(url: str, *, body: bytes | None = None) -> bytes:
    request = HTTPRequest(
        url, method="GET" if body is None else "POST", body=body, request_timeout=SECONDS
    )
    return (await AsyncHTTPClient().fetch(request)).body


def machine() -> str:
    """Return what the figures depend on."""
    info = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    model = info.partition("model name")[2].partition("\n")[0].strip(" \t:") or "unknown CPU"
    return f"{os.cpu_count()} cores ({model}), Python {platform.python_version()}"


@asynccontextmanager
async def served() -> AsyncIterator[Product]:
    """Start everything; end it again."""
    with ExitStack() as running:
        mongo, redis, wechat = (
            running.enter_context(child(begin))
            for begin in (servers.start_mongo, servers.start_redis, servers.start_sandbox)
        )
        async with AsyncMongoClient[dict[str, Any]](mongo.uri) as client:
            await mongo_indexes.apply(client["sanzhangtong"])
        process = running.enter_context(web(environment(mongo, redis, wechat)))
        assert process.stdout  # noqa: S101  # asked for below
        address, operator = (process.stdout.readline().split()[-1] for _ in range(2))
        yield Product(address, operator, wechat.uri, process.pid)


@contextmanager
def child(begin: Any) -> Iterator[Any]:
    """Start a server; end it again. What cannot start ends the program in one line."""
    try:
        started = begin()
    except StartError as error:
        sys.exit(str(error))
    try:
        yield started
    finally:
        started.stop()


def environment(mongo: Any, redis: Any, wechat: Any) -> dict[str, str]:
    """Return the settings of the web process, in the words of deploy/env.example."""
    made = wechat.settings()
    return {
        **{name.upper(): text(value) for name, value in made.items()},
        "MONGODB_URI": mongo.uri,
        "REDIS_URL": redis.uri,
        "WX_API_BASE": wechat.uri,
        "WXPAY_API_BASE": wechat.uri,
        "PUBLIC_URL": "http://127.0.0.1:1",
        "SECRET_KEYS": KEYS,
        "PORT": "0",
        "LOG_LEVEL": "error",
        "TMPDIR": os.environ.get("TMPDIR", "/tmp"),  # noqa: S108, TID251  # as whoever runs it
    }


def text(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


@contextmanager
def web(environ: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    process = start("web", environ)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def start(command: str, environ: dict[str, str]) -> subprocess.Popen[str]:
    """Start a process of the product: `web` or `worker`."""
    return subprocess.Popen(  # noqa: S603  # our own module
        [sys.executable, "-m", "server", command],
        cwd=ROOT,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


async def lines_sent(product: Product, request: bytes) -> bytes:
    """Send bytes as they are on a connection of their own; return what comes back."""
    reader, writer = await asyncio.open_connection("127.0.0.1", product.port)
    writer.write(request)
    try:
        return await reader.read()
    except ConnectionResetError:
        return b""
    finally:
        writer.close()
