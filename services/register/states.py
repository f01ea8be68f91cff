"""State machine of an import: this table is the specification."""

from enum import StrEnum, auto
from typing import Final

from msgspec import Struct

from services.kernel import errors


class State(StrEnum):
    UPLOADED = auto()
    READING = auto()
    PREVIEWED = auto()
    UNREADABLE = auto()
    DISCARDED = auto()
    APPLYING = auto()
    APPLIED = auto()
    UNDOING = auto()
    UNDONE = auto()


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

# action → (the states it starts from, the state it leads to)
TRANSITIONS: Final[dict[Action, tuple[frozenset[State], State]]] = {
    A.UPLOAD: (frozenset({S.UNREADABLE, S.DISCARDED, S.UNDONE}), S.UPLOADED),
    # A worker that takes over from a dead one reads again from the start.
    A.READ: (frozenset({S.UPLOADED, S.READING}), S.READING),
    A.PREVIEW: (frozenset({S.READING}), S.PREVIEWED),
    A.REFUSE: (frozenset({S.READING}), S.UNREADABLE),
    A.DISCARD: (frozenset({S.UPLOADED, S.READING, S.PREVIEWED}), S.DISCARDED),
    A.CONFIRM: (frozenset({S.PREVIEWED}), S.APPLYING),
    A.FINISH: (frozenset({S.APPLYING}), S.APPLIED),
    A.UNDO: (frozenset({S.APPLIED}), S.UNDOING),
    A.CLEAR: (frozenset({S.UNDOING}), S.UNDONE),
}

BUSY: Final = frozenset({S.APPLYING, S.UNDOING})

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
    sources, _ = TRANSITIONS[action]
    if state not in sources:
        raise moved_on(state)


def moved_on(state: State) -> WrongState:
    """Conflict of an import that somebody else moved; its `state` in details."""
    return WrongState("这次导入的状态已经变化,请刷新后再看", state=state)
