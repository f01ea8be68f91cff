"""Liability for charges of a home that changes hands: which owners owe which days.

Pure functions. `hand_overs`: the first days on which a home has other owners, in order, or none
that is known (services/residencies/tenures.py). Owners are named by their first day.
"""

from bisect import bisect_right
from collections.abc import Sequence
from typing import Final

from services.fees.models import HandOver
from services.kernel.days import Day, last_day, plus_days

BEGINNING: Final = ""  # the first day of a home's first owners


def owners(by: HandOver, day: Day, hand_overs: Sequence[Day]) -> Day:
    """Return who owes a day, by what the contract says of the month of a hand-over."""
    match by:
        case HandOver.SELLER:
            return _on(f"{day[:7]}-01", hand_overs)
        case HandOver.BUYER:
            return _on(last_day(day[:7]), hand_overs)
        case HandOver.DAYS:
            return _on(day, hand_overs)


def liable_on(first: Day, owners: Day, hand_overs: Sequence[Day]) -> Day:
    """Return the day of its owners that is nearest to the first day of a bill."""
    last, own = until(owners, hand_overs), max(first, owners)
    return own if last is None else min(own, last)


def until(day: Day, hand_overs: Sequence[Day]) -> Day | None:
    """Return the last day of the owners of a day, or None while they own the home."""
    number = bisect_right(hand_overs, day)
    return plus_days(hand_overs[number], -1) if number < len(hand_overs) else None


def _on(day: Day, hand_overs: Sequence[Day]) -> Day:
    number = bisect_right(hand_overs, day)
    return hand_overs[number - 1] if number else BEGINNING
