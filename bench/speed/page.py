"""Page of the figures: the table is made of one run, and nothing in it is typed by hand."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

from bench.product import ROOT
from bench.speed import trees
from bench.speed.models import Figure, Finding, Report, number
from bench.speed.rounds import Spread, spread

PAGE: Final = ROOT / "docs" / "reference" / "speed.md"
# What the page is made of: figure → its last whole run.
KEPT: Final = PAGE.with_suffix(".json")
HEAD: Final = """# How fast it is

`make bench` wrote this page: it drives the product as it was (*before*: commit {before}, which
does much less) and as it is (*after*) in one run on one machine, in short alternating rounds,
beside the bare work that each figure names. A ratio is taken within a round; shown are the
median of the rounds and, in brackets, the least and the most of them. "No worse" allows for a
twentieth. The load generator is `wrk` (`apt-get install wrk`); it, MongoDB and Redis share the
machine with what is measured: rates are lower bounds, ratios are what counts.

`make bench` measures all of it. Below its tables each figure has the command that measures it
alone, and writes its part of the page anew, and the commits; one with "+" had changes on top.
`SIZE=small` beside the command tries it at a small size, which measures nothing worth keeping,
and only prints it.
Why it is as it is, and what did not help: [speed](../explanation/speed.md).
"""
RUN: Final = """Measured by `make bench FIGURE={name}` on {day} (UTC).
*Before* is commit {before}, *after* is {after}.
Machine: {cores} cores ({cpu}), {memory:.0f} GB of memory, Linux {kernel}, Python {python}.
"""
TABLE: Final = """| figure | before | after | goal | met |
|---|---|---|---|---|
"""
BEHIND: Final = """| behind it | |
|---|---|
"""


def keep(
    reports: Mapping[str, Report], figures: Sequence[Figure], to: Path = PAGE, kept: Path = KEPT
) -> None:
    """Keep what a run found, and write the page of the last run of each figure."""
    latest = {**read(kept), **reports}
    kept.write_bytes(msgspec.json.format(msgspec.json.encode(latest)) + b"\n")
    to.write_text(page(latest, figures), encoding="utf-8")


def read(kept: Path = KEPT) -> dict[str, Report]:
    """Return what is kept: figure → its last whole run."""
    if not kept.exists():
        return {}
    return msgspec.json.decode(kept.read_bytes(), type=dict[str, Report])


def page(reports: Mapping[str, Report], figures: Sequence[Figure]) -> str:
    measured = [figure for figure in figures if figure.name in reports]
    sections = [section(reports[figure.name], figure) for figure in measured]
    return "\n".join([HEAD.format(before=trees.BEFORE), *sections])


def section(report: Report, figure: Figure) -> str:
    text = f"## {figure.title}\n\n{figure.about}\n\n{table(report.findings)}"
    return text + behind(report.behind) + f"\n{run(report, figure)}"


def run(report: Report, figure: Figure) -> str:
    machine = report.machine
    return RUN.format(
        name=figure.name,
        before=report.before,
        after=report.after,
        day=report.day,
        cores=machine.cores,
        cpu=machine.cpu,
        memory=machine.memory_gb,
        kernel=machine.kernel,
        python=machine.python,
    )


def table(findings: Sequence[Finding]) -> str:
    return TABLE + "".join(f"{row(each)}\n" for each in findings)


def behind(values: Mapping[str, Sequence[float]]) -> str:
    """Return the table of what the figures are made of; nothing where there is nothing."""
    if not values:
        return ""
    rows = "".join(f"| {name} | {shown(spread(of), '')} |\n" for name, of in values.items())
    return f"\n{BEHIND}{rows}"


def row(finding: Finding) -> str:
    goal = finding.goal
    before, after = (shown(side, goal.unit) for side in (finding.before, finding.after))
    met = "yes" if finding.is_met else "no"
    return f"| {goal.what} | {before} | {after} | {goal.told()} | {met} |"


def shown(side: Spread, unit: str) -> str:
    span = "" if side.least == side.most else f" ({number(side.least)}–{number(side.most)})"
    return f"{number(side.median)} {unit}".rstrip() + span
