"""Boards, searches, lists and figures of 200,000 repairs beside the same of 2,000.

    python -m bench.repairs [REPAIRS] [--small REPAIRS]

Both cities are read by each case (lists.py, figures.py) in turn (pairs.py). What is printed is
the page docs/reference/repairs-load.md.
"""

import argparse
import asyncio
import sys
import time
from typing import Final

from bench.figures import FIGURES
from bench.lists import LISTS, NEVER_BOTH
from bench.pairs import filled, is_kept, measure, note, one_query, say, timed
from bench.product import machine
from bench.tickets import Tickets
from services.repairs.figures import jobs as figures

HEAD: Final = """# What lists and figures of repairs cost

`make repairs-bench > docs/reference/repairs-load.md` wrote this page: `bench/repairs.py`
fills two cities, reads the first page of each list from both in turn, and divides; then the
figures. Times depend on the machine: compare the ratios. Keys and documents are what the
database read in the large city for the one query of the page, by its profiler. What seems to
take more than twice as long is measured anew, twice at most, and the last times count.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("repairs", nargs="?", type=int, default=200_000)
    parser.add_argument("--small", type=int, default=2_000)
    wish = parser.parse_args()
    if not asyncio.run(run(wish.small, wish.repairs)):
        sys.exit("a ratio is larger than the one that is promised")


async def run(*sizes: int) -> bool:
    """Print the page; tell whether what it promises is kept."""
    async with filled("repairs", Tickets, sizes) as cities:
        say(HEAD)
        say(f"Machine: {machine()}\n")
        worst = await measure(LISTS, cities, "first page", "repairs")
        counted = [await rebuilt(city) for city in cities][-1]
        worst = max(worst, await measure(FIGURES, cities, "figures", "documents"))
        kept = is_kept(worst)
        say(f"{counted}\n")
        await beyond(cities)
    return kept


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
    cost = await one_query(NEVER_BOTH, cities[-1])
    say(
        f"Beyond it: two words that are each in many texts of a city and in none together. All "
        f"with one of them is read, {cost.documents:,} repairs in {large:.0f} ms beside "
        f"{small:.0f}.\n"
    )


if __name__ == "__main__":
    main()
