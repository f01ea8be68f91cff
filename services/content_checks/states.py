"""State machine of a content check. The table is the specification.

What waits is shown to nobody but its author and those who decide: only PASSED is visible.
"""

from enum import StrEnum, auto
from typing import Final

from msgspec import Struct

from services.kernel.acts import Act
from services.kernel.errors import Conflict
from services.kernel.labels import Labelled
from services.kernel.permissions import Permission
from services.kernel.states import Table, Transition


class CheckState(Labelled):
    """State of a check."""

    PENDING = "pending", "微信检查中"
    DOUBTFUL = "doubtful", "等待人工审核"
    PASSED = "passed", "已通过"
    REFUSED = "refused", "未通过"
    VOID = "void", "已作废"  # the text was changed or taken back meanwhile


class CheckAction(StrEnum):
    PASS = auto()  # WeChat's word
    REFUSE = auto()
    DOUBT = auto()  # WeChat is not sure, or could not judge
    ALLOW = auto()  # a person's word
    FORBID = auto()
    VOID = auto()


S, A = CheckState, CheckAction
OPEN: Final = (S.PENDING, S.DOUBTFUL)

TABLE: Final = Table(
    S.PENDING,
    Transition(S.PENDING, A.PASS, S.PASSED),
    Transition(S.PENDING, A.REFUSE, S.REFUSED),
    Transition(S.PENDING, A.DOUBT, S.DOUBTFUL),
    Transition(S.DOUBTFUL, A.ALLOW, S.PASSED, Permission.MODERATE, act=Act.CONTENT_DECIDED),
    Transition(S.DOUBTFUL, A.FORBID, S.REFUSED, Permission.MODERATE, act=Act.CONTENT_DECIDED),
    Transition(S.PENDING, A.VOID, S.VOID),
    Transition(S.DOUBTFUL, A.VOID, S.VOID),
    along=lambda state: {} if state in OPEN else {"open_key": None},
)


def is_visible(state: CheckState | None) -> bool:
    """Tell whether others may see what was checked; not without a check."""
    return state is CheckState.PASSED


class CheckStateDetails(Struct, frozen=True, kw_only=True):
    """State the check is in.

    `state`: State of the check at this moment.
    """

    state: CheckState


class CheckPending(Conflict):
    """WeChat has not answered yet; a person decides only what is doubtful."""

    code = "content_check_pending"
    details_type = CheckStateDetails


class CheckDecided(Conflict):
    """The check is over: somebody decided, or the text was changed; `state` in details."""

    code = "content_check_decided"
    details_type = CheckStateDetails


def require(state: CheckState, action: CheckAction) -> None:
    """Raise CheckPending or CheckDecided unless the action starts from this state."""
    if TABLE.find(state, action):
        return
    if state is S.PENDING:
        raise CheckPending("微信还在检查,请稍后再看", state=state)
    raise CheckDecided("这项内容已经处理过了,请刷新", state=state)
