"""Boards of feedback: what is asked of them, and what of them somebody may see there."""

from typing import Annotated

from msgspec import Meta, Struct

from services.feedback.models import FeedbackKind, Rung
from services.feedback.states import FeedbackState
from services.kernel.labels import Labelled
from services.kernel.pages import ListQuery
from services.kernel.paths import PlacePath
from services.kernel.types import LINE

# What somebody types to find feedback.
SearchText = Annotated[str, Meta(min_length=1, max_length=40, pattern=LINE, examples=["噪音"])]


class FeedbackSort(Labelled):
    DEADLINE = "deadline", "最急在前"
    NEWEST = "newest", "最新在前"
    OLDEST = "oldest", "最早在前"


class FeedbackScope(Labelled):
    """Which of what somebody may see."""

    ALL = "all", "我能看到的"
    DESK = "desk", "等我这一级办理的"
    MINE = "mine", "我正在办理的"


class FeedbackQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which feedback to list.

    `scope`: All that I may see, what lies with my office, or what I have taken.
    `place`: Path of a place: there and below.
    `q`: Words that all must be found in the number, the kind, the address or the text.
    `state`: State of the feedback; without it, all that is not over, and with `q` all.
    `kind`: What it is.
    `rung`: Rung with which it lies.
    `overdue`: Only what is overdue, or only the rest.
    `sort`: Order of the list.
    """

    scope: FeedbackScope = FeedbackScope.ALL
    place: PlacePath | None = None
    q: SearchText | None = None
    state: FeedbackState | None = None
    kind: FeedbackKind | None = None
    rung: Rung | None = None
    overdue: bool | None = None
    sort: FeedbackSort = FeedbackSort.DEADLINE


class Sight(Struct, frozen=True, kw_only=True):
    """What somebody sees on a board: of these offices, without what is about them.

    `firms`: those of them that are a firm's, which sees what lies with it only. `overseen`:
    those that read what was said without a name when it is over.
    `words`: fingerprints of those that were asked for.
    """

    person: str
    desks: tuple[str, ...]
    firms: tuple[str, ...] = ()
    overseen: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    @property
    def places(self) -> list[str]:
        """Places of the offices, each as it stands in `desks`, sorted."""
        return sorted({desk.partition(":")[2] for desk in self.desks})
