"""Page of the figures: the table is made of one run, and nothing in it is typed by hand."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from bench.product import ROOT
from bench.speed.models import Figure, Finding, Report, number
from bench.speed.rounds import Spread, spread

PAGE: Final = ROOT / "docs" / "reference" / "speed.md"
HEAD: Final = """# How fast it is

`make bench` wrote this page: it drives the product as it was (*before*, commit {before}) and
as it is (*after*, commit {after}) in one run on one machine, in short alternating rounds,
beside the bare work that each figure names. A ratio is taken within a round; shown are the
median of the rounds and, in brackets, the least and the most of them. The load generator is
`wrk`; it, MongoDB and Redis share the machine with what is measured: rates are lower bounds,
ratios are what counts.

`make bench FIGURE={example}` measures one figure and prints it, without touching this page;
`SIZE=small` tries everything at a small size, which measures nothing worth keeping;
`JSON=path` keeps every round.

Run on {day} (UTC), size {size}: {cores} cores ({cpu}), {memory:.0f} GB of memory,
Linux {kernel}, Python {python}.
"""
TABLE: Final = """| figure | before | after | goal | met |
|---|---|---|---|---|
"""
BEHIND: Final = """| behind it | |
|---|---|
"""


def write(report: Report, figures: Sequence[Figure], to: Path = PAGE) -> None:
    to.write_text(page(report, figures), encoding="utf-8")


def page(report: Report, figures: Sequence[Figure]) -> str:
    machine = report.machine
    head = HEAD.format(
        before=report.before,
        after=report.after,
        example=figures[0].name,
        day=report.day,
        size=report.size,
        cores=machine.cores,
        cpu=machine.cpu,
        memory=machine.memory_gb,
        kernel=machine.kernel,
        python=machine.python,
    )
    return "\n".join([head, *(section(report, figure) for figure in figures)])


def section(report: Report, figure: Figure) -> str:
    found = [each for each in report.findings if each.figure == figure.name]
    text = f"## {figure.title}\n\n{figure.about}\n\n{table(found)}"
    return text + behind(report.behind.get(figure.name, {}))


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
