"""Downloads and uploads of files: responses with a file, and bodies that are one."""

import gzip
import hashlib
from typing import Any

import msgspec

from services.kernel.errors import InvalidInput
from services.kernel.types import Opaque

PNG = b"\x89PNG"


class Download(msgspec.Struct, frozen=True):
    """A file as an answer."""

    content: bytes
    content_type: str
    filename: str = ""


def drawn(picture: bytes) -> Download:
    """Return a mini-program code as WeChat draws it: PNG, or JPEG when it is large."""
    return Download(picture, "image/png" if picture.startswith(PNG) else "image/jpeg")


class Signed(msgspec.Struct, forbid_unknown_fields=True):
    """Signature of a file's address, as its `url` was told; anything else finds nothing.

    `expires`: Seconds since 1970 after which the address shows nothing.
    `signature`: Signature over the file and the instant.
    """

    expires: Opaque = ""
    signature: Opaque = ""


class Fixed(Download, frozen=True, kw_only=True):
    """An answer that stays the same while the process runs: made, compressed and named once.

    `etag`: strong validator (RFC 9110, 8.8.3) of the content, in its quotes.
    """

    gzipped: bytes
    etag: str


def fixed(content: bytes, content_type: str, filename: str = "") -> Fixed:
    """Make an answer that stays the same. Takes milliseconds: keep what it returns."""
    return Fixed(
        content,
        content_type,
        filename,
        gzipped=gzip.compress(content, mtime=0),
        etag=f'"{hashlib.sha256(content).hexdigest()[:32]}"',
    )


def uploaded(handler: Any) -> bytes:
    """Return what was sent: the body itself, or the one file of a form.

    wx.uploadFile and browsers send forms, with a new boundary at each try.
    """
    files = [file for group in handler.request.files.values() for file in group]
    if len(files) > 1:
        raise InvalidInput("一次只能上传一个文件")
    sent: bytes = files[0].body if files else handler.request.body
    return sent
