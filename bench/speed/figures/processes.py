"""Memory of a web process after many requests; how soon web and everything together answer."""

import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from bench.product import memory_of
from bench.speed import wrk
from bench.speed.models import Figure, Found, Goal, Sides
from bench.speed.rounds import alternate
from bench.speed.stage import Product, Stage, Web, ending
from bench.speed.trees import Tree

REQUESTS: Final = 50_000
CONNECTIONS: Final = 8
SLICE_SECONDS: Final = 5.0


def measure(stage: Stage) -> Found:
    sides: dict[str, Sides] = {}
    with stage.products() as products, ExitStack() as running:
        folder = running.enter_context(tempfile.TemporaryDirectory())
        requests = stage.size(500, REQUESTS)
        memory = {
            name: [grown(of, Path(folder) / name, requests)] for name, of in products.items()
        }
        starts = {name: starting(of) for name, of in products.items()}
        sides["memory"] = Sides(**memory)
        sides["web"] = Sides(**alternate(starts, stage.size(1, 9)))
    with tempfile.TemporaryDirectory() as folder:
        trees = (stage.before, stage.after)
        runs = {tree.name: running_all(tree, Path(folder) / tree.name) for tree in trees}
        sides["run"] = Sides(**alternate(runs, stage.size(1, 7)))
    return Found(sides)


def grown(product: Product, file: Path, requests: int) -> float:
    """Return the MB of a web process after so many requests."""
    tokens = wrk.keep(product.ask("residents", count=200, owing=3, paid=9), file)
    with product.web() as web:
        left = requests
        while left > 0:
            product.forget_limits()
            url = f"{web.address}/api/v1/me/bills"
            left -= wrk.load(url, tokens, CONNECTIONS, SLICE_SECONDS).requests
        return memory_of(web.pid, "VmRSS")


def starting(product: Product) -> Callable[[], float]:
    """Return what starts a web process and gives the seconds until it answers."""

    def start() -> float:
        web: Web
        with product.web() as web:
            return web.seconds

    return start


def running_all(tree: Tree, data: Path) -> Callable[[], float]:
    """Return what does as `make run` does; the first one, which makes the data, is warm-up."""

    def run() -> float:
        began = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603  # our own words
            [tree.python, "-m", "server", "run"],
            cwd=tree.root,
            env={"PORT": "0", "OPS_PORT": "0", "DATA_DIR": str(data)},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        with ending(process):
            assert process.stdout  # noqa: S101  # asked for above
            if not process.stdout.readline():
                raise RuntimeError(f"{tree.name}: run ended at once")
            return time.perf_counter() - began

    return run


FIGURE: Final = Figure(
    name="processes",
    title="Memory and starts",
    about=(
        f"Resident memory of a web process after {REQUESTS:,} times `GET /api/v1/me/bills`; "
        "the time from the start of a web process, and from that of `make run` on the data of "
        "an earlier one, to the line that tells its address."
    ),
    goals=[
        Goal("memory", f"web after {REQUESTS:,} requests", unit="MB"),
        Goal("web", "start of web", unit="s"),
        Goal("run", "start of `make run`, warm", unit="s"),
    ],
    measure=measure,
)
