"""Doors of a notice: the homes at which somebody can knock for it.

Which homes it means was settled home by home as it was told.
"""

from collections.abc import Sequence

from services.dependencies import Dependencies
from services.kernel.permissions import Actor, Permission
from services.messaging.broadcasts import actions as broadcasts
from services.notices import notify
from services.notices.figures.access import seeing
from services.notices.models import Notice
from services.places import actions as places
from services.places.homes import standing
from services.places.models import Kind


async def is_door(deps: Dependencies, notice: Notice, home: str) -> bool:
    """Tell whether a published notice means a home, and somebody can knock there today.

    Who it means was settled home by home as it was told: also of use, of money owed, of what
    people lack. A home that was retired or merged since is one in the figures alone.
    """
    means = await broadcasts.is_meant(deps, notify.broadcast_of(notice), home)
    return means and home not in await retired(deps, [home])


async def may_knock(deps: Dependencies, actor: Actor, notice: Notice, home: str) -> bool:
    """Tell whether somebody may learn by office that a notice means a home, and it does."""
    sees = seeing(actor, notice.audience)
    return sees.may(Permission.VIEW_RESIDENTS, home) and await is_door(deps, notice, home)


async def retired(deps: Dependencies, paths: Sequence[str]) -> set[str]:
    """Return which of these paths are homes that are retired by today, or no homes."""
    found = await places.find_many(deps, paths)
    today = deps.today()
    return {
        each.id for each in found if each.kind is not Kind.HOME or not standing(each, today)
    }
