"""Interest for being late: simple, by the day, on what was owed when the day was over.

Pure functions. Nothing is charged on a late charge itself. The day on which something is paid
does not count any more. One sum is rounded once, half up.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import groupby

from msgspec import Struct

from services.kernel.days import Day, days_between
from services.kernel.money import half_up, yuan
from services.late_charges.rules.models import MILLION
from services.late_charges.rules.warnings import percent

Span = tuple[Day, Day | None]  # first and last day; None: it goes on


class Part(Struct, frozen=True):
    """So much was owed for so many days."""

    fen: int
    days: int


class Counted(Struct, frozen=True, kw_only=True):
    """Late charge of some days.

    `first`, `last`: the first and the last that is counted; "" for none. `days`: how many are
    counted. `stopped`: on how many others something was owed that is not counted.
    `fen`: what it comes to. `explanation`: the whole computation on one line, in Chinese.
    """

    first: Day
    last: Day
    days: int
    stopped: int
    fen: int
    explanation: str


def balances(changes: Mapping[Day, int], first: Day, last: Day) -> list[tuple[Day, int]]:
    """Return each day from the first to the last with what was owed when it was over.

    `changes`: day → by how much more was owed since; below 0 for less.
    """
    if last < first:
        return []
    owed = sum(fen for day, fen in changes.items() if day < first)
    found = []
    for day in days_between(first, last):
        owed += changes.get(day, 0)
        found.append((day, owed))
    return found


def stopped_days(spans: Iterable[Span], first: Day, last: Day) -> frozenset[Day]:
    """Return the days from the first to the last that are in some of the spans."""
    found: set[Day] = set()
    for begins, ends in spans:
        begin, end = max(begins, first), min(ends or last, last)
        found.update(days_between(begin, end) if begin <= end else ())
    return frozenset(found)


def count(
    owed: Sequence[tuple[Day, int]],
    stopped: frozenset[Day],
    daily_rate: int,
    *,
    most: int | None,
) -> Counted:
    """Count the late charge of some days.

    `owed`: each day with what was owed. `daily_rate`: millionths. `most`: the fen that the
    contract's cap leaves; None without a cap.
    """
    late = [(day, fen) for day, fen in owed if fen > 0]
    counted = [(day, fen) for day, fen in late if day not in stopped]
    groups = groupby(counted, key=lambda each: each[1])
    parts = [Part(fen, len([*some])) for fen, some in groups]
    exact = Fraction(sum(each.fen * each.days for each in parts) * daily_rate, MILLION)
    full = half_up(exact)
    fen = full if most is None else max(0, min(full, most))
    left_out = len(late) - len(counted)
    return Counted(
        first=counted[0][0] if counted else "",
        last=counted[-1][0] if counted else "",
        days=len(counted),
        stopped=left_out,
        fen=fen,
        explanation=_explain(parts, daily_rate, full, fen, stopped=left_out),
    )


def _explain(
    parts: Sequence[Part], daily_rate: int, full: int, fen: int, *, stopped: int
) -> str:
    """Write a late charge on one line: 欠费51.18元×0.05%×31天=0.79元."""
    rate = percent(daily_rate)
    if len(parts) == 1:
        text = f"欠费{yuan(parts[0].fen)}元×{rate}×{parts[0].days}天={yuan(full)}元"
    else:
        sums = "+".join(f"{yuan(each.fen)}元×{each.days}天" for each in parts)
        text = f"欠费({sums})×{rate}={yuan(full)}元"
    if stopped:
        text += f",另有{stopped}天不计"
    return text if fen == full else f"{text},按合同上限计{yuan(fen)}元"
