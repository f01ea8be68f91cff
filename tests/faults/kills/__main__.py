"""Kill the product while people pay, and see that no fen is lost: `make faults`.

    python -m tests.faults.kills [--seed 15] [--only long|three|mutants]

What is printed is the page docs/reference/faults.md.
"""

import argparse
import asyncio
import sys
from collections.abc import Iterator, Sequence
from logging import CRITICAL, getLogger

from msgspec.structs import replace

from server.observability import configure_logging
from server.settings import Settings
from tests.faults.kills import page
from tests.faults.kills.mutants import MUTANTS, planted
from tests.faults.kills.plan import LONG, OF_A_MUTANT, THREE
from tests.faults.kills.run import Outcome, run

PARTS = ("long", "three", "mutants")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seed", type=int, default=LONG.seed)
    parser.add_argument("--only", choices=PARTS, action="append")
    wish = parser.parse_args()
    configure_logging(Settings(log_level="error"))
    # Requests that a killed process left; and what is printed is the page.
    getLogger("tornado").setLevel(CRITICAL)
    sys.stderr.write(f"seed {wish.seed}\n")
    say(page.head())
    if not all([*runs(wish.seed, wish.only or PARTS)]):
        sys.exit("not as it should be: see the tables")


def say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def runs(seed: int, parts: Sequence[str]) -> Iterator[bool]:
    """Run what is asked for and print it; yield whether each run is as it should be."""
    for part, plan in (("long", LONG), ("three", THREE)):
        if part in parts:
            outcome = noted(asyncio.run(run(replace(plan, seed=seed))))
            say(f"\n{page.section(outcome)}")
            yield outcome.is_right
    if "mutants" in parts:
        say(f"\n{page.MUTANTS_HEAD}")
        for mutant in MUTANTS:
            with planted(mutant) as tree:
                it = {"title": mutant.title, "at": mutant.at, "tree": tree}
                plan = replace(OF_A_MUTANT, seed=seed, **it)
                outcome = noted(asyncio.run(run(plan)))
            say(page.mutant(outcome))
            yield bool(outcome.problems[mutant.finds])


def noted(outcome: Outcome) -> Outcome:
    """Tell whoever waits how a run went: no part of the page."""
    counts = {title: len(lines) for title, lines in outcome.problems.items() if lines}
    sys.stderr.write(
        f"{outcome.plan.title}: {outcome.kills.total()} kills and stops, "
        f"{outcome.load_seconds:.0f} s, quiet after {outcome.quiet_after}, found {counts}\n"
    )
    for title, lines in outcome.problems.items():
        sys.stderr.writelines(f"  {title}: {line}\n" for line in lines[:5])
    sys.stderr.flush()
    return outcome


if __name__ == "__main__":
    main()
