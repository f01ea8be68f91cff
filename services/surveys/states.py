"""State machine of a survey: this table is the specification."""

from enum import StrEnum, auto
from typing import Final

from msgspec import Struct

from services.kernel import errors
from services.kernel.acts import Act
from services.kernel.labels import Labelled
from services.kernel.permissions import Permission
from services.kernel.states import Table, Transition


class SurveyState(Labelled):
    DRAFT = "draft", "草稿"
    OPEN = "open", "征求中"
    CLOSED = "closed", "已结束"
    PUBLISHED = "published", "已公布结果"
    WITHDRAWN = "withdrawn", "已撤回"


class SurveyAction(StrEnum):
    """Action that moves a survey from one state to another."""

    EDIT = auto()
    OPEN = auto()
    EXTEND = auto()
    CLOSE = auto()
    COUNT = auto()  # the worker has counted it, once and for all
    PUBLISH = auto()
    WITHDRAW = auto()


S, A = SurveyState, SurveyAction
P = Permission
# No way leads back: what is asked is fixed once it is open, and what is counted once it is
# closed, so that no two counts of it can be subtracted from each other.
TABLE: Final = Table(
    S.DRAFT,
    Transition(S.DRAFT, A.EDIT, S.DRAFT, P.SEND_SURVEYS, act=Act.SURVEY_CHANGED),
    Transition(S.DRAFT, A.OPEN, S.OPEN, P.SEND_SURVEYS, act=Act.SURVEY_OPENED),
    Transition(S.OPEN, A.EXTEND, S.OPEN, P.SEND_SURVEYS, act=Act.SURVEY_EXTENDED),
    Transition(
        S.OPEN, A.CLOSE, S.CLOSED, P.SEND_SURVEYS, due="closes_at", act=Act.SURVEY_CLOSED
    ),
    Transition(S.CLOSED, A.COUNT, S.CLOSED),
    Transition(S.CLOSED, A.PUBLISH, S.PUBLISHED, P.SEND_SURVEYS, act=Act.SURVEY_PUBLISHED),
    *(
        Transition(state, A.WITHDRAW, S.WITHDRAWN, P.SEND_SURVEYS, act=Act.SURVEY_WITHDRAWN)
        for state in (S.DRAFT, S.OPEN, S.CLOSED, S.PUBLISHED)
    ),
)


class SurveyStateDetails(Struct, frozen=True, kw_only=True):
    """State the survey is in.

    `state`: State of the survey at this moment, as far as it was read.
    """

    state: SurveyState


class SurveyMovedOn(errors.Conflict):
    """The survey is in another state, or was changed at the same time; `state` in details."""

    code = "survey_moved_on"
    details_type = SurveyStateDetails


# What to do instead, where an action does not start from the state that the survey is in.
INSTEAD: Final = {
    S.DRAFT: "还没有发出,请先发出",
    S.OPEN: "正在征求意见,问题不能再改;需要改的话请撤回后另发一份",
    S.CLOSED: "征求意见已经结束",
    S.PUBLISHED: "结果已经公布",
    S.WITHDRAWN: "这份征求意见已经撤回",
}
# Where that does not fit what was asked for.
INSTEAD_OF: Final = {
    (S.OPEN, A.PUBLISH): "还没有结束,结束并统计后才能公布",
    (S.OPEN, A.OPEN): "已经发出,正在征求意见",
    (S.CLOSED, A.EDIT): "征求意见已经结束,问题不能再改",
    (S.PUBLISHED, A.EDIT): "结果已经公布,问题不能再改",
}


def moved_on(state: SurveyState) -> SurveyMovedOn:
    """Return the refusal for who was overtaken: it was as they saw it a moment ago."""
    return SurveyMovedOn("刚刚有变动,请刷新后再试", state=state)


def require(state: SurveyState, action: SurveyAction) -> None:
    """Raise SurveyMovedOn unless the action starts from this state."""
    message = INSTEAD_OF.get((state, action), INSTEAD[state])
    TABLE.require(state, action, SurveyMovedOn(message, state=state))
