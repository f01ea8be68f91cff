"""Boards, searches and lists of 200,000 repairs beside the same of 2,000: a page of each.

    python -m bench.repairs [REPAIRS] [--small REPAIRS]

Both cities lie in databases of one server, and each list is read in turn from the one and from
the other, by the action that its address calls: rights, query, addresses, labels, texts opened.
What the database read for it is told by its profiler. What is printed is the page
docs/reference/repairs-load.md.
"""

import argparse
import asyncio
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any, Final, NamedTuple

from pymongo import AsyncMongoClient

import mongo_indexes
from bench.product import child, environment, machine
from bench.tickets import GROUP, NUMBER, RARE, RARELY_BOTH, SELDOM, Tickets
from server.dependencies import open_dependencies
from server.embedded import servers
from server.settings import Settings
from services.kernel.pages import ListQuery, Page
from services.kernel.permissions import Actor, Grant, Role
from services.repairs import actions as repairs
from services.repairs.boards import actions as boards
from services.repairs.boards.models import RepairSort, RepairsQuery, TodayQuery
from services.repairs.classes import Danger
from services.repairs.models import Part, SimilarQuery
from services.repairs.states import RepairState

TIMES: Final = 50
FIRST: Final = 5  # not counted: the database tries its ways
MOST: Final = 2.0
AGAIN: Final = 2  # times that a larger ratio is measured anew: others use the machine, too
HEAD: Final = """# What lists of repairs cost

`make repairs-bench > docs/reference/repairs-load.md` wrote this page: `bench/repairs.py`
fills two cities, reads the first page of each list from both in turn, and divides. Times depend
on the machine: compare the ratios. Keys and repairs are what the database read in the large
city for the one query of the page, by its profiler. What seems to take more than twice as long
is measured anew, twice at most, and the last figures count.
"""
Read = Callable[[Tickets], Awaitable[Page[Any]]]


class Case(NamedTuple):
    """A list, and how its first page is read in a city."""

    name: str
    read: Read


def board(name: str, role: Role, depth: int, places: int = 1, **asked: Any) -> Case:
    """Return the board of whoever holds a role at places, from the city (1) to units (7)."""

    async def read(city: Tickets) -> Page[Any]:
        held = dict.fromkeys(".".join(unit.split(".")[:depth]) for unit in city.units)
        grants = tuple(Grant(role, place) for place in list(held)[:places])
        actor = Actor("somebody else", "session", grants)
        return await boards.listing(city.deps, actor, RepairsQuery(**asked))

    return Case(name, read)


async def today(city: Tickets) -> Page[Any]:
    compound = city.units[0].rsplit(".", 2)[0]
    actor = Actor(city.repairer(city.units[0], 0), "session", (Grant(Role.REPAIRER, compound),))
    return await boards.today(city.deps, actor, TodayQuery())


async def held(city: Tickets) -> Page[Any]:
    compound = city.units[0].rsplit(".", 2)[0]
    actor = Actor(city.repairer(city.units[0], 0), "session", (Grant(Role.REPAIRER, compound),))
    return await boards.listing(city.deps, actor, RepairsQuery(held_by_me=True))


async def mine(city: Tickets) -> Page[Any]:
    return await repairs.mine(city.deps, Actor("resident", "session"), ListQuery())


async def similar(city: Tickets) -> Page[Any]:
    home = f"{city.units[0]}.101"
    actor = Actor("resident", "session", (Grant(Role.OWNER, home),))
    query = SimilarQuery(place=city.units[0], category=city.categories[Part.COMMON][0])
    return await repairs.similar(city.deps, actor, query)


