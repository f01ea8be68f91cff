"""Debtors of an agreement: who owes its bills by the register, on whom it binds."""

from services.dependencies import Dependencies
from services.kernel.days import Day
from services.residencies import owners, tenures
from services.residencies.models import Residency


async def of(deps: Dependencies, home: str, liable_on: Day) -> list[Residency]:
    """Return who owes what a home was charged for a day."""
    rows = await owners.debtors_of(deps, [home])
    return tenures.debtors(rows[home], liable_on)


async def people(deps: Dependencies, home: str, liable_on: Day) -> list[str]:
    """Return the accounts of who owes it; nobody who only lives there or pays for others."""
    return sorted({row.person for row in await of(deps, home, liable_on) if row.person})
