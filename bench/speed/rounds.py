"""Alternating rounds: A B A B, so that whatever else the machine does slows every side alike.

What is compared is compared within a round; the median and the spread are of the rounds.
"""

import statistics
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from msgspec import Struct

WARM_UP: Final = 1  # rounds that are not counted: connections open, plans are tried


class Spread(Struct, frozen=True):
    """Median of the rounds, and the least and the most of them."""

    median: float
    least: float
    most: float


def spread(values: Sequence[float]) -> Spread:
    """Raises StatisticsError for no values."""
    return Spread(statistics.median(values), min(values), max(values))


def ratios(values: Sequence[float], beside: Sequence[float]) -> list[float]:
    """Divide the values of each round. Raises ValueError unless both sides have all rounds."""
    return [value / other for value, other in zip(values, beside, strict=True)]


def alternate(
    sides: Mapping[str, Callable[[], float]], rounds: int, *, warm_up: int = WARM_UP
) -> dict[str, list[float]]:
    """Return side → what it gave in each round; every other round runs in the other order."""
    found: dict[str, list[float]] = {name: [] for name in sides}
    for number in range(warm_up + rounds):
        order = list(sides) if number % 2 == 0 else list(sides)[::-1]
        for name in order:
            value = sides[name]()
            if number >= warm_up:
                found[name].append(value)
    return found
