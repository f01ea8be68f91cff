"""State machine of a bill run. The table is the specification."""

from typing import Final

from msgspec import Struct

from services.kernel.acts import Act
from services.kernel.errors import Conflict
from services.kernel.labels import Labelled
from services.kernel.permissions import Permission
from services.kernel.states import Table, Transition


class RunState(Labelled):
    DRAFTING = "drafting", "正在出账"
    DRAFTED = "drafted", "待发布"
    PUBLISHING = "publishing", "正在发布"
    PUBLISHED = "published", "已发布"
    CANCELLING = "cancelling", "正在取消"
    CANCELLED = "cancelled", "已取消"
    WITHDRAWING = "withdrawing", "正在撤回"
    WITHDRAWN = "withdrawn", "已撤回"


class RunAction(Labelled):
    START = "start", "开始出账"
    PUBLISH = "publish", "发布"
    CANCEL = "cancel", "取消"
    WITHDRAW = "withdraw", "撤回"
    STOP = "stop", "停止撤回"  # somebody paid before anything was taken back
    FINISH = "finish", "办完"


class IllegalRunMoveDetails(Struct, frozen=True, kw_only=True):
    """State and action that do not fit together.

    `state`: State of the bill run; null before its first action.
    `action`: Action that was asked for.
    """

    state: RunState | None
    action: RunAction


class IllegalRunMove(Conflict):
    """The table has no such move from the state the run is in."""

    code = "bill_run_illegal_move"
    details_type = IllegalRunMoveDetails


R, RA, RUN = RunState, RunAction, Permission.RUN_BILLS
STARTED, PUBLISHED = Act.BILL_RUN_STARTED, Act.BILL_RUN_PUBLISHED
CANCELLED, WITHDRAWN = Act.BILL_RUN_CANCELLED, Act.BILL_RUN_WITHDRAWN

TABLE: Final = Table[RunState, RunAction](
    None,
    Transition(None, RA.START, R.DRAFTING, RUN, act=STARTED),
    Transition(R.DRAFTING, RA.FINISH, R.DRAFTED),
    Transition(R.DRAFTING, RA.CANCEL, R.CANCELLING, RUN, act=CANCELLED),
    Transition(R.DRAFTED, RA.START, R.DRAFTING, RUN, act=STARTED),  # fills gaps
    Transition(R.DRAFTED, RA.PUBLISH, R.PUBLISHING, RUN, act=PUBLISHED),
    Transition(R.DRAFTED, RA.CANCEL, R.CANCELLING, RUN, act=CANCELLED),
    Transition(R.PUBLISHING, RA.FINISH, R.PUBLISHED),
    Transition(R.PUBLISHED, RA.START, R.DRAFTING, RUN, act=STARTED),  # fills gaps
    Transition(R.CANCELLING, RA.FINISH, R.CANCELLED),
    Transition(R.CANCELLED, RA.START, R.DRAFTING, RUN, act=STARTED),
    Transition(R.PUBLISHED, RA.WITHDRAW, R.WITHDRAWING, RUN, act=WITHDRAWN),
    # its drafts were removed, but not what an earlier round had published
    Transition(R.CANCELLED, RA.WITHDRAW, R.WITHDRAWING, RUN, act=WITHDRAWN),
    Transition(R.WITHDRAWING, RA.STOP, R.PUBLISHED),
    Transition(R.WITHDRAWING, RA.FINISH, R.WITHDRAWN),
    Transition(R.WITHDRAWN, RA.START, R.DRAFTING, RUN, act=STARTED),
)


def require(state: RunState | None, action: RunAction) -> None:
    """Raise IllegalRunMove unless the action starts from this state."""
    message = "出账批次现在不能这样操作,请刷新看看"
    TABLE.require(state, action, IllegalRunMove(message, state=state, action=action))
