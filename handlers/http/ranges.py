"""Ranges of an answer (RFC 9110, 14): players ask for a part of a film, and then for the next.

The answer is written piece by piece, and the next is read when the last was taken: a film of
50 MB costs the memory of one piece, whatever was asked for.
"""

import re
from collections.abc import AsyncIterator, Callable
from http import HTTPStatus
from typing import Any, Final

import msgspec
from tornado.iostream import StreamClosedError

from services.kernel import errors

# One range. Of several (a multipart answer, which no player asks for) and of what is none, all
# is sent, as 14.2 allows.
RANGE: Final = re.compile(r"bytes=(?:(\d{1,18})-(\d{1,18})?|-(\d{1,18}))", re.ASCII)


class RangeSize(msgspec.Struct, frozen=True):
    """Size of the file of which a range was asked for.

    `size`: Bytes of the whole file.
    """

    size: int


class RangeNotSatisfiable(errors.DomainError):
    """The part that was asked for begins behind the end."""

    code = "range_not_satisfiable"
    details_type = RangeSize


class Ranged(msgspec.Struct, frozen=True):
    """A file as an answer, of which a part may be asked for.

    `read`: yields it from one byte on and before another, in pieces. `etag`: strong validator
    (RFC 9110, 8.8.3) of the content, in its quotes.
    """

    size: int
    content_type: str
    etag: str
    read: Callable[[int, int], AsyncIterator[bytes]]


async def send(handler: Any, file: Ranged) -> None:
    """Answer with a file or the part that was asked for. Raises RangeNotSatisfiable."""
    part = _asked(handler, file)
    begin, end = part or (0, file.size)
    pieces = file.read(begin, end)
    first = await anext(pieces)  # fails before anything is said
    handler.set_status(HTTPStatus.PARTIAL_CONTENT if part else HTTPStatus.OK)
    handler.set_header("Content-Type", file.content_type)
    handler.set_header("Content-Length", str(end - begin))
    handler.set_header("Accept-Ranges", "bytes")
    handler.set_header("ETag", file.etag)
    if part:
        handler.set_header("Content-Range", f"bytes {begin}-{end - 1}/{file.size}")
    if handler.request.method == "HEAD":
        return
    try:
        await _write(handler, first, pieces)
    except StreamClosedError:
        return  # a player that jumps hangs up


async def _write(handler: Any, piece: bytes, others: AsyncIterator[bytes]) -> None:
    handler.write(piece)
    await handler.flush()
    async for other in others:
        handler.write(other)
        await handler.flush()


def _asked(handler: Any, file: Ranged) -> tuple[int, int] | None:
    """Return the part that was asked for, from a byte on and before another; None for all."""
    headers = handler.request.headers
    found = RANGE.fullmatch(headers.get("Range", "").strip())
    if not found or handler.request.method != "GET":
        return None
    if headers.get("If-Range", file.etag) != file.etag:  # it has a part of something else
        return None
    first, last, suffix = (None if one is None else int(one) for one in found.groups())
    if first is None:
        begin, end = max(file.size - (suffix or 0), 0), file.size
    else:
        begin, end = first, file.size if last is None else min(last + 1, file.size)
        if last is not None and last < first:  # is none (14.1.1)
            return None
    if begin >= file.size:
        raise RangeNotSatisfiable("文件没有这么长", size=file.size)
    return begin, end