STAFF, CITYWIDE = Role.COMMUNITY_STAFF, Role.ADMINISTRATOR
LEVELS: Final = (
    ("unit", STAFF, 7),
    ("compound", STAFF, 5),
    ("community", STAFF, 4),
    ("city", CITYWIDE, 1),
)
BY_DEADLINE, NEWEST, OLDEST = RepairSort.DEADLINE, RepairSort.NEWEST, RepairSort.OLDEST
FILTERS: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("overdue", {"overdue": True, "limit": 40}),
    ("not overdue", {"overdue": False}),
    ("danger", {"danger": Danger.DANGER, "limit": 40}),
    ("a rare category", {"category": SELDOM, "limit": 5}),
    ("a group of categories", {"category": GROUP, "limit": 40}),
    ("to be accepted", {"state": RepairState.REPORTED}),
    ("closed", {"state": RepairState.CLOSED, "sort": NEWEST}),
)
# As many rows of each as the small city has, too: what is shown costs more than what is found.
SEARCHES: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("a common word", {"q": RARELY_BOTH[0]}),
    ("a rare word", {"q": RARE, "limit": 20}),
    ("a number", {"q": NUMBER, "limit": 2}),
)
CASES: Final = (
    *(
        board(f"board, {level}, {sort.value}", role, depth, sort=sort)
        for level, role, depth in LEVELS
        for sort in (BY_DEADLINE, NEWEST)
    ),
    board("board, city, oldest", CITYWIDE, 1, sort=OLDEST),
    board("board of a unit's head", Role.UNIT_HEAD, 7, limit=20),
    board("board of a grid's head, 4 buildings", Role.GRID_HEAD, 6, places=4),
    board("what all share, city", Role.CITY_STAFF, 1),
    *(board(f"board, city, {name}", CITYWIDE, 1, **asked) for name, asked in FILTERS),
    *(
        board(f"search, {level}, {name}, {sort.value}", role, depth, sort=sort, **asked)
        for level, role, depth in LEVELS
        for name, asked in SEARCHES
        for sort in (BY_DEADLINE, NEWEST)
    ),
    board("search, city, a part of a word", CITYWIDE, 1, q="锁"),
    board("search, city, two common words", CITYWIDE, 1, q=" ".join(RARELY_BOTH), limit=20),
    board("search of a unit's head", Role.UNIT_HEAD, 7, q=RARELY_BOTH[0], limit=20),
    Case("today, of a repairer", today),
    Case("board, held by me", held),
    Case("mine, of a resident", mine),
    Case("similar ones", similar),
)
# Each in many texts, and in none together: nothing but reading all with one of them tells.
NEVER_BOTH: Final = board("never together", CITYWIDE, 1, q="漏水 扶手")


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
        await measure(cities)


async def measure(cities: list[Tickets]) -> None:
    say(HEAD)
    say(f"Machine: {machine()}\n")
    few, many = (f"{city.size:,}" for city in cities)
    say(f"| first page | rows | p50 of {few} | of {many} | ratio | keys | repairs |")
    say("|---|---|---|---|---|---|---|")
    worst = 0.0
    for case in CASES:
        note(case.name)
        pages, (small, large) = await timed(case, cities)
        for _ in range(AGAIN):
            if large > MOST * small:
                pages, (small, large) = await timed(case, cities)
        [keys, documents] = await costs(case, cities[-1])
        worst = max(worst, large / small)
        rows = " / ".join(dict.fromkeys(str(len(page.items)) for page in pages))
        say(
            f"| {case.name} | {rows} | {small:.1f} ms | {large:.1f} ms | {large / small:.2f} "
            f"| {keys:,} | {documents:,} |"
        )
    say(f"\nThe largest ratio is {worst:.2f}; {MOST:.0f} is the most that is promised.\n")
    _, (small, large) = await timed(NEVER_BOTH, cities)
    keys, documents = await costs(NEVER_BOTH, cities[-1])
    say(
        f"Beyond it: two words that are each in many texts of a city and in none together. All "
        f"with one of them is read, {documents:,} repairs in {large:.0f} ms beside {small:.0f}."
    )


async def timed(case: Case, cities: list[Tickets]) -> tuple[list[Page[Any]], list[float]]:
    """Return the page of each city, and the median of what it took in ms."""
    took: list[list[float]] = [[] for _ in cities]
    pages: list[Page[Any]] = []
    for number in range(FIRST + TIMES):
        pages = []
        for city, times in zip(cities, took, strict=True):
            began = time.perf_counter()
            pages.append(await case.read(city))
            if number >= FIRST:
                times.append((time.perf_counter() - began) * 1000)
    return pages, [statistics.median(times) for times in took]


async def costs(case: Case, city: Tickets) -> list[int]:
    """Return how many keys and repairs the database read. Raises ValueError for two queries."""
    db = city.deps.db
    await db.command("profile", 2)
    await case.read(city)
    await db.command("profile", 0)
    asked = {"ns": f"{db.name}.repairs", "op": "query"}
    found = await db["system.profile"].find(asked).to_list()
    await db.drop_collection("system.profile")
    if len(found) != 1:
        raise ValueError(f"{case.name}: {len(found)} queries of repairs")
    return [found[0]["keysExamined"], found[0]["docsExamined"]]


if __name__ == "__main__":
    main()
