"""Reviews of bad ratings: what is kept of them, what is sent, and what is seen."""

from datetime import datetime

from msgspec import Struct, field

from services.cases.models import CaseFields
from services.kernel.pages import ListQuery
from services.kernel.types import Remark
from services.repairs.models import RepairNumber
from services.repairs.reviews.states import ReviewAction, ReviewState


class Review(CaseFields, kw_only=True):
    """Review of a bad rating by the community.

    `number`, `place`, `firm`: those of the repair. `person`: who rated; None once their account
    is closed. `worker`: who did the repair.
    """

    id: str = field(name="_id")
    repair: str
    rating: str
    number: str
    place: str
    firm: str = ""
    state: ReviewState
    person: str | None
    filed_by: str = ""
    worker: str = ""
    created_at: datetime
    steps: int = 0
    entered_at: datetime | None = None


class AnswerReview(Struct, forbid_unknown_fields=True, kw_only=True):
    """What the community says to a bad rating.

    `text`: What was found out and done; who rated reads it.
    """

    text: Remark


class ReviewsQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which reviews to list.

    `state`: State of the reviews; all without it.
    `overdue`: Only those whose deadline has passed, or only the rest.
    """

    state: ReviewState | None = None
    overdue: bool | None = None


class ReviewView(Struct, kw_only=True):
    """Review of a bad rating of a repair.

    `review_id`: Opaque id of the review.
    `repair_id`: Id of the repair that was rated.
    `rating_id`: Id of the rating that opened it.
    `number`: Number of the repair for people, beside the compound.
    `place`: Path of the place of the repair.
    `address`: Address of that place, as people say it.
    `state`: How far the review is.
    `due_at`: Until when it is to be answered; null when it is over.
    `overdue`: Whether that has passed.
    `is_mine`: Whether it is about a rating of mine.
    `steps`: What I can do with it now.
    `created_at`: When the rating was given.
    """

    review_id: str
    repair_id: str
    rating_id: str
    number: RepairNumber
    place: str
    address: str
    state: ReviewState
    due_at: datetime | None
    overdue: bool
    is_mine: bool
    steps: list[ReviewAction]
    created_at: datetime
