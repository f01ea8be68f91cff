"""A photo somebody sent: where its sealed file is, whose it is, who may see it."""

from datetime import datetime
from enum import StrEnum, auto

from msgspec import Struct, field

from services.kernel.errors import NotFound
from services.kernel.permissions import Permission


class Purpose(StrEnum):
    PROOF = auto()  # of belonging to a home: a deed, a contract, an identity card


class State(StrEnum):
    WRITING = auto()  # the file may not be there yet
    READY = auto()
    GOING = auto()  # nobody's any more; the file may still be there


class Photo(Struct, kw_only=True):
    """`attached_to`: the id of what it was sent for; empty until then.

    `place`, `needs`: who holds this permission there sees it, besides whoever sent it.
    `key_sealed`: the key of its file, unreadable without it. `sha256`: of the picture.
    `sweep_at`: when file and document go; never while it is attached.
    """

    id: str = field(name="_id")
    person: str
    purpose: Purpose
    state: State = State.WRITING
    key_sealed: str
    sha256: str
    bytes: int
    width: int
    height: int
    created_at: datetime
    attached_to: str = ""
    place: str = ""
    needs: Permission | None = None
    sweep_at: datetime | None


class PhotoView(Struct, kw_only=True):
    """Of the photo as it is kept: upright, reduced, without what the phone added."""

    photo_id: str
    width: int
    height: int
    bytes: int


class PhotoUrl(Struct, kw_only=True):
    """Shows the photo to whoever has it, for five minutes. `url` is relative to the server."""

    photo_id: str
    url: str
    expires_at: datetime


def missing() -> NotFound:
    return NotFound("没有找到照片,或链接已过期")
