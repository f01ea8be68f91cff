"""Boards, searches, lists and figures of 200,000 repairs beside the same of 2,000.

    python -m bench.repairs [REPAIRS] [--small REPAIRS]

Both cities lie in databases of one server, and each case (lists.py, figures.py) is read in turn
from the one and from the other. What the database read for it is told by its profiler. What is
printed is the page docs/reference/repairs-load.md.
"""

import argparse
import asyncio
import statistics
import sys
import time
from contextlib import AsyncExitStack
from typing import Any, Final

from pymongo import AsyncMongoClient

import mongo_indexes
from bench.figures import FIGURES
from bench.lists import LISTS, NEVER_BOTH, Case
from bench.product import child, environment, machine
from bench.tickets import Tickets
from server.dependencies import open_dependencies
from server.embedded import servers
from server.settings import Settings
from services.repairs.figures import jobs as figures

TIMES: Final = 50
FIRST: Final = 5  # not counted: the database tries its ways
MOST: Final = 2.0
AGAIN: Final = 2  # times that a larger ratio is measured anew: others use the machine, too
HEAD: Final = """# What lists and figures of repairs cost

`make repairs-bench > docs/reference/repairs-load.md` wrote this page: `bench/repairs.py`
fills two cities, reads the first page of each list from both in turn, and divides; then the
figures. Times depend on the machine: compare the ratios. Keys and documents are what the
database read in the large city for the one query of the page, by its profiler. What seems to
take more than twice as long is measured anew, twice at most, and the last times count.
"""
COLUMNS: Final = """| {} | rows | p50 of {:,} | of {:,} | ratio | keys | {} |
|---|---|---|---|---|---|---|"""


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def note(text: str) -> None:
    """Tell whoever waits how far it is: no part of the output."""
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {text}\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("repairs", nargs="?", type=int, default=200_000)
    parser.add_argument("--small", type=int, default=2_000)
    wish = parser.parse_args()
    asyncio.run(run(wish.small, wish.repairs))


async def run(*sizes: int) -> None:
    async with AsyncExitStack() as running:
        mongo, redis, wechat = (
            running.enter_context(child(begin))
            for begin in (servers.start_mongo, servers.start_redis, servers.start_sandbox)
        )
        settings = Settings.read(environment(mongo, redis, wechat))
        patient = await running.enter_async_context(AsyncMongoClient[dict[str, Any]](mongo.uri))
        cities = []
        for size in sizes:
            own = settings.replace(mongodb_database=f"repairs{size}", mongodb_timeout_ms=60_000)
            deps = await running.enter_async_context(open_dependencies(own))
            cities.append(Tickets(deps, size))
            note(f"writing {size} repairs")
            await cities[-1].write()
            note("building the indexes")
            await mongo_indexes.apply(patient[own.mongodb_database])
        say(HEAD)
        say(f"Machine: {machine()}\n")
        worst = await measure(LISTS, cities, "first page", "repairs")
        counted = [await rebuilt(city) for city in cities][-1]
        worst = max(worst, await measure(FIGURES, cities, "figures", "documents"))
        say(f"The largest ratio is {worst:.2f}; {MOST:.0f} is the most that is promised.\n")
        say(f"{counted}\n")
        await beyond(cities)


async def measure(
    cases: tuple[Case, ...], cities: list[Tickets], what: str, documents: str
) -> float:
    """Print a table of what the cases took; return the largest ratio."""
    say(COLUMNS.format(what, *(city.size for city in cities), documents))
    worst = 0.0
    for case in cases:
        note(case.name)
        counts, (small, large) = await timed(case, cities)
        for _ in range(AGAIN):
            if large > MOST * small:
                counts, (small, large) = await timed(case, cities)
        worst = max(worst, large / small)
        await tell(case, cities, counts, [small, large])
    say("")
    return worst


async def tell(case: Case, cities: list[Tickets], counts: list[int], took: list[float]) -> None:
    """Print the row of a case."""
    small, large = took
    [keys, read] = await costs(case, cities[-1])
    rows = " / ".join(dict.fromkeys(str(count) for count in counts))
    say(
        f"| {case.name} | {rows} | {small:.1f} ms | {large:.1f} ms | {large / small:.2f} "
        f"| {keys:,} | {read:,} |"
    )


async def rebuilt(city: Tickets) -> str:
    """Count all figures of a city anew, by what the command calls; return how long it took."""
    note(f"counting the figures of {city.size}")
    began = time.perf_counter()
    count = await figures.rebuild(city.deps)
    took = time.perf_counter() - began
    return (
        f"`python -m server rebuild-repair-figures` counted {count:,} months of compounds anew "
        f"from {city.size:,} repairs, and added up the places above, in {took:.1f} s."
    )


async def beyond(cities: list[Tickets]) -> None:
    """Print what is not within the promise."""
    _, (small, large) = await timed(NEVER_BOTH, cities)
    _, documents = await costs(NEVER_BOTH, cities[-1])
    say(
        f"Beyond it: two words that are each in many texts of a city and in none together. All "
        f"with one of them is read, {documents:,} repairs in {large:.0f} ms beside {small:.0f}."
        "\n"
    )


async def timed(case: Case, cities: list[Tickets]) -> tuple[list[int], list[float]]:
    """Return the rows of each city, and the median of what they took in ms."""
    took: list[list[float]] = [[] for _ in cities]
    rows: list[int] = []
    for number in range(FIRST + TIMES):
        rows = []
        for city, its in zip(cities, took, strict=True):
            began = time.perf_counter()
            found = await case.read(city)
            if number >= FIRST:
                its.append((time.perf_counter() - began) * 1000)
            rows.append(len(found))
    return rows, [statistics.median(its) for its in took]


async def costs(case: Case, city: Tickets) -> list[int]:
    """Return how many keys and documents the database read.

    Raises ValueError for two queries, and for one that no index serves.
    """
    db = city.deps.db
    await db.command("profile", 2)
    await case.read(city)
    await db.command("profile", 0)
    asked = {"ns": f"{db.name}.{case.of}", "op": {"$in": ["query", "command", "getmore"]}}
    found = await db["system.profile"].find(asked).to_list()
    await db.drop_collection("system.profile")
    if len(found) != 1:
        raise ValueError(f"{case.name}: {len(found)} queries of {case.of}")
    if "IXSCAN" not in found[0]["planSummary"]:
        raise ValueError(f"{case.name}: no index, {found[0]['planSummary']}")
    return [found[0]["keysExamined"], found[0]["docsExamined"]]


if __name__ == "__main__":
    main()
