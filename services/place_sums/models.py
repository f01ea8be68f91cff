"""Kept sums of places: changes that are not yet added, and which sums are read."""

from msgspec import Struct

from services.kernel.sums import Cells


class Pending(Struct, frozen=True, kw_only=True):
    """Change that is not yet added. `kept`: whether its document stays, to be used again."""

    id: str
    place: str
    kept: bool
    cells: Cells


class Wanted(Struct, frozen=True, kw_only=True):
    """Rows to read: of the months from `first` to `last`; with `whole`, what has no month."""

    first: str
    last: str
    whole: bool = False
