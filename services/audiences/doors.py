"""Doors of an audience: tokens of the places whose homes it means, so that a place finds it.

What is sent to a compound is of interest at each of its staircases, and what is sent to a
staircase in its whole compound: "at" says for which places it was written, "over" what lies
above them.
"""

from collections.abc import Iterable

from services.audiences.models import Audience
from services.kernel.paths import ancestors


def tokens(audience: Audience) -> list[str]:
    """Return the tokens of a frozen audience; none where it means no homes."""
    if not audience.relations:
        return []
    found = {f"at|{place}" for place in audience.places}
    found |= {f"over|{above}" for place in audience.places for above in ancestors(place)}
    return sorted(found)


def keys(paths: Iterable[str]) -> list[str]:
    """Return the keys of some places: of what is for them, for what is above, or below them."""
    wanted = [*paths]
    found = {f"at|{above}" for place in wanted for above in ancestors(place)}
    return sorted(found | {f"over|{place}" for place in wanted})
