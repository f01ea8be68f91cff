"""Collection rates of a whole city, of many homes beside a thousand."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Final

from bench.speed import http
from bench.speed.models import Figure, Found, Goal, Sides
from bench.speed.rounds import alternate, ratios
from bench.speed.stage import Product, Stage

HOMES: Final = 100_000
FEW: Final = 1_000
LARGE, SMALL = "ca", "cb"
TIMES: Final = 3
PATIENCE: Final = {"MONGODB_TIMEOUT_MS": "60000"}  # or the old way would end without a figure


def measure(stage: Stage) -> Found:
    sides: dict[str, Callable[[], float]] = {}
    sizes = {LARGE: stage.size(5_000, HOMES), SMALL: stage.size(500, FEW)}
    with stage.products() as products, ExitStack() as running:
        for name, product in products.items():
            for city, homes in sizes.items():
                product.ask("city", city=city, homes=homes)
            product.rebuild()
            address = running.enter_context(product.web(**PATIENCE)).address
            token = product.ask("offices", cities=list(sizes))
            for city in sizes:
                sides[f"{name} {city}"] = asking(product, address, token, city)
        took = alternate(sides, stage.size(1, 15))
    both = ("before", "after")
    large = {name: took[f"{name} {LARGE}"] for name in both}
    beside = {name: ratios(large[name], took[f"{name} {SMALL}"]) for name in both}
    behind = {
        f"{name}, ms for {homes:,} homes": took[f"{name} {city}"]
        for name in both
        for city, homes in sizes.items()
    }
    return Found({"beside": Sides(**beside), "time": Sides(**large)}, behind)


def asking(product: Product, address: str, token: str, city: str) -> Callable[[], float]:
    """Return what asks for a city's rates and gives the milliseconds of one answer."""
    url = f"{address}/api/v1/places/{city}/rates"

    def ask() -> float:
        product.forget_limits()
        began = time.perf_counter()
        for _ in range(TIMES):
            http.send("GET", url, token=token)
        return 1000 * (time.perf_counter() - began) / TIMES

    return ask


FIGURE: Final = Figure(
    name="rates",
    title="Rates of a city",
    about=(
        f"The collection rates of a whole city of {HOMES:,} homes, each with four bills of the "
        f"last two months and one of them unpaid, over HTTP: beside a city of {FEW:,} homes."
    ),
    goals=[
        Goal("beside", f"{HOMES:,} homes beside {FEW:,}", at_most=1.5),
        Goal("time", f"{HOMES:,} homes", unit="ms", at_most=30),
    ],
    measure=measure,
)
