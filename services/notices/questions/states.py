"""State machine of questions below a notice: this table is the specification.

A question waits for its check and passes or is refused. From then on it belongs to a group,
which begins where a question passed and is answered once for all in it: how far a question is
that passed, its group says. So an answer is one write, however many asked.
"""

from enum import StrEnum, auto
from typing import Final

from msgspec import Struct

from services.kernel import errors
from services.kernel.acts import Act
from services.kernel.labels import Labelled
from services.kernel.permissions import Permission
from services.kernel.states import Table, Transition


class QuestionState(Labelled):
    PENDING = "pending", "审核中"  # seen by its author and who decides about contents
    REFUSED = "refused", "未通过审核"
    PASSED = "passed", "等待答复"
    ANSWERED_PRIVATELY = "answered_privately", "已单独答复"
    PUBLISHED = "published", "已公开答复"


class QuestionAction(StrEnum):
    PASS = auto()
    REFUSE = auto()
    ANSWER = auto()  # to those who asked
    PUBLISH = auto()  # to all readers of the notice


S, A = QuestionState, QuestionAction
SEND, ANSWERED = Permission.SEND_NOTICES, Act.NOTICE_QUESTION_ANSWERED
TABLE: Final = Table(
    S.PENDING,
    Transition(S.PENDING, A.PASS, S.PASSED),
    Transition(S.PENDING, A.REFUSE, S.REFUSED),
    Transition(S.PASSED, A.ANSWER, S.ANSWERED_PRIVATELY, SEND, act=ANSWERED),
    Transition(S.PASSED, A.PUBLISH, S.PUBLISHED, SEND, act=ANSWERED),
)


class QuestionStateDetails(Struct, frozen=True, kw_only=True):
    """State the question is in.

    `state`: State of the question at this moment.
    """

    state: QuestionState


class QuestionMovedOn(errors.Conflict):
    """The question was answered, or put elsewhere at the same time; `state` in details."""

    code = "notice_question_moved_on"
    details_type = QuestionStateDetails


def moved_on(state: QuestionState) -> QuestionMovedOn:
    return QuestionMovedOn("这个提问刚刚有变动,请刷新后再看", state=state)
