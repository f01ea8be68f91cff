"""Boards of repairs: what is asked of them, and what of them somebody may see there."""

from typing import Annotated

from msgspec import Meta, Struct

from services.kernel.labels import Labelled
from services.kernel.pages import ListQuery
from services.kernel.paths import PlacePath
from services.kernel.types import LINE
from services.repairs.classes import Danger
from services.repairs.models import CategoryCode
from services.repairs.states import RepairState

# What somebody types to find repairs.
SearchText = Annotated[
    str, Meta(min_length=1, max_length=40, pattern=LINE, examples=["水龙头"])
]


class RepairSort(Labelled):
    DEADLINE = "deadline", "最急在前"
    NEWEST = "newest", "最新在前"
    OLDEST = "oldest", "最早在前"


class RepairsQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which repairs to list.

    `place`: Path of a place; without it all places of whoever asks.
    `q`: Words that all must be found in the number, the category, the address or, of what all
    share, the text; what was typed about a home is sealed and not searched.
    `state`: State of the repairs; without it, all that are not over, and with `q` all.
    `category`: Code of a category, or of a group for all that lies in it.
    `danger`: Class of danger.
    `overdue`: Only those whose deadline has passed, or only the rest.
    `held_by_me`: Only those that I do, or only the rest.
    `sort`: Order of the list.
    """

    place: PlacePath | None = None
    q: SearchText | None = None
    state: RepairState | None = None
    category: CategoryCode | None = None
    danger: Danger | None = None
    overdue: bool | None = None
    held_by_me: bool | None = None
    sort: RepairSort = RepairSort.DEADLINE


class TodayQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which part of the repairs that I do."""


class Scope(Struct, frozen=True, kw_only=True):
    """Repairs that somebody may see on a board.

    `whole`: places all of whose repairs they see. `common`: places where they see those of what
    all share, and those that they reported or wrote down, as `person`.
    """

    whole: tuple[str, ...]
    common: tuple[str, ...]
    person: str

    @property
    def places(self) -> tuple[str, ...]:
        return (*self.whole, *self.common)
