"""What a recording became, and why one was refused; said by the child that copies it.

Nothing heavy is imported here: the child starts anew for each file.
"""

from enum import StrEnum, auto
from typing import Final

from msgspec import Struct

# After this the child of a recording is killed, whatever it waits for. Measured: 50 MB take
# half a second of a core.
WALL_SECONDS: Final = 12


class Reason(StrEnum):
    """Reason why a recording is refused."""

    UNREADABLE = auto()
    CODEC = auto()
    TOO_LONG = auto()
    TOO_LARGE = auto()


class Copied(Struct, tag="copied", frozen=True, kw_only=True):
    """A recording in its new container. `has_pictures`: it is a film, and no sound alone.

    `seconds`: whole ones. `width`, `height`: as stored, before it is turned; 0 of a sound.
    """

    has_pictures: bool
    seconds: int
    width: int = 0
    height: int = 0


class Refused(Struct, tag="refused", frozen=True, kw_only=True):
    """`codec`: that of the stream which cannot be taken. `most`: seconds or pixels."""

    reason: Reason
    codec: str = ""
    most: int = 0


class Refusal(Exception):
    """Refusal of a recording, with what is told of it."""

    def __init__(self, reason: Reason, *, codec: str = "", most: int = 0) -> None:
        super().__init__(reason)
        self.refused = Refused(reason=reason, codec=codec, most=most)
