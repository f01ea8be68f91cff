"""States of a photo: writing, then ready, then going."""

from enum import StrEnum, auto


class PhotoState(StrEnum):
    """State of a photo and of its file."""

    WRITING = auto()  # the file may not be there yet
    READY = auto()
    GOING = auto()  # nobody's any more; the file may still be there
