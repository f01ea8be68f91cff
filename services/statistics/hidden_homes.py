"""Homes behind figures that are withheld from whoever may not see them.

The one place that asks it for figures that are about homes alone (docs/decisions/18): rates,
which are also about bills, have groups of their own beside these (withheld_figures.py).
"""

from collections.abc import Mapping, Sequence
from typing import Final, TypeVar

from services.dependencies import Dependencies
from services.kernel.paths import covers
from services.kernel.permissions import Actor, Permission
from services.places.models import Kind
from services.statistics import measures, small_groups

T = TypeVar("T")
HOMES: Final = "places.homes"  # the measure
UNIT_DEPTH: Final = Kind.UNIT.depth


def is_one(place: str) -> bool:
    """Tell whether a place is a single home."""
    return place.count(".") >= UNIT_DEPTH


def root_of(actor: Actor, needs: Permission, place: str) -> str:
    """Return the highest place around one where the actor has figures; itself without any.

    Above it they have none to take a difference from.
    """
    return next((top for top in actor.places(needs) if covers(top, place)), place)


def unseen(actor: Actor, place: str, units: Mapping[str, T], sees: Permission) -> dict[str, T]:
    """Return what is under a place, without the units whose homes the actor may see anyway."""
    return {
        unit: value
        for unit, value in units.items()
        if covers(place, unit) and not actor.may(sees, unit)
    }


async def withheld(
    deps: Dependencies, actor: Actor, roots: Sequence[str], sees: Permission
) -> dict[str, frozenset[str]]:
    """Return root → the highest places under it whose figures are about too few homes."""
    if not roots:
        return {}
    units = await measures.by_place(deps, [HOMES], roots, depth=UNIT_DEPTH)
    return {
        root: small_groups.withheld(root, unseen(actor, root, units, sees)) for root in roots
    }
