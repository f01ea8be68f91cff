"""State machine of a bill run. The table is the specification."""

from enum import StrEnum, auto
from typing import Final

from msgspec import Struct

from services.kernel.errors import Conflict
from services.kernel.permissions import Permission


class RunState(StrEnum):
    DRAFTING = auto()
    DRAFTED = auto()
    PUBLISHING = auto()
    PUBLISHED = auto()
    CANCELLING = auto()
    CANCELLED = auto()
    WITHDRAWING = auto()
    WITHDRAWN = auto()


class RunAction(StrEnum):
    START = auto()
    PUBLISH = auto()
    CANCEL = auto()
    WITHDRAW = auto()
    STOP = auto()  # somebody paid before anything was taken back
    FINISH = auto()


class RunMove(Struct, frozen=True):
    source: RunState | None  # None: the run does not exist yet
    action: RunAction
    target: RunState
    needs: Permission | None


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


R, RA = RunState, RunAction

RUN_MOVES: Final = (
    RunMove(None, RA.START, R.DRAFTING, Permission.RUN_BILLS),
    RunMove(R.DRAFTING, RA.FINISH, R.DRAFTED, None),
    RunMove(R.DRAFTING, RA.CANCEL, R.CANCELLING, Permission.RUN_BILLS),
    RunMove(R.DRAFTED, RA.START, R.DRAFTING, Permission.RUN_BILLS),  # fills gaps
    RunMove(R.DRAFTED, RA.PUBLISH, R.PUBLISHING, Permission.RUN_BILLS),
    RunMove(R.DRAFTED, RA.CANCEL, R.CANCELLING, Permission.RUN_BILLS),
    RunMove(R.PUBLISHING, RA.FINISH, R.PUBLISHED, None),
    RunMove(R.PUBLISHED, RA.START, R.DRAFTING, Permission.RUN_BILLS),  # fills gaps
    RunMove(R.CANCELLING, RA.FINISH, R.CANCELLED, None),
    RunMove(R.CANCELLED, RA.START, R.DRAFTING, Permission.RUN_BILLS),
    RunMove(R.PUBLISHED, RA.WITHDRAW, R.WITHDRAWING, Permission.RUN_BILLS),
    # its drafts were removed, but not what an earlier round had published
    RunMove(R.CANCELLED, RA.WITHDRAW, R.WITHDRAWING, Permission.RUN_BILLS),
    RunMove(R.WITHDRAWING, RA.STOP, R.PUBLISHED, None),
    RunMove(R.WITHDRAWING, RA.FINISH, R.WITHDRAWN, None),
    RunMove(R.WITHDRAWN, RA.START, R.DRAFTING, Permission.RUN_BILLS),
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
