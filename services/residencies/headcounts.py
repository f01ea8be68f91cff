"""Headcounts: how many people were registered for a home on a day.

Owners, co-owners, family and tenants, each person once; who only pays for the home is none of
them. Whoever was written down by mistake, ended before their first day, never counted. Where
nobody is registered the number is not known, and nothing is guessed: the register of an old
compound often names no one.
"""

from collections import defaultdict
from collections.abc import Sequence

from services.dependencies import Dependencies
from services.kernel.days import Day
from services.residencies import store
from services.residencies.models import Stay


def count(stays: Sequence[Stay], day: Day) -> int | None:
    """Return how many people were registered on a day; None for nobody."""
    there = {
        s.who for s in stays if s.from_day <= day and (s.to_day is None or day <= s.to_day)
    }
    return len(there) or None


async def stays_of(deps: Dependencies, homes: Sequence[str]) -> dict[str, list[Stay]]:
    """Return home → the days of all who are or were registered for it."""
    found: dict[str, list[Stay]] = defaultdict(list)
    for home, stay in await store.stays_of(deps.db, homes):
        found[home].append(stay)
    return dict(found)
