"""State machines of a bill and of a bill run. The tables are the specification."""

from enum import StrEnum, auto
from typing import Final

from msgspec import Struct

from services.kernel.errors import Conflict
from services.kernel.permissions import Permission


class BillState(StrEnum):
    DRAFT = auto()  # seen by staff only
    OWING = auto()
    PAID = auto()
    VOID = auto()


class BillAction(StrEnum):
    ISSUE = auto()
    SETTLE = auto()
    VOID = auto()
    DISCARD = auto()


class RunState(StrEnum):
    DRAFTING = auto()
    DRAFTED = auto()
    PUBLISHING = auto()
    PUBLISHED = auto()
    CANCELLING = auto()
    CANCELLED = auto()


class RunAction(StrEnum):
    START = auto()
    PUBLISH = auto()
    CANCEL = auto()
    FINISH = auto()


class BillMove(Struct, frozen=True):
    source: BillState
    action: BillAction
    target: BillState | None  # None: the draft is removed, it was never anybody's debt
    needs: Permission | None  # None: the worker, or money that arrived


class RunMove(Struct, frozen=True):
    source: RunState | None  # None: the run does not exist yet
    action: RunAction
    target: RunState
    needs: Permission | None


class IllegalRunMove(Conflict):
    code = "bill_run_illegal_move"


B, BA, R, RA, P = BillState, BillAction, RunState, RunAction, Permission

BILL_MOVES: Final = (
    BillMove(B.DRAFT, BA.ISSUE, B.OWING, None),
    BillMove(B.DRAFT, BA.DISCARD, None, None),
    BillMove(B.OWING, BA.SETTLE, B.PAID, None),
    BillMove(B.OWING, BA.VOID, B.VOID, P.RUN_BILLS),
)

RUN_MOVES: Final = (
    RunMove(None, RA.START, R.DRAFTING, P.RUN_BILLS),
    RunMove(R.DRAFTING, RA.FINISH, R.DRAFTED, None),
    RunMove(R.DRAFTING, RA.CANCEL, R.CANCELLING, P.RUN_BILLS),
    RunMove(R.DRAFTED, RA.START, R.DRAFTING, P.RUN_BILLS),  # fills gaps
    RunMove(R.DRAFTED, RA.PUBLISH, R.PUBLISHING, P.RUN_BILLS),
    RunMove(R.DRAFTED, RA.CANCEL, R.CANCELLING, P.RUN_BILLS),
    RunMove(R.PUBLISHING, RA.FINISH, R.PUBLISHED, None),
    RunMove(R.PUBLISHED, RA.START, R.DRAFTING, P.RUN_BILLS),  # fills gaps
    RunMove(R.CANCELLING, RA.FINISH, R.CANCELLED, None),
    RunMove(R.CANCELLED, RA.START, R.DRAFTING, P.RUN_BILLS),
)
_RUN_TARGET: Final = {(m.source, m.action): m.target for m in RUN_MOVES}


def run_target(state: RunState | None, action: RunAction) -> RunState:
    """Return where the action leads. IllegalRunMove when the table does not know it."""
    try:
        return _RUN_TARGET[state, action]
    except KeyError:
        raise IllegalRunMove(
            "出账批次现在不能这样操作,请刷新看看", state=state, action=action
        ) from None
