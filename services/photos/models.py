"""Photos that people send: what is kept and seen of them."""

from collections.abc import AsyncIterator, Callable
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
    VISIT = (
        "visit",
        "走访、上门告知和住户卡的照片",
    )  # at a door: a paper that was left, or signed
    CHARGE = "charge", "抄表和费用凭证的照片"  # a meter, or the document of a cost
    CASE = "case", "报修、民情、调解、任务和巡查的附件"  # what it looks and sounds like


class Media(Labelled):
    """Media type of a file, by its content (RFC 2046, 8118, 4337, 3003, 4867; wav: WHATWG)."""

    JPEG = "image/jpeg", "图片"
    PDF = "application/pdf", "PDF 文件"
    MP4 = "video/mp4", "视频"
    MP3 = "audio/mpeg", "录音(MP3)"
    M4A = "audio/mp4", "录音(M4A)"
    AMR = "audio/amr", "录音(AMR)"
    WAV = "audio/wav", "录音(WAV)"


RECORDINGS: Final = frozenset({Media.MP4, Media.MP3, Media.M4A, Media.AMR, Media.WAV})


class Photo(Struct, kw_only=True):
    """Photo, film or voice of a person, or a paper of an office. Its sealed file lies on disk.

    `attached_to`: the id of what it was sent for; empty until then. `place`, `needs`: who holds
    this permission there sees it, besides its person. `key_sealed`: the key of its file, which
    is unreadable without it. `piece_bytes`: what each piece of the file holds, the last less;
    0: it is sealed as a whole. `sha256`: of the file. `width`, `height`: 0 of what has no
    pixels. `seconds`: of a recording, begun ones not counted, at least 1. `sweep_at`: when file
    and document are removed; null while it is attached.
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
    seconds: int = 0
    piece_bytes: int = 0
    created_at: datetime
    attached_to: str = ""
    place: str = ""
    needs: Permission | None = None
    sweep_at: datetime | None


class PhotoView(Struct, kw_only=True):
    """Photo or recording as it is kept: without what the phone added.

    `photo_id`: Opaque id of the photo.
    `media`: Media type of the file.
    `width`: Width in pixels; 0 of a paper or a voice. A film may be shown turned.
    `height`: Height in pixels; 0 of a paper or a voice.
    `seconds`: Length of a film or a voice, begun seconds not counted, at least 1; else 0.
    `bytes`: Size in bytes.
    """

    photo_id: str
    media: Media
    width: int
    height: int
    seconds: int
    bytes: int


class PhotoUrl(Struct, kw_only=True):
    """Address that shows a photo or recording to whoever has it, for five minutes.

    `photo_id`: Opaque id of the photo.
    `media`: Media type of the file.
    `seconds`: Length of a film or a voice, begun seconds not counted, at least 1; else 0.
    `url`: Address, relative to the server.
    `expires_at`: When the address shows nothing any more.
    """

    photo_id: str
    media: Media
    seconds: int
    url: str
    expires_at: datetime


class File(Struct, frozen=True, kw_only=True):
    """File of a photo, to be read.

    `size`: in bytes. `read`: yields it from one byte on and before another, in pieces; raises
    NotFound.
    """

    media: Media
    size: int
    sha256: str
    read: Callable[[int, int], AsyncIterator[bytes]]


def missing() -> NotFound:
    """Return the error for a photo that is not there, or that the actor may not see."""
    return NotFound("没有找到照片,或链接已过期")
