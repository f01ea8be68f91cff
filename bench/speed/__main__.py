"""Measure the figures, print the table and write the page and the JSON."""

import argparse
import signal
import sys
import time
from pathlib import Path

import msgspec

from bench.speed import page, trees, wrk
from bench.speed.models import Figure, Report
from bench.speed.registry import FIGURES
from bench.speed.stage import Stage


def main() -> None:
    # Ended from outside it cleans up as well: processes, and the checkout of the commit before.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))
    wish = parsed()
    figures = [figure for figure in FIGURES if wish.figure in {"", figure.name}]
    try:
        wrk.find()
    except FileNotFoundError as error:
        sys.exit(str(error))
    report = run(figures, wish.size)
    sys.stdout.write("".join(f"\n{page.section(report, figure)}" for figure in figures))
    if wish.json:
        Path(wish.json).write_bytes(msgspec.json.format(msgspec.json.encode(report)))
    if not wish.figure and wish.size == "full":
        page.write(report, figures)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    names = ["", *(figure.name for figure in FIGURES)]
    parser.add_argument("--figure", default="", choices=names)
    parser.add_argument("--size", default="full", choices=["full", "small"])
    parser.add_argument("--json", default="")
    return parser.parse_args()


def run(figures: list[Figure], size: str) -> Report:
    findings, behind = [], {}
    with trees.before() as before:
        stage = Stage(before, trees.after(), is_small=size == "small")
        for figure in figures:
            note(figure.title)
            found = figure.measure(stage)
            findings += figure.findings(found)
            behind[figure.name] = found.behind
    return Report(
        machine=trees.machine(),
        day=time.strftime("%Y-%m-%d", time.gmtime()),
        size=size,
        before=trees.BEFORE,
        after=trees.commit(),
        findings=findings,
        behind=behind,
    )


def note(text: str) -> None:
    """Tell whoever waits how far it is: no part of the output."""
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {text}\n")


if __name__ == "__main__":
    main()
