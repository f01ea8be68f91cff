"""State machine of feedback (民情): this table is the specification.

A case lies with a rung of the ladder, an office at its place; which one is a field, not a
state, because a vacant rung is stepped over. Closed is not solved: only CONFIRMED is. What
somebody wrote down for others and solved themself nobody can confirm: it is SETTLED.
"""

from datetime import timedelta
from typing import Any, Final

from msgspec import Struct

from services.cases.kinds import Party, Step
from services.kernel.acts import Act
from services.kernel.errors import Conflict
from services.kernel.labels import Labelled
from services.kernel.permissions import Permission
from services.kernel.states import Table


class FeedbackState(Labelled):
    WAITING = "waiting", "待办理"
    TAKEN = "taken", "办理中"
    NEEDS_INFO = "needs_info", "等反映人补充"
    WITH_FIRM = "with_firm", "物业办理中"
    WITH_DEPARTMENT = "with_department", "有关部门办理中"
    ANSWERED = "answered", "待确认"  # the reporter is asked whether it is solved
    CONFIRMED = "confirmed", "已解决"
    SETTLED = "settled", "三长当场办结"  # by whoever wrote it down; nobody confirms it
    CLOSED = "closed", "无人反馈,已关闭"
    THANKED = "thanked", "已致谢"
    WITHDRAWN = "withdrawn", "已撤回"


class FeedbackAction(Labelled):
    ADD = "add", "补充说明"
    WITHDRAW = "withdraw", "撤回"
    TAKE = "take", "开始办理"
    SOLVE = "solve", "办理完成"
    SETTLE = "settle", "当场办结"
    THANK = "thank", "致谢"
    ASK = "ask", "请反映人补充"
    RESUME = "resume", "7天没有补充,继续办理"
    HAND_ON = "hand_on", "交上一级"
    HAND_BACK = "hand_back", "退回下一级"
    TO_FIRM = "to_firm", "交物业办理"
    TO_DEPARTMENT = "to_department", "交有关部门办理"
    BACK = "back", "交回"
    CLIMB = "climb", "到期未办,自动交上一级"
    RELEASE = "release", "办理人离任"
    REMARK = "remark", "备注"
    CONFIRM = "confirm", "确认解决"
    RETURN = "return", "反馈没有解决"  # the rung of the row says where it lies then
    LAPSE = "lapse", "7天无人反馈,关闭"
    REOPEN = "reopen", "同一问题再次反映"


S, A, P = FeedbackState, FeedbackAction, Party
HANDLE, OVERSEE = Permission.HANDLE_FEEDBACK, Permission.OVERSEE_FEEDBACK
IN_HAND: Final = (S.WAITING, S.TAKEN, S.WITH_FIRM, S.WITH_DEPARTMENT)
UNDER_WAY: Final = (*IN_HAND, S.NEEDS_INFO)
OPEN: Final = (*UNDER_WAY, S.ANSWERED)
# One person of the rung has it, and nobody else of it takes a step.
HELD: Final = (S.TAKEN, S.NEEDS_INFO)
SILENCE: Final = timedelta(days=7)
REOPENED_WITHIN: Final = timedelta(days=30)


Row = Step[FeedbackState, FeedbackAction]


def _own(
    source: FeedbackState,
    action: FeedbackAction,
    target: FeedbackState,
    act: Act,
    *tells: Party,
    within: timedelta | None = None,
) -> Row:
    """Return a row of what the reporter does."""
    return Step(source, action, target, own=True, act=act, tells=tells, within=within)


def _desk(
    source: FeedbackState,
    action: FeedbackAction,
    target: FeedbackState,
    act: Act,
    *tells: Party,
    **row: Any,
) -> Row:
    """Return a row of whoever the case lies with; of one that somebody took, that person."""
    known = {"needs": HANDLE, "held": source in HELD, "desk": True, **row}
    return Step(source, action, target, act=act, tells=tells, **known)


