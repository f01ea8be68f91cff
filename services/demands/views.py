"""Views of demands: who was asked is shown by masked names."""

from collections.abc import Mapping, Sequence

from services.demands.models import Demand, DemandView
from services.dependencies import Dependencies
from services.kernel import masking
from services.kernel.views import show
from services.places import actions as places
from services.residencies import owners, sealed


async def names(
    deps: Dependencies, homes: Sequence[str], debtors: Sequence[str]
) -> dict[str, str]:
    """Return residency → masked name, of debtors of some homes that the register knows."""
    wanted = frozenset(debtors)
    rows = await owners.debtors_of(deps, homes) if homes else {}
    return {
        row.id: masking.name(sealed.name_of(deps, row))
        for found in rows.values()
        for row in found
        if row.id in wanted
    }


def named(debtors: Sequence[str], known: Mapping[str, str]) -> list[str]:
    return sorted({known[each] for each in debtors if each in known})


async def several(deps: Dependencies, demands: Sequence[Demand]) -> list[DemandView]:
    """Show demands with addresses and masked names: two queries however many."""
    homes = sorted({demand.home for demand in demands})
    addresses = await places.addresses(deps, homes) if homes else {}
    known = await names(deps, homes, [each for demand in demands for each in demand.debtors])
    return [
        show(
            demand,
            DemandView,
            demand_id=demand.id,
            place=demand.home,
            address=addresses.get(demand.home, demand.home),
            owners_until=demand.household or None,
            debtors=named(demand.debtors, known),
            deliveries=[told.delivery for told in demand.told],
            read=any(told.read_at for told in demand.told),
            photo_ids=demand.photos,
        )
        for demand in demands
    ]
