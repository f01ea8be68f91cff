"""Arrears of each month of a span, from one pass over the kept sums of bills.

They are what `arithmetic.arrears` finds of each month by itself: of the years that a chart
shows, a city's sums are gone through once and not once a month. What the cells mean, says
services/bills/sums/arithmetic.py.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import accumulate

from services.bills.sums.arithmetic import FEES
from services.kernel.days import Month, months_from
from services.kernel.measures import Span, of_month
from services.kernel.sums import WHOLE, Cells


def arrears(cells: Cells, span: Span) -> Counter[str]:
    """Return "month|figure" → fen recovered in a month, and remaining at its end."""
    kinds = {span.kind} if span.kind else FEES
    months = months_from(span.period, span.months)
    recovered: Counter[Month] = Counter()
    steps = [0] * (len(months) + 1)  # how much more remains than a month before
    for (month, name), amount in cells.items():
        kind, what, *after = name.split("|")
        if kind not in kinds:
            continue
        if what == "owing" and month == WHOLE:
            steps[0] += amount
        elif what == "owing":
            # until its month is over it is no arrears yet
            steps[0] -= amount
            steps[bisect_right(months, month)] += amount
        elif what == "late" and after[0] < month:
            recovered[month] += amount
            steps[bisect_right(months, after[0])] += amount
            steps[bisect_left(months, month)] -= amount
    return _named(months, recovered, dict(zip(months, accumulate(steps), strict=False)))


def _named(
    months: Sequence[Month], recovered: Mapping[Month, int], remaining: Mapping[Month, int]
) -> Counter[str]:
    """Return both figures of those months in which there is any of them."""
    found: Counter[str] = Counter()
    for month in months:
        if recovered[month] or remaining[month]:
            found[of_month(month, "recovered_fen")] = recovered[month]
            found[of_month(month, "remaining_fen")] = remaining[month]
    return found
