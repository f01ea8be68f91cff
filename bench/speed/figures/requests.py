"""Requests per second of one web process, beside others that give the same answer."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Final

from bench.product import ROOT
from bench.speed import wrk
from bench.speed.models import Figure, Found, Goal, Sides
from bench.speed.others import given
from bench.speed.rounds import alternate, ratios
from bench.speed.stage import Product, Stage, ending
from bench.speed.within.residents import person, session

OWING: Final = 3
PAID: Final = 9
CONNECTIONS: Final = (1, 8, 32)
KEY: Final = "the key of those we compare with"
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
            found.behind |= {f"{name}, {connections}": v for name, v in values.items()}
            for other in OTHERS:
                found.sides[f"{other}.{connections}"] = Sides(
                    before=ratios(values["before"], values[other]),
                    after=ratios(values["after"], values[other]),
                )
    return found


def sides(stage: Stage, running: ExitStack) -> dict[str, Callable[[int], float]]:
    """Start everything; return name → requests per second with so many connections."""
    seconds, count = stage.size(3, 5), stage.size(200, 2_000)
    folder = Path(running.enter_context(tempfile.TemporaryDirectory()))
    products = running.enter_context(stage.products())
    found: dict[str, Callable[[int], float]] = {}
    for name, product in products.items():
        tokens = product.ask("residents", count=count, owing=OWING, paid=PAID)
        web = running.enter_context(product.web())
        url = f"{web.address}/api/v1/me/bills"
        found[name] = asking(url, wrk.keep(tokens, folder / name), seconds, product)
    product = products["after"]
    theirs = [given.token(KEY, person=person(n), session=session(n)) for n in range(count)]
    for name, (_, _, command) in OTHERS.items():
        address = running.enter_context(other(command, product))
        tokens_file = wrk.keep(theirs, folder / name)
        found[name] = asking(f"{address}/bills", tokens_file, seconds, product)
    return found


def asking(url: str, tokens: Path, seconds: float, product: Product) -> Callable[[int], float]:
    def load(connections: int) -> float:
        product.forget_limits()
        return wrk.load(url, tokens, connections, seconds).per_second

    return load


@contextmanager
def other(command: list[str], product: Product) -> Iterator[str]:
    """Start what we compare with on the data of a product; its address."""
    redis = product.environ["REDIS_URL"]
    environ = {
        "PYTHONPATH": str(ROOT),
        "OTHER_MONGODB_URI": product.shared.mongo_uri,
        "OTHER_DATABASE": product.tree.name,
        "OTHER_REDIS_URL": redis,
        "OTHER_KEY": KEY,
    }
    if not os.access(command[0], os.X_OK):
        raise FileNotFoundError(f"{command[0]} is missing: make bench installs it")
    process = subprocess.Popen(  # noqa: S603  # our own words
        command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True
    )
    with ending(process):
        assert process.stdout  # noqa: S101  # asked for above
        yield process.stdout.readline().strip()


def told(connections: int) -> str:
    return "1 connection" if connections == 1 else f"{connections} connections"


FIGURE: Final = Figure(
    name="requests",
    title="A request",
    about=(
        "`GET /api/v1/me/bills` of residents with a home, three bills owed and nine paid, by "
        "one web process over 1, 8 and 32 connections: requests per second, divided by those "
        "of another server that gives the same answer of the same database."
    ),
    goals=[
        Goal(f"{name}.{connections}", f"{told(connections)}, beside {what}", at_least=least)
        for name, (what, least, _) in OTHERS.items()
        for connections in CONNECTIONS
    ],
    measure=measure,
)