TABLE: Final = Table(
    S.WAITING,
    *(_own(each, A.ADD, each, Act.FEEDBACK_ADDED_TO, P.FIRST_RUNG) for each in IN_HAND),
    _own(S.NEEDS_INFO, A.ADD, S.TAKEN, Act.FEEDBACK_ADDED_TO, P.HOLDER),
    *(
        _own(each, A.WITHDRAW, S.WITHDRAWN, Act.FEEDBACK_WITHDRAWN, P.EARLIER_HOLDER)
        for each in OPEN  # closing the account is the same step, and may come in each
    ),
    _desk(S.WAITING, A.TAKE, S.TAKEN, Act.FEEDBACK_TAKEN, P.REPORTER),
    *(_desk(each, A.SOLVE, S.ANSWERED, Act.FEEDBACK_SOLVED) for each in IN_HAND),
    *(_desk(each, A.SETTLE, S.SETTLED, Act.FEEDBACK_SOLVED) for each in IN_HAND),
    *(
        _desk(each, A.THANK, S.THANKED, Act.FEEDBACK_THANKED, P.REPORTER)
        for each in (S.WAITING, S.TAKEN)
    ),
    *(
        _desk(each, A.ASK, S.NEEDS_INFO, Act.FEEDBACK_ASKED, P.REPORTER)
        for each in (S.WAITING, S.TAKEN)
    ),
    Step(S.NEEDS_INFO, A.RESUME, S.TAKEN, due=SILENCE, tells=(P.HOLDER,)),
    *(
        _desk(each, action, S.WAITING, act, P.REPORTER, P.FIRST_RUNG, anew=True)
        for action, act in (
            (A.HAND_ON, Act.FEEDBACK_HANDED_ON),
            (A.HAND_BACK, Act.FEEDBACK_HANDED_BACK),
        )
        for each in (S.WAITING, S.TAKEN)
    ),
    *(
        _desk(each, A.TO_FIRM, S.WITH_FIRM, Act.FEEDBACK_TO_FIRM, P.REPORTER, P.FIRST_RUNG)
        for each in (S.WAITING, S.TAKEN)
    ),
    *(
        _desk(
            each,
            A.TO_DEPARTMENT,
            S.WITH_DEPARTMENT,
            Act.FEEDBACK_TO_DEPARTMENT,
            P.REPORTER,
            needs=OVERSEE,
        )
        for each in (S.WAITING, S.TAKEN)
    ),
    *(
        _desk(each, A.BACK, S.WAITING, Act.FEEDBACK_GIVEN_BACK, P.REPORTER, P.FIRST_RUNG)
        for each in (S.WITH_FIRM, S.WITH_DEPARTMENT)
    ),
    *(
        Step(
            each,
            A.CLIMB,
            S.WAITING,
            due="rung_due",
            anew=True,
            tells=(P.REPORTER, P.FIRST_RUNG, P.EARLIER_HOLDER),
        )
        for each in IN_HAND
    ),
    *(Step(each, A.RELEASE, S.WAITING, tells=(P.REPORTER, P.FIRST_RUNG)) for each in HELD),
    *(_desk(each, A.REMARK, each, Act.FEEDBACK_NOTED, held=False) for each in OPEN),
    _own(S.ANSWERED, A.CONFIRM, S.CONFIRMED, Act.FEEDBACK_CONFIRMED, P.HOLDER),
    _own(
        S.ANSWERED, A.RETURN, S.WAITING, Act.FEEDBACK_RETURNED, P.FIRST_RUNG, P.EARLIER_HOLDER
    ),
    Step(S.ANSWERED, A.LAPSE, S.CLOSED, due=SILENCE, tells=(P.REPORTER,)),
    *(
        _own(
            each,
            A.REOPEN,
            S.WAITING,
            Act.FEEDBACK_REOPENED,
            P.FIRST_RUNG,
            within=REOPENED_WITHIN,
        )
        for each in (S.CONFIRMED, S.CLOSED, S.SETTLED)
    ),
)


class FeedbackStateDetails(Struct, frozen=True, kw_only=True):
    """State the feedback is in.

    `state`: State of the feedback at this moment.
    """

    state: FeedbackState


class FeedbackMovedOn(Conflict):
    """The feedback is in a state that has no such step, or somebody was first."""

    code = "feedback_moved_on"
    details_type = FeedbackStateDetails


def moved_on(state: FeedbackState) -> FeedbackMovedOn:
    return FeedbackMovedOn(f"这条民情现在是“{state.label}”,请刷新", state=state)


class TooLate(Conflict):
    """It ended more than thirty days ago: say it anew."""

    code = "feedback_reopened_too_late"


def too_late() -> TooLate:
    return TooLate("已经过了30天,请重新反映")
