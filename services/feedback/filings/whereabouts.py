"""Whereabouts of feedback: how exactly its place is kept and shown without a name.

Of what is said without a name, no place that few homes share is kept: whoever reads "unit 2" of
a unit with three homes knows who said it. Nor a building of which that leaves few: what is kept
as the building comes from its small units, for the others are kept as themselves. A home counts
where somebody lives: who says something is one of them, and nobody says it from a garage. And
those below the community see the building.
"""

from collections import Counter
from typing import Final

from services.dependencies import Dependencies
from services.feedback.models import Feedback
from services.kernel.paths import ancestors, parent
from services.places import actions as places
from services.places import homes as place_homes
from services.places.models import Kind, Usage
from services.residencies import actions as residencies
from services.residencies.models import Relation

FEWEST_HOMES: Final = 5
MOST_HOMES: Final = 2000  # of a building; the largest have some hundreds
BUILDING: Final = Kind.BUILDING.depth  # segments of its path
UNIT: Final = Kind.UNIT.depth


async def coarse(deps: Dependencies, place: str) -> str:
    """Return the smallest place around one, no home, that so many homes share.

    Of a small unit the building is shared by its small units only.
    """
    levels = ancestors(place)
    if len(levels) < BUILDING:
        return places.compound_of(place)
    building, counted = levels[BUILDING - 1], await _homes_by_unit(deps, levels[BUILDING - 1])
    sharing = sum(counted.values())
    if len(levels) >= UNIT:
        if counted[levels[UNIT - 1]] >= FEWEST_HOMES:
            return levels[UNIT - 1]
        sharing = sum(homes for homes in counted.values() if homes < FEWEST_HOMES)
    return building if sharing >= FEWEST_HOMES else places.compound_of(place)


async def _homes_by_unit(deps: Dependencies, building: str) -> Counter[str]:
    """Return unit → its flats to which somebody belongs who does not only pay for them."""
    found = await place_homes.page_under(deps, [building], after="", limit=MOST_HOMES)
    flats = [home.id for home in found if home.usage is Usage.FLAT]
    ties = await residencies.ties_of(deps, flats)
    lived_in = {tie.home for tie in ties if tie.relation is not Relation.PAYER}
    return Counter(parent(home) or "" for home in lived_in)


def shown_place(case: Feedback) -> str:
    """Return the place of a case as others than its reporter see it."""
    return ancestors(case.place)[:BUILDING][-1] if case.anonymous else case.place
