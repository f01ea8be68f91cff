"""State machine of a photo and its file. The table is the specification."""

from enum import StrEnum, auto
from typing import Final

from services.kernel.acts import Act
from services.kernel.states import Table, Transition


class PhotoState(StrEnum):
    """State of a photo and of its file."""

    WRITING = auto()  # the file may not be there yet
    READY = auto()
    GOING = auto()  # nobody's any more; the file may still be there


class PhotoAction(StrEnum):
    RELEASE = auto()  # its file is there: it may be seen and attached
    DISOWN = auto()
    DELETE = auto()  # its file is gone


S, A = PhotoState, PhotoAction
TABLE: Final = Table(
    S.WRITING,
    Transition(S.WRITING, A.RELEASE, S.READY, own=True, act=Act.PHOTO_ADDED),
    Transition(S.WRITING, A.DISOWN, S.GOING, due="sweep_at"),
    Transition(S.READY, A.DISOWN, S.GOING, due="sweep_at"),
    # A worker died between the note and the file.
    Transition(S.GOING, A.DISOWN, S.GOING, due="sweep_at"),
    Transition(S.GOING, A.DELETE, None),
)
