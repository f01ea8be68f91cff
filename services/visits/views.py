"""Views of visits."""

from collections.abc import Sequence

from services.dependencies import Dependencies
from services.kernel.views import show
from services.photos import actions as photos
from services.places import actions as places
from services.visits.models import MINUTES, HeadVisitView, Visit


async def one(deps: Dependencies, visit: Visit) -> HeadVisitView:
    [shown] = await several(deps, [visit])
    shown.photos = await photos.links_to(deps, visit.photos, subject=visit.id)
    return shown


async def several(deps: Dependencies, found: Sequence[Visit]) -> list[HeadVisitView]:
    """Show visits to who keeps them, with the addresses of the homes: one query for all."""
    homes = sorted({visit.home for visit in found})
    addresses = await places.addresses(deps, homes) if homes else {}
    return [
        show(
            visit,
            HeadVisitView,
            visit_id=visit.id,
            address=addresses.get(visit.home, visit.home),
            minutes=_minutes(deps, visit),
            photo_ids=visit.photos,
            photos=[],
            next_visit_id=visit.next_id or None,
        )
        for visit in found
    ]


def _minutes(deps: Dependencies, visit: Visit) -> str:
    if not visit.minutes_sealed:
        return ""
    return MINUTES.open(deps.vault, visit.id, visit.minutes_sealed)
