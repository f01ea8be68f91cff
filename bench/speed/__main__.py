"""Measure the figures; print their tables, and write the page when they are whole."""

import argparse
import signal
import sys
import time
from collections.abc import Iterator, Sequence

from bench.speed import page, trees, wrk
from bench.speed.models import Figure, Report
from bench.speed.registry import FIGURES
from bench.speed.stage import Stage


def main() -> None:
    # Ended from outside it cleans up as well: processes, and the checkout of the commit before.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))
    wish = parsed()
    try:
        wrk.find()
    except FileNotFoundError as error:
        sys.exit(str(error))
    for figure, report in run(wish.figure, wish.size):
        sys.stdout.write(f"\n{page.section(report, figure)}")
        if wish.size == "full":  # at once: a run is long, and the next figure may fail
            page.keep({figure.name: report}, FIGURES)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--figure", metavar="FIGURE", default=FIGURES, type=figures_of)
    parser.add_argument("--size", default="full", choices=["full", "small"])
    return parser.parse_args()


def figures_of(name: str) -> Sequence[Figure]:
    """Return the figure of a name, all of them of none. Raises ArgumentTypeError."""
    found = [figure for figure in FIGURES if name in {"", figure.name}]
    if not found:
        names = ", ".join(figure.name for figure in FIGURES)
        raise argparse.ArgumentTypeError(f"there is no {name}, but: {names}")
    return found


def run(figures: Sequence[Figure], size: str) -> Iterator[tuple[Figure, Report]]:
    with trees.before() as before:
        stage = Stage(before, trees.after(), is_small=size == "small")
        for figure in figures:
            note(figure.title)
            found = figure.measure(stage)
            report = Report(
                machine=trees.machine(),
                day=time.strftime("%Y-%m-%d", time.gmtime()),
                size=size,
                before=trees.BEFORE,
                after=trees.commit(),
                findings=figure.findings(found),
                behind=found.behind,
            )
            yield figure, report


def note(text: str) -> None:
    """Tell whoever waits how far it is: no part of the output."""
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {text}\n")


if __name__ == "__main__":
    main()
