"""Discounts of a home: what it was granted, as its bills take it. Pure functions.

A discount ends when the home changes hands: it was granted to a household, and not to the next
one. Of several on one day the largest counts, and they are not added up.
"""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from services.fee_reductions import periods
from services.fee_reductions.models import Reduction
from services.fees.models import FeeKind
from services.kernel.days import Day


class Discount(Struct, frozen=True):
    """Share of some fees that a home is not charged from a day to a day: hundredths of 1 %."""

    kinds: Sequence[FeeKind]
    first: Day
    last: Day
    off: int

    def holds(self, kind: FeeKind, day: Day) -> bool:
        return kind in self.kinds and self.first <= day <= self.last


def by_home(
    found: Iterable[Reduction], hand_overs: Mapping[str, Sequence[Day]]
) -> dict[str, list[Discount]]:
    """Return home → its discounts, each while the home has the owners who were granted it."""
    discounts: dict[str, list[Discount]] = {}
    for one in found:
        last = periods.reduced_until(one, hand_overs.get(one.home, ()))
        if one.from_day <= last:
            made = Discount(one.kinds, one.from_day, last, one.share)
            discounts.setdefault(one.home, []).append(made)
    return discounts


def turns(discounts: Sequence[Discount], kind: FeeKind) -> set[tuple[Day, Day | None]]:
    """Return the first and last days on which what is charged of a fee may change."""
    return {(one.first, one.last) for one in discounts if kind in one.kinds}


def off_on(discounts: Sequence[Discount], kind: FeeKind, day: Day) -> int:
    """Return the share of a fee that is not charged on a day, in hundredths of a percent."""
    return max((one.off for one in discounts if one.holds(kind, day)), default=0)


def lines(found: Iterable[Reduction]) -> list[str]:
    """Write down what bills take of what was granted, for the digest of their basis."""
    return [
        f"{one.id},{one.from_day},{one.last_day},{one.share},{'|'.join(one.kinds)}"
        for one in found
    ]
