"""Write a city of so many homes, ask as people ask, and write the page of its growth.

    python -m bench.city [HOMES] [--months MONTHS]

What is written is docs/reference/growth.md. Needs about 80 kB of disk for each home, in TMPDIR.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import uvloop
from pymongo import AsyncMongoClient

import mongo_indexes
from bench.city import bounds, page, sizes
from bench.city.layout import HOMES_IN_A_UNIT, YEAR, Scale
from bench.city.page import Run
from bench.city.seed import City
from bench.city.stage import ask_all, served
from bench.pairs import note
from bench.product import ROOT, child, environment
from server.dependencies import open_dependencies
from server.embedded import servers
from server.settings import Settings
from services.kernel.days import day_of, wall_clock

FEWEST_MONTHS: Final = 4  # of fewer some lists are empty, of which the first row is asked for


@contextmanager
def started() -> Iterator[Settings]:
    """Start the servers; MongoDB on disk, as memory has no room for a city."""
    with TemporaryDirectory(prefix="city-") as folder, ExitStack() as running:
        mongo = running.enter_context(child(lambda: servers.start_mongo(Path(folder))))
        redis = running.enter_context(child(servers.start_redis))
        wechat = running.enter_context(child(servers.start_sandbox))
        settings = Settings.read(environment(mongo, redis, wechat))
        yield settings.replace(mongodb_timeout_ms=60_000)


async def write(settings: Settings, scale: Scale) -> City:
    """Write the city, then its indexes, then let the product count its sums."""
    async with open_dependencies(settings) as deps:
        city = City(deps, scale)
        await city.write()
        note("building the indexes")
        async with AsyncMongoClient[dict[str, Any]](settings.mongodb_uri) as patient:
            await mongo_indexes.apply(patient[settings.mongodb_database])
        note("counting the sums of places")
        await city.count_sums()
    return city


async def run(scale: Scale) -> Run:
    with started() as settings:
        began = time.perf_counter()
        city = await write(settings, scale)
        minutes = (time.perf_counter() - began) / 60
        note("asking")
        async with served(settings) as product:
            found = await sizes.measure(product.db)
            asked = await ask_all(product, city)
    return Run(scale, day_of(wall_clock()), minutes, asked, found)


def parsed() -> Scale:
    about = (__doc__ or "").partition("\n")[0]
    parser = argparse.ArgumentParser(prog="python -m bench.city", description=about)
    parser.add_argument("homes", nargs="?", type=number_from(HOMES_IN_A_UNIT), default=100_000)
    parser.add_argument("--months", type=number_from(FEWEST_MONTHS), default=YEAR)
    wish = parser.parse_args()
    return Scale(wish.homes, wish.months)


def number_from(least: int) -> Callable[[str], int]:
    """Return what reads a number of at least so much. Raises ArgumentTypeError."""

    def read(text: str) -> int:
        if not text.isdecimal() or int(text) < least:
            raise argparse.ArgumentTypeError(f"{text} is no number from {least} on")
        return int(text)

    return read


def main() -> None:
    scale = parsed()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        made = runner.run(run(scale))
    page.write(made)
    note(f"{page.PAGE.relative_to(ROOT)} is of this city now")
    if lines := [*bounds.broken(made.asked)]:
        sys.exit("\n".join(["read more than is promised:", *lines]))


if __name__ == "__main__":
    main()
