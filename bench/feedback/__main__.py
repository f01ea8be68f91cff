"""Boards, searches, today's lists, figures and surveys beside the same of a hundredth.

    python -m bench.feedback [CASES] [--homes HOMES] [--answers ANSWERS]

What is printed is the page docs/reference/feedback-load.md.
"""

import argparse
import asyncio
import sys
from typing import Final

from bench.feedback import answers, today
from bench.feedback.answers import Answers
from bench.feedback.figures import FIGURES, OF_ALL
from bench.feedback.grid import Grid
from bench.feedback.lists import LISTS
from bench.feedback.said import Said
from bench.pairs import filled, is_kept, measure, say
from bench.product import machine

HEAD: Final = """# What lists and figures of feedback cost

`make feedback-bench > docs/reference/feedback-load.md` wrote this page: `bench/feedback/` fills
two databases, reads the first page of each list from both in turn, and divides. Times depend on
the machine: compare the ratios. Keys and documents are what the database read in the large one
for the one query of the page, by its profiler; "sorted" where it sorted them in memory. What
seems to take more than twice as long is measured anew, twice at most, and the last times count.
"""
GRID: Final = """The large grid has a hundred times the buildings, too. Each is a range of an
index, of which the first rows are read and merged: a kind reads about what it shows and a key
for each building, however many homes there are.
"""


async def cases(*sizes: int) -> bool:
    """Print what was measured of feedback; tell whether what is promised is kept."""
    async with filled("feedback", Said, sizes) as pair:
        say("## Feedback\n")
        worst = await measure(LISTS, pair, "first page", "cases")
        worst = max(worst, await measure(FIGURES, pair, "figures", "cases"))
        kept = is_kept(worst)
        say("Beyond it:\n")
        await measure(OF_ALL, pair, "figures", "cases", again=0)
    return kept


async def heads(*sizes: int) -> None:
    async with filled("homes", Grid, sizes) as pair:
        say(f"## Today's list of a grid's head with {sizes[-1]:,} homes\n")
        say(GRID)
        await today.measure(today.PAGES, "list", pair)
        await today.require_one_each(pair)
        await today.measure(today.COUNTS, "counts", pair)


async def surveys(*sizes: int) -> bool:
    """Print what was measured of a survey; tell whether what is promised is kept."""
    async with filled("answers", Answers, sizes) as pair:
        say(f"## A survey of {sizes[-1]:,} answers\n")
        kept = await answers.measure(pair)
        await measure(answers.PAGES, pair, "page", "results")
    return kept


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("cases", nargs="?", type=int, default=200_000)
    parser.add_argument("--homes", type=int, default=50_000)
    parser.add_argument("--answers", type=int, default=100_000)
    if not asyncio.run(run(parser.parse_args())):
        sys.exit("a ratio is larger than the one that is promised")


async def run(wish: argparse.Namespace) -> bool:
    """Print the page; tell whether what it promises is kept."""
    say(HEAD)
    say(f"Machine: {machine()}\n")
    lists = await cases(wish.cases // 100, wish.cases)
    await heads(wish.homes // 100, wish.homes)
    return await surveys(wish.answers // 5, wish.answers) and lists


if __name__ == "__main__":
    main()
