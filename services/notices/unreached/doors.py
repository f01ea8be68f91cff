"""Doors of a notice: tokens of the places whose homes it means, so that a place finds it.

A notice for a compound is of interest at each of its staircases, and one for a staircase in
its whole compound: "at" says for which places it was written, "over" what lies above them.
Which homes it means was settled home by home as it was told.
"""

from collections.abc import Iterable, Sequence

from services.audiences.models import Audience
from services.dependencies import Dependencies
from services.kernel.paths import ancestors
from services.messaging.broadcasts import actions as broadcasts
from services.notices import notify
from services.notices.models import Notice
from services.places import actions as places
from services.places.homes import standing
from services.places.models import Kind


def tokens(audience: Audience) -> list[str]:
    """Return the tokens of a frozen audience; none where it means no homes."""
    if not audience.relations:
        return []
    found = {f"at|{place}" for place in audience.places}
    found |= {f"over|{above}" for place in audience.places for above in ancestors(place)}
    return sorted(found)


def keys(paths: Iterable[str]) -> list[str]:
    """Return the keys of some places: of notices for them, for what is above, or below them."""
    wanted = [*paths]
    found = {f"at|{above}" for place in wanted for above in ancestors(place)}
    return sorted(found | {f"over|{place}" for place in wanted})


async def is_door(deps: Dependencies, notice: Notice, home: str) -> bool:
    """Tell whether a published notice means a home, and somebody can knock there today.

    Who it means was settled home by home as it was told: also of use, of money owed, of what
    people lack. A home that was retired or merged since is one in the figures alone.
    """
    means = await broadcasts.is_meant(deps, notify.broadcast_of(notice), home)
    return means and home not in await retired(deps, [home])


async def retired(deps: Dependencies, paths: Sequence[str]) -> set[str]:
    """Return which of these paths are homes that are retired by today, or no homes."""
    found = await places.find_many(deps, paths)
    today = deps.today()
    return {
        each.id for each in found if each.kind is not Kind.HOME or not standing(each, today)
    }
