"""The life of an import: this table is the specification."""

from enum import StrEnum, auto
from typing import Final


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
