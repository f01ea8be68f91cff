"""Months of compounds by firm: whose figures a month of a compound is among.

A contract holds by days, and sums of bills are kept by months. A month counts for the firm
whose contract holds on its first day, since most bills of it are liable on that day; where none
does, for the one whose contract begins first within the month. So each month counts once.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from services.dependencies import Dependencies
from services.firms import store
from services.firms.models import Contract
from services.kernel.days import Month, last_day

NO_FIRM: Final = ""
FirmOf = Mapping[tuple[str, Month], str]  # (compound, month) → id of the firm


async def under(deps: Dependencies, places: Sequence[str], months: Sequence[Month]) -> FirmOf:
    """Return who served the compounds under some places in each of some months; one query."""
    first, last = f"{months[0]}-01", last_day(months[-1])
    return firms_of(await store.within(deps.db, places, first, last), months)


async def of_firm(deps: Dependencies, firm: str, months: Sequence[Month]) -> FirmOf:
    """Return the compounds and months in which a firm served; two queries."""
    first, last = f"{months[0]}-01", last_day(months[-1])
    compounds = await store.compounds_of(deps.db, firm, first, last)
    served = await under(deps, compounds, months)
    return {key: each for key, each in served.items() if each == firm}


def firms_of(contracts: Iterable[Contract], months: Sequence[Month]) -> FirmOf:
    """Return (compound, month) → firm, where there is one."""
    found: dict[tuple[str, Month], str] = {}
    # one that was ended before its first day held on no day at all
    held = [each for each in contracts if each.from_day <= each.to_day]
    for contract in sorted(held, key=lambda contract: contract.from_day):
        for month in months:
            if contract.from_day <= last_day(month) and f"{month}-01" <= contract.to_day:
                found.setdefault((contract.place, month), contract.firm)
    return found
