"""Groups of homes behind the figures of a notice, for senders who may not see the residents.

What is about fewer than five homes is withheld from them (services/statistics/small_groups.py):
the figures of a preview, of the progress and of the reach, and that an audience is empty.
"""

import asyncio
from collections.abc import Mapping
from typing import Final, TypeVar

from services.audiences.models import Audience
from services.dependencies import Dependencies
from services.kernel.permissions import Actor, Permission
from services.messaging.broadcasts import reach as reaches
from services.notices import notify
from services.notices.figures.access import seeing
from services.notices.models import Notice
from services.statistics import hidden_homes, measures, small_groups
from services.statistics.hidden_homes import HOMES, UNIT_DEPTH
from services.statistics.small_groups import Group

T = TypeVar("T")
MEANT: Final = "meant"  # the cell of the homes that a notice means


def strange(actor: Actor, audience: Audience) -> list[str]:
    """Return the places of a frozen audience whose residents are meant and not seen."""
    if not audience.relations:
        return []
    sees = seeing(actor, audience)
    return [p for p in audience.places if not sees.may(Permission.VIEW_RESIDENTS, p)]


async def is_small(
    deps: Dependencies, actor: Actor, audience: Audience, meant: Mapping[str, int]
) -> bool:
    """Tell whether figures of a frozen audience would be about too few homes for a sender.

    Asked place by place, from the highest place where they send: places are chosen freely, and
    the figures of two choices can be subtracted. `meant`: unit → homes that the audience means.
    """
    places = strange(actor, audience)
    if any(hidden_homes.is_one(place) for place in places):
        return True
    tops = {p: hidden_homes.root_of(actor, Permission.SEND_NOTICES, p) for p in places}
    sees = seeing(actor, audience)
    hidden = await hidden_homes.withheld(
        deps, sees, sorted({*tops.values()}), Permission.VIEW_RESIDENTS
    )
    return any(
        small_groups.is_withheld(place, hidden[top])
        or small_groups.is_small(Group({MEANT: sum(_unseen(sees, place, meant).values())}))
        for place, top in tops.items()
    )


def _unseen(actor: Actor, place: str, units: Mapping[str, T]) -> dict[str, T]:
    """Return what is under a place, without the units whose residents the actor sees."""
    return hidden_homes.unseen(actor, place, units, Permission.VIEW_RESIDENTS)


async def withheld(
    deps: Dependencies, actor: Actor, found: Notice, place: str
) -> frozenset[str]:
    """Return the highest places whose figures are about too few homes for this sender.

    Looked at from the place of the whole notice: above it there is no figure of it.
    """
    sees = seeing(actor, found.audience)
    if sees.may(Permission.VIEW_RESIDENTS, place):
        return frozenset()
    if hidden_homes.is_one(place):
        return frozenset({place})
    homes, meant = await asyncio.gather(
        measures.by_place(deps, [HOMES], [found.place], depth=UNIT_DEPTH),
        reaches.homes_meant(deps, notify.broadcast_of(found), found.place, UNIT_DEPTH),
    )
    if await is_small(deps, actor, found.audience, meant):
        return frozenset({found.place})
    units = {
        unit: homes.get(unit, Group()) + Group({MEANT: number})
        for unit, number in _unseen(sees, found.place, meant).items()
    }
    return small_groups.withheld(found.place, units)
