"""State machine of the review of a bad rating: this table is the specification."""

from typing import Final

from msgspec import Struct

from services.cases.kinds import Party, Step
from services.kernel.acts import Act
from services.kernel.errors import Conflict
from services.kernel.labels import Labelled
from services.kernel.permissions import Permission
from services.kernel.states import Table


class ReviewState(Labelled):
    OPEN = "open", "待处理"
    ANSWERED = "answered", "已答复"  # who rated reads what came of it
    CLOSED = "closed", "已了结"  # nothing is to be done, with a reason


class ReviewAction(Labelled):
    ANSWER = "answer", "答复"
    CLOSE = "close", "了结"
    REMARK = "remark", "备注"


S, A, P = ReviewState, ReviewAction, Permission
REPORTER: Final = (Party.REPORTER,)

TABLE: Final = Table(
    S.OPEN,
    Step(
        S.OPEN,
        A.ANSWER,
        S.ANSWERED,
        P.DECIDE_REPAIR_APPEALS,
        act=Act.REPAIR_REVIEW_ANSWERED,
        tells=REPORTER,
    ),
    Step(
        S.OPEN,
        A.CLOSE,
        S.CLOSED,
        P.DECIDE_REPAIR_APPEALS,
        act=Act.REPAIR_REVIEW_CLOSED,
        tells=REPORTER,
    ),
    Step(S.OPEN, A.REMARK, S.OPEN, P.DECIDE_REPAIR_APPEALS, act=Act.REPAIR_REVIEW_NOTED),
)


class ReviewStateDetails(Struct, frozen=True, kw_only=True):
    """State the review is in.

    `state`: State of the review at this moment.
    """

    state: ReviewState


class ReviewMovedOn(Conflict):
    """The review is over, or somebody was first."""

    code = "repair_review_moved_on"
    details_type = ReviewStateDetails


def moved_on(state: ReviewState) -> ReviewMovedOn:
    return ReviewMovedOn(f"这条差评现在是“{state.label}”,请刷新", state=state)
