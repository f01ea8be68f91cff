"""Today's list of a grid's head, each kind alone, and what supervisors count: measured.

What it asks of the database is counted. A grid of a hundred times as many homes has a hundred
times as many buildings, each of which is a range of an index of its own.
"""

from collections.abc import Sequence
from typing import Any, Final

from bench.feedback.grid import COMPOUND, Grid
from bench.pairs import AGAIN, MOST, Case, costs, note, say, timed
from server.features import FEATURES
from services.kernel.today import Part, TodayKind
from services.today import actions as today
from services.today import place_counts
from services.today.models import MyTodayQuery, TodayCountsQuery

HEADER: Final = """| {} | rows | p50 of {:,} homes | {:,} | ratio | queries | keys | documents |
|---|---|---|---|---|---|---|---|"""
LIMIT: Final = 50
BESIDE: Final = 2  # what was put off, and the addresses


async def first_page(grid: Grid) -> list[Any]:
    return (await today.listing(grid.deps, grid.head, MyTodayQuery(limit=LIMIT))).items


async def second_page(grid: Grid) -> list[Any]:
    first = await today.listing(grid.deps, grid.head, MyTodayQuery(limit=LIMIT))
    query = MyTodayQuery(limit=LIMIT, cursor=first.next_cursor)
    return (await today.listing(grid.deps, grid.head, query)).items


async def badge(grid: Grid) -> list[Any]:
    return (await today.badge(grid.deps, grid.head)).kinds


async def counted(grid: Grid) -> list[Any]:
    query = TodayCountsQuery(place=COMPOUND, limit=2)
    return (await place_counts.listing(grid.deps, grid.supervisor, query)).items


async def counted_many(grid: Grid) -> list[Any]:
    query = TodayCountsQuery(place=COMPOUND, limit=LIMIT)
    return (await place_counts.listing(grid.deps, grid.supervisor, query)).items


def of_kind(kind: TodayKind) -> Case[Grid]:
    async def read(grid: Grid) -> Sequence[Any]:
        return await kind.read(grid.deps, today.as_head(grid.head), Part(limit=LIMIT + 1))

    return Case(f"{kind.name}, {kind.label}", read, "")


def counts_of(kind: TodayKind) -> Case[Grid]:
    """Return the count of a kind, of the first two buildings and of the whole compound."""

    async def read(grid: Grid) -> Sequence[Any]:
        places = [*grid.buildings[:2], COMPOUND]
        return list(await kind.count(grid.deps, grid.supervisor, places))

    return Case(f"counts of {kind.name}", read, "")


PAGES: Final = (
    Case("first page", first_page, ""),
    Case("the first two pages", second_page, ""),
    Case("how much there is", badge, ""),
    *map(of_kind, FEATURES.today),
)
COUNTS: Final = (
    Case("counts of two buildings", counted, ""),
    Case("counts of all, fifty a page", counted_many, ""),
    *map(counts_of, FEATURES.today),
)


async def measure(cases: Sequence[Case[Grid]], what: str, pair: Sequence[Grid]) -> None:
    """Print a table of what the cases took, and how often they asked."""
    say(HEADER.format(what, *(each.size for each in pair)))
    for case in cases:
        note(case.name)
        counts, (small, large) = await timed(case, pair)
        for _ in range(AGAIN):
            if large > MOST * small:
                counts, (small, large) = await timed(case, pair)
        found = await costs(case, pair[-1])
        keys, read = sum(cost.keys for cost in found), sum(cost.documents for cost in found)
        rows = " / ".join(dict.fromkeys(str(count) for count in counts))
        sorted_ = ", sorted" if any(cost.sorts for cost in found) else ""
        say(
            f"| {case.name} | {rows} | {small:.1f} ms | {large:.1f} ms | {large / small:.2f} "
            f"| {len(found)} | {keys:,}{sorted_} | {read:,} |"
        )
    say("")


async def require_one_each(pair: Sequence[Grid]) -> None:
    """Raise AssertionError when the first page asks a kind more than once."""
    asked, kinds = len(await costs(PAGES[0], pair[-1])), len(FEATURES.today)
    if asked != kinds + BESIDE:
        raise AssertionError(f"the first page asks {asked} times for {kinds} kinds")
    say(
        f"The first page asks {asked} times: once for each of {kinds} kinds, once for what was "
        "put off, and once for the addresses.\n"
    )
