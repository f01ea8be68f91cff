"""Views of a home's residents: whole names for its owners, masked ones for others."""

from services.dependencies import Dependencies
from services.homes.household import Household
from services.homes.models import Bound, ResidentView
from services.kernel import masking
from services.places.doors import shown_address
from services.residencies import sealed
from services.residencies.models import Residency


def resident(deps: Dependencies, row: Residency, *, whole: bool) -> ResidentView:
    """View of a resident. `whole`: with the whole name, for the owners of the home."""
    name = sealed.name_of(deps, row)
    return ResidentView(
        residency_id=row.id,
        relation=row.relation,
        name=name if whole else masking.name(name),
        phone_masked=sealed.phone_masked(deps, row),
        bound=row.person is not None,
        bound_by=row.bound_by,
        from_day=row.from_day,
        to_day=row.to_day,
        recorded_by_staff=bool(row.recorded_by),
    )


def bound(home: Household, row: Residency) -> Bound:
    """View of a home for the person who was just bound to it."""
    return Bound(
        residency_id=row.id,
        home=row.home,
        address=shown_address(home.place),
        relation=row.relation,
        to_day=row.to_day,
    )
