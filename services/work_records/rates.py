"""Rates of fee collection of the place of an office, as the head sees them anywhere else.

services/statistics computes them and withholds what would be about fewer than five homes: asked
with what the head holds today, and the office itself, which may have ended.
"""

from typing import Final

from services.dependencies import Dependencies
from services.grants import actions as grants
from services.kernel.measures import Span
from services.kernel.permissions import Actor, Grant, Permission
from services.kernel.work import Worked, WorkFigure, WorkMeasure, WorkUnit
from services.statistics import actions as statistics
from services.statistics.models import Rate
from services.statistics.rates import rate

ONLY_RATES: Final = frozenset(Permission) - {Permission.VIEW_RATES}


async def count(deps: Dependencies, worked: Worked) -> dict[str, int | None]:
    """Return the rates of the month's bills; of a grid, of its buildings together."""
    held = await grants.grants_of(deps, worked.person)
    own = (Grant(worked.role, path, without=ONLY_RATES) for path in worked.paths)
    actor = Actor(worked.person, "", (*held, *own))
    span = Span(worked.month)
    found = [
        (await statistics.rates_of(deps, actor, path, span, by=None)).rates
        for path in worked.paths
    ]
    told = [each for each in found if each is not None]
    if not told or len(told) < len(found):
        return {"household_rate": None, "amount_rate": None}
    return {
        "household_rate": _together([each.household_rate for each in told]),
        "amount_rate": _together([each.amount_rate for each in told]),
    }


def _together(found: list[Rate]) -> int | None:
    numerator = sum(each.numerator for each in found)
    return rate(numerator, sum(each.denominator for each in found)).basis_points


WORK: Final = WorkMeasure(
    figures={
        "household_rate": WorkFigure(
            label="户收费率",
            unit=WorkUnit.BASIS_POINTS,
            meaning="of the homes of the place that were billed for the month, those that paid "
            "all of it (户收费率)",
        ),
        "amount_rate": WorkFigure(
            label="收费率",
            unit=WorkUnit.BASIS_POINTS,
            meaning="of what was billed to them for the month, what was paid (收费率)",
        ),
    },
    count=count,
)
