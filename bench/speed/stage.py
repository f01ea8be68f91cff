"""Stage of a run: MongoDB and Redis, and on them each product as it serves, with own data."""

import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any, Final, NamedTuple

import msgspec
from pymongo import MongoClient
from redis import Redis

from bench.product import ROOT, child
from bench.speed.trees import Tree
from server.embedded import servers

LIMITS: Final = ("limits:*", "other:*")  # keys of the product's, and of those we compare with
WAIT_SECONDS: Final = 20.0  # for a process to end by itself


class Servers(NamedTuple):
    """The servers that all sides share: `mongo` and `redis` are clients of ours."""

    mongo_uri: str
    redis_url: str  # without a database
    mongo_pid: int
    mongo: "MongoClient[dict[str, Any]]"


class Product:
    """One checkout at work: a process inside it that we ask, and its web and workers.

    Its database has its name; of Redis it has a database of its own.
    """

    def __init__(self, tree: Tree, shared: Servers, number: int) -> None:
        self.tree, self.shared = tree, shared
        self.redis: Any = Redis.from_url(f"{shared.redis_url}/{number}")
        command = [tree.python, "-m", "bench.speed.within"]
        command += [shared.mongo_uri, f"{shared.redis_url}/{number}", tree.name]
        own = {"PYTHONPATH": str(ROOT)}
        self.process = self._spawn(command, env=own, stdin=subprocess.PIPE)
        self.environ: dict[str, str] = self._answer()

    @property
    def db(self) -> Any:
        return self.shared.mongo[self.tree.name]

    def ask(self, task: str, **wish: Any) -> Any:
        """Have a task of `bench.speed.within` done inside the checkout; return its answer."""
        assert self.process.stdin  # noqa: S101  # asked for above
        self.process.stdin.write(msgspec.json.encode([task, wish]).decode() + "\n")
        self.process.stdin.flush()
        return self._answer()

    def _answer(self) -> Any:
        assert self.process.stdout  # noqa: S101  # asked for in _spawn
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.tree.name}: the process inside ended: see above")
        return msgspec.json.decode(line)

    def _spawn(self, command: list[str], **options: Any) -> subprocess.Popen[str]:
        return subprocess.Popen(  # noqa: S603  # our own words
            command,
            cwd=self.tree.root,
            stdout=subprocess.PIPE,
            text=True,
            **options,
        )

    @contextmanager
    def running(self, command: str, **environ: str) -> Iterator[subprocess.Popen[str]]:
        """Run `web` or `worker`, which has what the product's settings say."""
        process = self._spawn(
            [self.tree.python, "-m", "server", command],
            env=self.environ | environ,
            stderr=subprocess.DEVNULL,
        )
        with ending(process):
            yield process

    @contextmanager
    def web(self, **environ: str) -> Iterator["Web"]:
        """Run the web server until the end."""
        began = time.perf_counter()
        with self.running("web", **environ) as process:
            assert process.stdout  # noqa: S101  # asked for in _spawn
            address = process.stdout.readline().split()[-1]
            yield Web(address, process.pid, time.perf_counter() - began)

    @contextmanager
    def worker(self, **environ: str) -> Iterator[int]:
        """Run a worker until the end; its process id, once it works."""
        with self.running("worker", **environ) as process:
            assert process.stdout  # noqa: S101  # asked for in _spawn
            process.stdout.readline()
            yield process.pid

    def forget_limits(self) -> None:
        """Give everybody's allowance back: nobody asks so often as we do."""
        for pattern in LIMITS:
            if keys := list(self.redis.scan_iter(pattern, count=10_000)):
                self.redis.delete(*keys)

    def rebuild(self) -> None:
        """Count again what the product keeps beside its documents, by its own commands."""
        for file in sorted((self.tree.root / "server" / "cli").glob("rebuild_*.py")):
            command = [self.tree.python, "-m", "server", file.stem.replace("_", "-")]
            subprocess.run(  # noqa: S603  # our own words
                command,
                cwd=self.tree.root,
                env=self.environ,
                check=True,
                stdout=subprocess.DEVNULL,
            )

    def close(self) -> None:
        assert self.process.stdin  # noqa: S101  # asked for above
        self.process.stdin.close()
        self.process.wait(WAIT_SECONDS)
        self.redis.close()


class Web(NamedTuple):
    """Web process. `seconds`: from its start to its first line, when it answers."""

    address: str
    pid: int
    seconds: float


class Stage(NamedTuple):
    """What a figure measures on. `is_small`: only to try whether it runs."""

    before: Tree
    after: Tree
    is_small: bool

    def size(self, small: int, whole: int) -> int:
        return small if self.is_small else whole

    @contextmanager
    def products(self) -> Iterator[Mapping[str, Product]]:
        """Start both products on servers that they share; "before" and "after"."""
        with ExitStack() as running:
            shared = running.enter_context(started())
            found: dict[str, Product] = {}
            for number, tree in enumerate((self.before, self.after)):
                found[tree.name] = Product(tree, shared, number)
                running.callback(found[tree.name].close)
            yield found


@contextmanager
def started() -> Iterator[Servers]:
    """Start MongoDB and Redis, in memory where there is room."""
    with child(servers.start_mongo) as mongo, child(servers.start_redis) as redis:
        redis_url = redis.uri.rpartition("/")[0]
        with MongoClient[dict[str, Any]](mongo.uri, tz_aware=True) as client:
            yield Servers(mongo.uri, redis_url, mongo.pid, client)


@contextmanager
def ending(process: subprocess.Popen[str]) -> Iterator[None]:
    """End a process of ours at the end, by force when it does not end by itself."""
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(WAIT_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
