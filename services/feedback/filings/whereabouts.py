"""Whereabouts of feedback: how exactly its place is kept and shown without a name.

Of what is said without a name, no place that few homes share is kept: whoever reads "unit 2" of
a unit with three homes knows who said it. And those below the community see the building.
"""

from typing import Final

from services.dependencies import Dependencies
from services.feedback.models import Feedback
from services.kernel.paths import ancestors
from services.places import actions as places
from services.places import homes as place_homes
from services.places.models import LADDER, Kind

FEWEST_HOMES: Final = 5
BUILDING: Final = LADDER.index(Kind.BUILDING) + 1  # segments of its path
UNIT: Final = LADDER.index(Kind.UNIT) + 1


async def coarse(deps: Dependencies, place: str) -> str:
    """Return the smallest place around one, no home, that so many homes share."""
    for depth in (UNIT, BUILDING):
        levels = ancestors(place)
        if len(levels) >= depth:
            level = levels[depth - 1]
            found = await place_homes.page_under(deps, [level], after="", limit=FEWEST_HOMES)
            if len(found) >= FEWEST_HOMES:
                return level
    return places.compound_of(place)


def shown_place(case: Feedback) -> str:
    """Return the place of a case as others than its reporter see it."""
    return ancestors(case.place)[:BUILDING][-1] if case.anonymous else case.place
