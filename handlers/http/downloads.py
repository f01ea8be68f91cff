"""Downloads and uploads of files: responses with a file, and bodies that are one."""

from typing import Any

import msgspec

from services.kernel.errors import InvalidInput


class Download(msgspec.Struct, frozen=True):
    """A file as an answer."""

    content: bytes
    content_type: str
    filename: str = ""


def uploaded(handler: Any) -> bytes:
    """Return what was sent: the body itself, or the one file of a form.

    wx.uploadFile and browsers send forms, with a new boundary at each try.
    """
    files = [file for group in handler.request.files.values() for file in group]
    if len(files) > 1:
        raise InvalidInput("一次只能上传一个文件")
    sent: bytes = files[0].body if files else handler.request.body
    return sent
