"""Views of visits about notices."""

from collections.abc import Sequence

from services.dependencies import Dependencies
from services.kernel.views import show
from services.notices.visits.models import REMARK, Visit, VisitView
from services.places import actions as places


async def visits(deps: Dependencies, found: Sequence[Visit]) -> list[VisitView]:
    """Show visits with the addresses of the homes: one query however many."""
    homes = sorted({visit.home for visit in found})
    addresses = await places.addresses(deps, homes) if homes else {}
    return [
        show(
            visit,
            VisitView,
            visit_id=visit.id,
            address=addresses.get(visit.home, ""),
            remark=remark_of(deps, visit),
            photo_ids=visit.photos,
            by=visit.role,
        )
        for visit in found
    ]


def remark_of(deps: Dependencies, visit: Visit) -> str:
    if not visit.remark_sealed:
        return ""
    return REMARK.open(deps.vault, visit.id, visit.remark_sealed)
