"""Photos that people send: what is kept and seen of them."""

from datetime import datetime
from typing import Final

from msgspec import Struct, field

from services.kernel.errors import NotFound
from services.kernel.labels import Labelled
from services.kernel.permissions import Permission
from services.kernel.vault import Sealed
from services.photos.states import PhotoState

KEY: Final = Sealed("photos", "key")
FILE: Final = Sealed("photos", "file")  # sealed under that key, not by the vault


class PhotoPurpose(Labelled):
    PROOF = "proof", "证明材料"  # of belonging to a home: a deed, a contract, an identity card
    NOTICE = "notice", "通知附件"  # of a notice: a picture, or a paper as PDF
    VISIT = "visit", "上门告知"  # of the paper that was left at a door


class Media(Labelled):
    """Media type of a file, by its content (RFC 2046, RFC 8118)."""

    JPEG = "image/jpeg", "图片"
    PDF = "application/pdf", "PDF 文件"


class Photo(Struct, kw_only=True):
    """Photo of a person, or a paper of an office. Its sealed file lies on disk.

    `attached_to`: the id of what it was sent for; empty until then. `place`, `needs`: who holds
    this permission there sees it, besides its person. `key_sealed`: the key of its file, which
    is unreadable without it. `sha256`: of the file. `width`, `height`: 0 of a paper.
    `sweep_at`: when file and document are removed; null while it is attached.
    """

    id: str = field(name="_id")
    person: str
    purpose: PhotoPurpose
    state: PhotoState = PhotoState.WRITING
    media: Media = Media.JPEG
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
    """Photo as it is kept: upright, reduced, without what the phone added.

    `photo_id`: Opaque id of the photo.
    `media`: Media type of the file.
    `width`: Width in pixels; 0 of a paper.
    `height`: Height in pixels; 0 of a paper.
    `bytes`: Size in bytes.
    """

    photo_id: str
    media: Media
    width: int
    height: int
    bytes: int


class PhotoUrl(Struct, kw_only=True):
    """Address that shows a photo to whoever has it, for five minutes.

    `photo_id`: Opaque id of the photo.
    `url`: Address, relative to the server.
    `expires_at`: When the address shows nothing any more.
    """

    photo_id: str
    url: str
    expires_at: datetime


class File(Struct, frozen=True):
    """File of a photo, opened."""

    content: bytes
    media: Media


def missing() -> NotFound:
    """Return the error for a photo that is not there, or that the actor may not see."""
    return NotFound("没有找到照片,或链接已过期")
