"""What is measured: goals, figures, and what a run found."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct, field

from bench.speed.rounds import Spread, spread

if TYPE_CHECKING:
    from bench.speed.stage import Stage


class Goal(Struct, frozen=True):
    """One row of the table: what is measured, and what it should be at least or at most.

    `key`: its name within the figure. `unit`: "×" for a ratio. Neither bound: no worse than
    before, by as much as `slack` allows.
    """

    key: str
    what: str
    unit: str = "×"
    at_least: float | None = None
    at_most: float | None = None
    slack: float = 0.05

    def told(self) -> str:
        if self.at_least is not None:
            return f"≥ {number(self.at_least)}"
        return "no worse" if self.at_most is None else f"≤ {number(self.at_most)}"

    def is_met(self, before: float, after: float) -> bool:
        if self.at_least is not None:
            return after >= self.at_least
        most = before * (1 + self.slack) if self.at_most is None else self.at_most
        return after <= most


class Sides(Struct, frozen=True):
    """Values of the rounds, of the product before and after."""

    before: list[float]
    after: list[float]


class Finding(Struct, frozen=True):
    """Row that a run found."""

    goal: Goal
    before: Spread
    after: Spread

    @property
    def is_met(self) -> bool:
        return self.goal.is_met(self.before.median, self.after.median)


class Found(Struct):
    """What a figure found: the values of each goal's key, and those behind them by name."""

    sides: dict[str, Sides]
    behind: dict[str, list[float]] = field(default_factory=dict)


class Figure(Struct, frozen=True):
    """Figure of the table. `about`: one or two sentences for the page."""

    name: str
    title: str
    about: str
    goals: Sequence[Goal]
    measure: "Callable[[Stage], Found]"

    def findings(self, found: Found) -> list[Finding]:
        """Raises KeyError for a goal that was not measured."""
        return [
            Finding(goal, spread(sides.before), spread(sides.after))
            for goal in self.goals
            for sides in [found.sides[goal.key]]
        ]


class Machine(Struct, frozen=True):
    """What the figures depend on."""

    cpu: str
    cores: int
    memory_gb: float
    kernel: str
    python: str


class Report(Struct, frozen=True):
    """What one run found of a figure. Commits are short, day is UTC."""

    machine: Machine
    day: str
    size: str
    before: str
    after: str
    findings: list[Finding]
    behind: Mapping[str, list[float]] = {}


def number(value: float) -> str:
    """Write a figure with as many digits as mean something."""
    if value == int(value) and abs(value) < 1e15:  # noqa: PLR2004  # exact in a float
        return f"{int(value):,}"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"  # noqa: PLR2004
