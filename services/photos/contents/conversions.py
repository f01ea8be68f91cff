"""Conversion of what was sent into what is kept, by what it is and what it was sent for."""

from typing import Final

from msgspec import Struct

from services.photos.contents import problems
from services.photos.contents.file_types import FileType
from services.photos.contents.models import Copied, Refusal
from services.photos.decoder_pool import DECODER_POOL
from services.photos.models import Media, PhotoPurpose
from services.photos.reencode import PhotoUnreadable

MEGABYTE: Final = 1024 * 1024
# ISO 32000-2, 7.5.5: what stands near the end of a PDF.
PDF_END: Final = b"%%EOF"
PDF_TAIL: Final = 1024
RECORDINGS: Final = {
    FileType.MOVIE: Media.M4A,  # unless it has pictures
    FileType.MP3: Media.MP3,
    FileType.AAC: Media.M4A,
    FileType.AMR: Media.AMR,
    FileType.WAV: Media.WAV,
}
# What besides pictures a purpose takes.
TAKEN: Final = {
    PhotoPurpose.PROOF: frozenset[FileType](),
    PhotoPurpose.VISIT: frozenset[FileType](),
    PhotoPurpose.CHARGE: frozenset[FileType](),
    PhotoPurpose.NOTICE: frozenset({FileType.PAPER}),
    PhotoPurpose.CASE: frozenset({FileType.PAPER, *RECORDINGS}),
}
# Half a minute at twelve megabits a second: what phones film at 1080p in H.265, and more than
# what WeChat makes of a film before it hands it on.
LARGEST_FILM: Final = 50 * MEGABYTE
LARGEST_OTHER: Final = 10 * MEGABYTE


class Made(Struct, frozen=True, kw_only=True):
    """What is kept. `seconds`: of a recording. `width`, `height`: of what has pixels."""

    content: bytes
    media: Media
    width: int = 0
    height: int = 0
    seconds: int = 0


def largest(purpose: PhotoPurpose) -> int:
    """Return the most bytes that are read of a file for a purpose."""
    return LARGEST_FILM if FileType.MOVIE in TAKEN[purpose] else LARGEST_OTHER


async def convert(purpose: PhotoPurpose, family: FileType, content: bytes) -> Made:
    """Return what is kept of a file.

    What a purpose does not take is read as a picture, and refused as one. Raises PhotosBusy,
    PhotoUnreadable, PhotoTooLarge, MediaUnreadable, MediaCodec, MediaTooLong, MediaTooLarge.
    """
    most = LARGEST_FILM if family is FileType.MOVIE else LARGEST_OTHER
    if len(content) > most:
        raise problems.too_many_bytes(most)
    if family not in TAKEN[purpose]:
        return await _picture(purpose, content)
    if family is FileType.PAPER:
        return _paper(content)
    return await _recording(family, content)


async def _picture(purpose: PhotoPurpose, content: bytes) -> Made:
    try:
        made = await DECODER_POOL.reencode(content)
    except PhotoUnreadable as error:
        if not TAKEN[purpose]:
            raise
        others = "或一段视频、录音" if purpose is PhotoPurpose.CASE else "或 PDF"
        raise PhotoUnreadable(f"看不懂这个文件,请换一张 JPG、PNG、WebP 图片{others}") from error
    return Made(content=made.content, media=Media.JPEG, width=made.width, height=made.height)


def _paper(content: bytes) -> Made:
    """Return a PDF as it was sent, of no size in pixels. Raises PhotoUnreadable.

    Nobody here opens it: it is shown as a download, and never as a page of ours.
    """
    if PDF_END not in content[-PDF_TAIL:]:
        raise PhotoUnreadable("这个 PDF 文件不完整,请重新导出后再上传")
    return Made(content=content, media=Media.PDF)


async def _recording(family: FileType, content: bytes) -> Made:
    try:
        copied, file = await DECODER_POOL.copy(content, family)
    except Refusal as refusal:
        raise problems.problem_of(refusal.refused) from refusal
    return Made(
        content=file,
        media=_media(copied, family),
        width=copied.width,
        height=copied.height,
        seconds=copied.seconds,
    )


def _media(copied: Copied, family: FileType) -> Media:
    return Media.MP4 if copied.has_pictures else RECORDINGS[family]
