"""Requests per second of one web process, beside others that give the same answer."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Final

import msgspec

from bench.product import ROOT
from bench.speed import counters, wrk
from bench.speed.models import Figure, Found, Goal, Sides
from bench.speed.others import given
from bench.speed.rounds import WARM_UP, alternate, ratios
from bench.speed.stage import Product, Stage, ending
from bench.speed.within.residents import person, session

DRIVEN: Final = {
    "ping": "µs for an empty command",
    "find": "µs for the find of a home's bills",
    "unions": "µs for two unions as ours",
}
OWING: Final = 3
PAID: Final = 9
CONNECTIONS: Final = (1, 8, 32)
KEY: Final = "the key of those we compare with"
DRIVER: Final = [sys.executable, "-m", "bench.speed.others.driver"]
BENCH_PYTHON: Final = ROOT / ".venv-bench" / "bin" / "python"
# name → what it is, the goal, and how it is started.
OTHERS: Final[Mapping[str, tuple[str, float, list[str]]]] = {
    "tornado": (
        "a bare Tornado handler: HMAC, session, the same find",
        0.75,
        [sys.executable, "-m", "bench.speed.others.tornado_bare"],
    ),
    "six": (
        "FastAPI as usually written: six queries, two counts",
        1.5,
        [str(BENCH_PYTHON), "-m", "bench.speed.others.fastapi_bills", "six"],
    ),
    "few": (
        "FastAPI with as few round trips: two queries, one script",
        1.0,
        [str(BENCH_PYTHON), "-m", "bench.speed.others.fastapi_bills", "few"],
    ),
}


def measure(stage: Stage) -> Found:
    """Drive both products and the others with 1, 8 and 32 connections in turn."""
    found = Found({})
    with ExitStack() as running:
        loads = sides(stage, running)
        for connections in CONNECTIONS:
            of = {name: partial(load, connections) for name, load in loads.items()}
            values = alternate(of, stage.size(1, 9))
            for name, load in loads.items():
                named = f"{name}, {told(connections)}"
                found.behind[f"{named}, requests per second"] = values[name]
                found.behind[f"{named}, µs of its processor"] = load.costs()
            for other in OTHERS:
                found.sides[f"{other}.{connections}"] = Sides(
                    before=ratios(values["before"], values[other]),
                    after=ratios(values["after"], values[other]),
                )
        found.behind |= loads["tornado"].driver()
    return found


def sides(stage: Stage, running: ExitStack) -> "dict[str, Side]":
    """Start everything that is compared."""
    seconds, count = stage.size(3, 5), stage.size(200, 2_000)
    folder = Path(running.enter_context(tempfile.TemporaryDirectory()))
    products = running.enter_context(stage.products())
    found: dict[str, Side] = {}
    for name, product in products.items():
        tokens = product.ask("residents", count=count, owing=OWING, paid=PAID)
        web = running.enter_context(product.web())
        url = f"{web.address}/api/v1/me/bills"
        tokens_file = wrk.keep(tokens, folder / name)
        found[name] = Side(url, web.pid, tokens_file, seconds, product)
    product = products["after"]
    theirs = [given.token(KEY, person=person(n), session=session(n)) for n in range(count)]
    for name, (_, _, command) in OTHERS.items():
        address, pid = running.enter_context(other(command, product))
        tokens_file = wrk.keep(theirs, folder / name)
        found[name] = Side(f"{address}/bills", pid, tokens_file, seconds, product)
    return found


class Side:
    """Server that is asked, and what each load cost its process."""

    def __init__(
        self, url: str, pid: int, tokens: Path, seconds: float, product: Product
    ) -> None:
        self._url, self._pid, self._tokens = url, pid, tokens
        self._seconds, self._product = seconds, product
        self._costs: list[float] = []

    def __call__(self, connections: int) -> float:
        """Return the requests per second with so many connections."""
        self._product.forget_limits()
        spent = counters.cpu_seconds(self._pid)
        load = wrk.load(self._url, self._tokens, connections, self._seconds)
        spent = counters.cpu_seconds(self._pid) - spent
        self._costs.append(spent / load.requests * 1e6)
        return load.per_second

    def costs(self) -> list[float]:
        """Return the microseconds of processor that a request cost, since the last time."""
        costs, self._costs = self._costs[WARM_UP:], []
        return costs

    def driver(self) -> dict[str, list[float]]:
        """Return what the driver alone costs, on the same data."""
        done = subprocess.run(  # noqa: S603  # our own words
            DRIVER,
            cwd=ROOT,
            env=environment(self._product),
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        found = msgspec.json.decode(done.stdout, type=dict[str, float])
        return {f"the driver alone, {DRIVEN[name]}": [us] for name, us in found.items()}


def environment(product: Product) -> dict[str, str]:
    """Return what a process that we compare with is told."""
    return {
        "PYTHONPATH": str(ROOT),
        "OTHER_MONGODB_URI": product.shared.mongo_uri,
        "OTHER_DATABASE": product.tree.name,
        "OTHER_REDIS_URL": product.environ["REDIS_URL"],
        "OTHER_KEY": KEY,
    }


@contextmanager
def other(command: list[str], product: Product) -> Iterator[tuple[str, int]]:
    """Start what we compare with on the data of a product; its address and process id."""
    if not os.access(command[0], os.X_OK):
        raise FileNotFoundError(f"{command[0]} is missing: make bench installs it")
    process = subprocess.Popen(  # noqa: S603  # our own words
        command, cwd=ROOT, env=environment(product), stdout=subprocess.PIPE, text=True
    )
    with ending(process):
        assert process.stdout  # noqa: S101  # asked for above
        yield process.stdout.readline().strip(), process.pid


def told(connections: int) -> str:
    return "1 connection" if connections == 1 else f"{connections} connections"


FIGURE: Final = Figure(
    name="requests",
    title="A request",
    about=(
        "`GET /api/v1/me/bills` of residents with a home, three bills owed and nine paid, by "
        "one web process over 1, 8 and 32 connections: requests per second, divided by those "
        "of another server that gives the same answer of the same database. Behind the ratios: "
        "what a request costs the server's process (*tornado*, *six* and *few* are the three "
        "others, in this order), and what it costs a process that does nothing but ask the "
        "database as often."
    ),
    goals=[
        Goal(f"{name}.{connections}", f"{told(connections)}, beside {what}", at_least=least)
        for name, (what, least, _) in OTHERS.items()
        for connections in CONNECTIONS
    ],
    measure=measure,
)
