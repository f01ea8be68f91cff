"""Kept sums of places: changes that are not yet added, and which sums are read."""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from services.kernel.paths import covers
from services.kernel.sums import Change, Wanted

UNIT_DEPTH: Final = 7  # segments of a unit's path: the lowest place that has rows
FOLD: Final = "place_sums.fold"


class Pending(Struct, frozen=True, kw_only=True):
    """Change of a unit that is not yet added."""

    id: str
    place: str
    change: Change


class Asked(Struct, frozen=True, kw_only=True):
    """Sums of a source that are asked for: of the parts of some places, none under another.

    `depth`: segments of a part; 0 for all of it as "".
    """

    source: str
    places: Sequence[str]
    depth: int
    wanted: Wanted

    def rungs(self) -> list[tuple[str, int]]:
        """Return each place with the segments of the rows that are read under it."""
        return [(place, max(self.depth, place.count(".") + 1)) for place in self.places]

    def has_rows(self) -> bool:
        """Tell whether rows of it are kept: none are below units."""
        return all(rung <= UNIT_DEPTH for _, rung in self.rungs())

    def part_of(self, place: str) -> str | None:
        """Return the part in which a place is; None where it is in none of the places."""
        if any(covers(each, place) for each in self.places):
            return ".".join(place.split(".")[: self.depth])
        return None
