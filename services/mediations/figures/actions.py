"""Figures of mediations that identify nobody.

Each number counts what happened in the quarter itself (opened, agreed, found to be kept), so
that it never changes once the quarter is over, and no later number less an earlier one is about
a single mediation. Numbers from one to four are withheld; there are no sums over communities
from which a withheld one could be subtracted, and no parts of a community.
"""

from typing import Final

from services.dependencies import Dependencies
from services.kernel import errors
from services.kernel.days import month_of
from services.kernel.permissions import Actor, Permission
from services.mediations import store
from services.mediations.figures.models import CommunityFigures, MediationFigures
from services.mediations.kind import quarter_of
from services.places import actions as places
from services.statistics.small_groups import SMALLEST_GROUP

COUNTED: Final = {"opened": "opened_in", "agreed": "agreed_in", "kept": "kept_in"}


class QuarterNotOver(errors.InvalidInput):
    """Figures of a quarter are given once it is over."""

    code = "mediation_quarter_not_over"


def published(count: int) -> int | None:
    """Return a number as it may be told: nothing about one to four."""
    return None if 0 < count < SMALLEST_GROUP else count


async def of_quarter(
    deps: Dependencies, actor: Actor, place: str, quarter: str
) -> MediationFigures:
    """Figures of the communities under a place. Raises NotFound, QuarterNotOver."""
    await places.access_place(deps, actor, place, Permission.VIEW_MEDIATION_FIGURES)
    if quarter >= quarter_of(month_of(deps.now())):
        raise QuarterNotOver("请在季度结束后查看")
    found = {
        name: await store.counts(deps.db, field, quarter, place)
        for name, field in COUNTED.items()
    }
    communities = sorted(set().union(*found.values()))
    known = await places.find_many(deps, communities)
    return MediationFigures(
        quarter=quarter,
        smallest_group=SMALLEST_GROUP,
        communities=[
            CommunityFigures(
                place=each.id,
                name=each.name,
                **{name: published(counts.get(each.id, 0)) for name, counts in found.items()},
            )
            for each in known
        ],
    )
