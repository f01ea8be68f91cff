"""Views of outages: the same for all who may know of one, because all there were told."""

from collections.abc import Sequence
from datetime import datetime

from services.dependencies import Dependencies
from services.kernel.paths import in_order
from services.kernel.views import show
from services.places import actions as places
from services.repairs.outages.models import Outage, OutageView
from services.repairs.outages.states import OutageState


def runs(outage: Outage, at: datetime) -> bool:
    """Tell whether an outage has begun and is not over."""
    return outage.state is OutageState.ANNOUNCED and outage.begins_at <= at


def is_overdue(outage: Outage, at: datetime) -> bool:
    """Tell whether an outage was expected to be over, and nobody said that it is."""
    return outage.state is OutageState.ANNOUNCED and outage.ends_at <= at


async def one(deps: Dependencies, outage: Outage) -> OutageView:
    [view] = await shown(deps, [outage])
    return view


async def shown(deps: Dependencies, found: Sequence[Outage]) -> list[OutageView]:
    """Views of outages: one query however many."""
    paths = sorted({place for outage in found for place in outage.places})
    addresses = await places.addresses(deps, paths)
    now = deps.now()
    return [
        show(
            outage,
            OutageView,
            outage_id=outage.id,
            address=spoken(outage, addresses),
            running=runs(outage, now),
            overdue=is_overdue(outage, now),
            cancelled_because=outage.cancelled_because or None,
        )
        for outage in found
    ]


def spoken(outage: Outage, addresses: dict[str, str]) -> str:
    """Return where an outage is, as people say it."""
    inside = sorted(outage.places, key=in_order)
    return "、".join(addresses.get(place, place) for place in inside)
