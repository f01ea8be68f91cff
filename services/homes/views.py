"""Views of a home's residents: whole names for its owners, masked ones for others."""

from services.dependencies import Dependencies
from services.homes.models import ResidentView
from services.residencies import sealed
from services.residencies.models import Residency


def mask_name(name: str) -> str:
    """李明 → 李*."""
    return f"{name[:1]}*"


def resident(deps: Dependencies, row: Residency, *, whole: bool) -> ResidentView:
    name = sealed.name_of(deps, row)
    return ResidentView(
        residency_id=row.id,
        relation=row.relation,
        name=name if whole else mask_name(name),
        phone_masked=sealed.phone_masked(deps, row),
        bound=row.person is not None,
        bound_by=row.bound_by,
        from_day=row.from_day,
        to_day=row.to_day,
        recorded_by_staff=bool(row.recorded_by),
    )
