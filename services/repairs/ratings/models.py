"""Ratings of repairs: what is kept of them, what is sent, and what is seen."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.kernel.pages import ListQuery
from services.kernel.types import Id, Remark
from services.kernel.vault import Sealed

WORDS: Final = Sealed("repair_ratings", "words")
ANSWER: Final = Sealed("repair_ratings", "answer")
# A mark of so many stars or fewer makes a rating a bad one, which the community looks into.
BAD: Final = 2

Stars = Annotated[int, Meta(ge=1, le=5, examples=[5])]


class Rating(Struct, kw_only=True):
    """What somebody who reported or joined a repair thinks of it.

    `person`: None once their account is closed. `place`, `firm`: those of the repair then.
    `words_sealed`: what they wrote. `answer_sealed`, `answered_by`, `answered_at`: what the
    firm says to it. `is_bad`: whether any mark is.
    """

    id: str = field(name="_id")
    repair: str
    person: str | None
    place: str
    firm: str = ""
    speed: int
    quality: int
    manner: int
    is_bad: bool
    words_sealed: str = ""
    rated_at: datetime
    answer_sealed: str = ""
    answered_by: str = ""
    answered_at: datetime | None = None

    @property
    def stars(self) -> int:
        """Sum of the three marks."""
        return self.speed + self.quality + self.manner


class RateRepair(Struct, forbid_unknown_fields=True, kw_only=True):
    """Rating of a repair that is fixed, from 1 (bad) to 5 (good).

    `speed`: How soon somebody came and it was done.
    `quality`: How well it was done.
    `manner`: How one was treated.
    `words`: Anything else; the firm and the community read it.
    """

    speed: Stars
    quality: Stars
    manner: Stars
    words: Remark | None = None


class AnswerRating(Struct, forbid_unknown_fields=True, kw_only=True):
    """Answer of the firm to a rating, once.

    `rating_id`: Id of the rating that is answered.
    `text`: The answer; who rated reads it.
    """

    rating_id: Id
    text: Remark


class RatingsQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which ratings to list.

    `is_bad`: Only those with a mark of two or fewer, or only the rest.
    `is_answered`: Only those that were answered, or only the rest.
    """

    is_bad: bool | None = None
    is_answered: bool | None = None


class RatingView(Struct, kw_only=True):
    """Rating of a repair, without the name of who gave it.

    `rating_id`: Opaque id of the rating.
    `repair_id`: Id of the repair that was rated.
    `place`: Path of the place of the repair.
    `address`: Address of that place, as people say it.
    `speed`: How soon somebody came and it was done, 1 to 5.
    `quality`: How well it was done, 1 to 5.
    `manner`: How one was treated, 1 to 5.
    `is_bad`: Whether one of them is two or fewer: the community looks into it.
    `is_mine`: Whether I gave it.
    `words`: What was written with it; null for nothing.
    `rated_at`: When it was given.
    `answer`: What the firm says to it; null before.
    `is_answered`: Whether the firm has answered it.
    `answered_at`: When; null before.
    """

    rating_id: str
    repair_id: str
    place: str
    address: str
    speed: Stars
    quality: Stars
    manner: Stars
    is_bad: bool
    is_mine: bool
    words: Annotated[str, Meta(examples=["师傅很耐心"])] | None
    rated_at: datetime
    answer: Annotated[str, Meta(examples=["谢谢,我们会改进"])] | None
    is_answered: bool
    answered_at: datetime | None
