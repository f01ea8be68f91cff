"""Points of a series: what is counted of each part and month, and what of it is withheld."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec
from msgspec import Struct

from services.kernel.days import Month
from services.statistics import small_groups
from services.statistics.measures import Figures
from services.statistics.models import Counts, MonthRates, Rates
from services.statistics.rates import rates
from services.statistics.withheld_figures import Hidden

NOTHING: Final = Counts()


class Points(Struct, frozen=True, kw_only=True):
    """Counts of the parts of some places by month. `hidden`: what somebody does not get."""

    months: Sequence[Month]
    counts: Mapping[str, Mapping[Month, Counts]]
    hidden: Mapping[Month, Hidden]

    def whole(self, place: str) -> list[MonthRates]:
        """Return the rates of the one place that all parts are of."""
        found = []
        for month in self.months:
            counts = sum((own.get(month, NOTHING) for own in self.counts.values()), NOTHING)
            told = self._told(month, [place], counts)
            found.append(MonthRates(period=month, rates=told))
        return found

    def line(self, parts: Mapping[Month, Iterable[str]]) -> list[MonthRates]:
        """Return the rates of some parts together, of those months in which there are any.

        A sum of parts is told only where each of them is: it tells nothing beyond them.
        """
        found = []
        for month in self.months:
            if own := [*parts.get(month, ())]:
                counts = sum((self.counts[part].get(month, NOTHING) for part in own), NOTHING)
                told = self._told(month, own, counts)
                found.append(MonthRates(period=month, rates=told))
        return found

    def _told(self, month: Month, places: Iterable[str], counts: Counts) -> Rates | None:
        told = [rates_told(self.hidden[month], place, counts) for place in places]
        if None in told:
            return None
        return next((each for each in told if each and not each.arrears_recovery_rate), told[0])


def rates_told(hidden: Hidden, place: str, counts: Counts) -> Rates | None:
    """Return the rates of a place as far as they are told; None when nothing is left."""
    if small_groups.is_withheld(place, hidden.rates):
        return None
    found = rates(counts)
    if not small_groups.is_withheld(place, hidden.arrears):
        return found
    without = msgspec.structs.replace(found, arrears_recovery_rate=None)
    return without if counts.billed_homes else None


def by_month(figures: Mapping[str, Figures]) -> dict[str, dict[Month, Counts]]:
    """Return part → month → counts, of figures that are named "month|figure"."""
    found: dict[str, dict[Month, Counts]] = {}
    for part, named in figures.items():
        months: dict[Month, dict[str, int]] = {}
        for name, amount in named.items():
            month, _, figure = name.partition("|")
            months.setdefault(month, {})[figure] = amount
        found[part] = msgspec.convert(months, dict[Month, Counts])
    return found


def all_hidden(
    found: Sequence[Mapping[Month, Hidden]], months: Sequence[Month]
) -> dict[Month, Hidden]:
    """Return month → what is withheld of all places together."""
    return {
        month: Hidden(
            rates=frozenset().union(*(each[month].rates for each in found)),
            arrears=frozenset().union(*(each[month].arrears for each in found)),
        )
        for month in months
    }
