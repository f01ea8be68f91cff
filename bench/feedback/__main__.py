"""Boards, searches, today's lists, figures and surveys beside the same of a hundredth.

    python -m bench.feedback [CASES] [--small CASES] [--only PART ...]

What is printed is the page docs/reference/feedback-load.md.
"""

import argparse
import asyncio
from typing import Final

from bench.feedback.figures import FIGURES, OF_ALL
from bench.feedback.lists import LISTS
from bench.feedback.said import Said
from bench.pairs import MOST, filled, measure, say

HEAD: Final = """# What lists and figures of feedback cost

`make feedback-bench > docs/reference/feedback-load.md` wrote this page: `bench/feedback/` fills
two databases, reads the first page of each list from both in turn, and divides. Times depend on
the machine: compare the ratios. Keys and documents are what the database read in the large one
for the one query of the page, by its profiler; "sorted" where it sorted them in memory. What
seems to take more than twice as long is measured anew, twice at most, and the last times count.
"""


async def cases(*sizes: int) -> None:
    async with filled("feedback", Said, sizes) as pair:
        say("## Feedback\n")
        worst = await measure(LISTS, pair, "first page", "cases")
        worst = max(worst, await measure(FIGURES, pair, "figures", "cases"))
        say(f"The largest ratio is {worst:.2f}; {MOST:.0f} is the most that is promised.\n")
        say("Beyond it:\n")
        await measure(OF_ALL, pair, "figures", "cases")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("cases", nargs="?", type=int, default=200_000)
    parser.add_argument("--small", type=int, default=2_000)
    wish = parser.parse_args()
    asyncio.run(cases(wish.small, wish.cases))


if __name__ == "__main__":
    main()
