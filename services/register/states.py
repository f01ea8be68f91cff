"""State machine of an import: this table is the specification."""

from datetime import timedelta
from enum import StrEnum, auto
from typing import Final

from msgspec import Struct

from services.kernel import errors
from services.kernel.acts import Act
from services.kernel.labels import Labelled
from services.kernel.permissions import Permission
from services.kernel.states import Table, Transition


class State(Labelled):
    UPLOADED = "uploaded", "已上传"
    READING = "reading", "正在读取"
    PREVIEWED = "previewed", "待确认"
    UNREADABLE = "unreadable", "无法读取"
    DISCARDED = "discarded", "已放弃"
    APPLYING = "applying", "正在导入"
    APPLIED = "applied", "已导入"
    UNDOING = "undoing", "正在撤回"
    UNDONE = "undone", "已撤回"


class Action(StrEnum):
    """Action that moves an import from one state to another."""

    UPLOAD = auto()
    READ = auto()
    PREVIEW = auto()
    REFUSE = auto()
    DISCARD = auto()
    CONFIRM = auto()
    FINISH = auto()
    UNDO = auto()
    CLEAR = auto()


S, A = State, Action

BUSY: Final = frozenset({S.APPLYING, S.UNDOING})

PREVIEWS_LIVE: Final = timedelta(days=7)
IMPORT, DISCARDED = Permission.IMPORT_REGISTER, Act.REGISTER_DISCARDED
UPLOADED, CONFIRMED, TAKEN_BACK = (
    Act.REGISTER_UPLOADED,
    Act.REGISTER_CONFIRMED,
    Act.REGISTER_UNDONE,
)

TABLE: Final = Table(
    S.UPLOADED,
    Transition(S.UNREADABLE, A.UPLOAD, S.UPLOADED, IMPORT, act=UPLOADED),
    Transition(S.DISCARDED, A.UPLOAD, S.UPLOADED, IMPORT, act=UPLOADED),
    Transition(S.UNDONE, A.UPLOAD, S.UPLOADED, IMPORT, act=UPLOADED),
    Transition(S.UPLOADED, A.READ, S.READING),
    # A worker that takes over from a dead one reads again from the start.
    Transition(S.READING, A.READ, S.READING),
    Transition(S.READING, A.PREVIEW, S.PREVIEWED),
    Transition(S.READING, A.REFUSE, S.UNREADABLE),
    Transition(S.UPLOADED, A.DISCARD, S.DISCARDED, IMPORT, act=DISCARDED),
    Transition(S.READING, A.DISCARD, S.DISCARDED, IMPORT, act=DISCARDED),
    Transition(S.PREVIEWED, A.DISCARD, S.DISCARDED, IMPORT, due=PREVIEWS_LIVE, act=DISCARDED),
    Transition(S.PREVIEWED, A.CONFIRM, S.APPLYING, IMPORT, act=CONFIRMED),
    Transition(S.APPLYING, A.FINISH, S.APPLIED),
    Transition(S.APPLIED, A.UNDO, S.UNDOING, IMPORT, act=TAKEN_BACK),
    Transition(S.UNDOING, A.CLEAR, S.UNDONE),
    along=lambda state: {"busy": state in BUSY},
)

# Jobs, and the action that promises each.
READ: Final = "register.read"
EXPIRE: Final = "register.expire"
APPLY: Final = "register.apply"
UNDO: Final = "register.undo"
JOB_OF: Final = {A.UPLOAD: READ, A.PREVIEW: EXPIRE, A.CONFIRM: APPLY, A.UNDO: UNDO}


class WrongStateDetails(Struct, frozen=True, kw_only=True):
    """State the import is in.

    `state`: State of the import at this moment.
    """

    state: State


class WrongState(errors.Conflict):
    """Import in another state: somebody was first, or it is too early."""

    code = "register_wrong_state"
    details_type = WrongStateDetails


def require(state: State, action: Action) -> None:
    """Raise WrongState unless the action starts from this state."""
    TABLE.require(state, action, moved_on(state))


def moved_on(state: State) -> WrongState:
    """Conflict of an import that somebody else moved; its `state` in details."""
    return WrongState("这次导入的状态已经变化,请刷新后再看", state=state)
