"""The same read of a small and of a large database, in turn: the table of what it took.

Both lie in databases of one server, so that whatever else the machine does slows both. What the
database read for a case is told by its profiler.
"""

import statistics
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Final, Generic, NamedTuple, Protocol, TypeVar

from msgspec import Struct
from pymongo import AsyncMongoClient

import mongo_indexes
from bench.product import child, environment
from server.dependencies import open_dependencies
from server.embedded import servers
from server.settings import Settings
from services.dependencies import Dependencies

TIMES: Final = 15
FIRST: Final = 3  # not counted: the database tries its ways
MOST: Final = 2.0
AGAIN: Final = 2  # times that a larger ratio is measured anew: others use the machine, too
COLUMNS: Final = """| {} | rows | p50 of {:,} | of {:,} | ratio | keys | {} |
|---|---|---|---|---|---|---|"""
READS: Final = ["query", "command", "getmore"]
PROFILE_BYTES: Final = 64 * 1024 * 1024


class Filled(Protocol):
    """Database of so many rows; `write` lays them straight into it."""

    deps: Dependencies
    size: int

    async def write(self) -> None: ...


C = TypeVar("C", bound=Filled)


class Case(Struct, Generic[C], frozen=True):
    """What is read of a database.

    `read`: its rows. `of`: the collection of its one query. `more`: queries of the same
    collection that come after it, for what is shown beside each row.
    """

    name: str
    read: Callable[[C], Awaitable[Sequence[Any]]]
    of: str
    more: int = 0


class Cost(NamedTuple):
    """What one query read; `sorts`: whether it sorted in memory."""

    collection: str
    keys: int
    documents: int
    rows: int
    sorts: bool
    plan: str


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def note(text: str) -> None:
    """Tell whoever waits how far it is: no part of the output."""
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {text}\n")


def is_kept(worst: float, most: float = MOST, *, of: str = "") -> bool:
    """Print the largest ratio beside the promised one; tell whether the promise is kept."""
    say(f"The largest ratio{of} is {worst:.2f}; {most:g} is the most that is promised.\n")
    return worst <= most


@asynccontextmanager
async def filled(
    name: str, make: Callable[[Dependencies, int], C], sizes: Sequence[int]
) -> AsyncIterator[list[C]]:
    """Begin the servers, and fill one database of each size, with its indexes."""
    async with AsyncExitStack() as running:
        mongo, redis, wechat = (
            running.enter_context(child(begin))
            for begin in (servers.start_mongo, servers.start_redis, servers.start_sandbox)
        )
        settings = Settings.read(environment(mongo, redis, wechat))
        patient = await running.enter_async_context(AsyncMongoClient[dict[str, Any]](mongo.uri))
        found = []
        for size in sizes:
            own = settings.replace(mongodb_database=f"{name}{size}", mongodb_timeout_ms=60_000)
            deps = await running.enter_async_context(open_dependencies(own))
            found.append(make(deps, size))
            note(f"writing {size} {name}")
            await found[-1].write()
            note("building the indexes")
            await mongo_indexes.apply(patient[own.mongodb_database])
        yield found


async def measure(
    cases: Sequence[Case[C]],
    pair: Sequence[C],
    what: str,
    documents: str,
    *,
    again: int = AGAIN,
) -> float:
    """Print a table of what the cases took; return the largest ratio."""
    say(COLUMNS.format(what, *(each.size for each in pair), documents))
    worst = 0.0
    for case in cases:
        note(case.name)
        counts, (small, large) = await timed(case, pair)
        for _ in range(again):
            if large > MOST * small:
                counts, (small, large) = await timed(case, pair)
        worst = max(worst, large / small)
        await _tell(case, pair, counts, [small, large])
    say("")
    return worst


async def _tell(case: Case[C], pair: Sequence[C], counts: list[int], took: list[float]) -> None:
    """Print the row of a case."""
    small, large = took
    cost = await one_query(case, pair[-1])
    rows = " / ".join(dict.fromkeys(str(count) for count in counts))
    keys = f"{cost.keys:,}{', sorted' if cost.sorts else ''}"
    say(
        f"| {case.name} | {rows} | {small:.1f} ms | {large:.1f} ms | {large / small:.2f} "
        f"| {keys} | {cost.documents:,} |"
    )


async def timed(case: Case[C], pair: Sequence[C]) -> tuple[list[int], list[float]]:
    """Return the rows of each database, and the median of what they took in ms."""
    took: list[list[float]] = [[] for _ in pair]
    rows: list[int] = []
    for number in range(FIRST + TIMES):
        rows = []
        for each, its in zip(pair, took, strict=True):
            began = time.perf_counter()
            found = await case.read(each)
            if number >= FIRST:
                its.append((time.perf_counter() - began) * 1000)
            rows.append(len(found))
    return rows, [statistics.median(its) for its in took]


async def one_query(case: Case[C], of: C) -> Cost:
    """Return what the database read. Raises ValueError for more queries of its collection."""
    found = [cost for cost in await costs(case, of) if cost.collection == case.of]
    if len(found) != 1 + case.more:
        raise ValueError(f"{case.name}: {len(found)} queries of {case.of}")
    return found[0]


async def costs(case: Case[C], of: C) -> list[Cost]:
    """Return each query of a case. Raises ValueError for one that no index serves."""
    db = of.deps.db
    # A row tells its whole plan: of many buildings some rows fill what there is by default.
    await db.create_collection("system.profile", capped=True, size=PROFILE_BYTES)
    await db.command("profile", 2)
    await case.read(of)
    await db.command("profile", 0)
    asked = {"ns": {"$ne": f"{db.name}.system.profile"}, "op": {"$in": READS}}
    rows = await db["system.profile"].find(asked).to_list()
    await db.drop_collection("system.profile")
    found = [_cost(row) for row in rows if "planSummary" in row]
    for cost in found:
        if "COLLSCAN" in cost.plan:
            raise ValueError(f"{case.name}: no index of {cost.collection}, {cost.plan}")
    return found


def _cost(row: dict[str, Any]) -> Cost:
    return Cost(
        collection=row["ns"].partition(".")[2],
        keys=row["keysExamined"],
        documents=row["docsExamined"],
        rows=row.get("nreturned", 0),
        sorts=row.get("hasSortStage", False),
        plan=row["planSummary"],
    )
