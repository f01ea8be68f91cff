"""Sealed files of photos on disk.

Reading and writing block: call them from a thread. Ids sort by time, so the folders are named
by their random end. A file that is there is whole: it is written beside, brought to the disk,
and renamed. The key of each file lies sealed in its document: keys are renewed without touching
files. A recording is sealed in pieces, so that a player gets a part of it without the rest
being read; each piece is bound to its number and to how many there are.
"""

import asyncio
import os
from base64 import b64decode
from collections.abc import AsyncIterator, Iterable, Iterator
from pathlib import Path
from typing import Final

import structlog

from services.dependencies import Dependencies
from services.kernel.vault import SEALED_MORE_BYTES, Unreadable, seal_bytes, unseal_bytes
from services.photos.models import FILE, KEY, Photo, missing

PRIVATE_FOLDER: Final = 0o700
PRIVATE_FILE: Final = 0o600
PIECE_BYTES: Final = 1024 * 1024


def path_of(folder: Path, photo_id: str) -> Path:
    return folder / photo_id[-2:] / photo_id[-3] / photo_id


def seal(photo: Photo, content: bytes, key: bytes) -> Iterator[bytes]:
    """Yield a file sealed: whole, or piece by piece where the document says so."""
    for number, begin in enumerate(range(0, photo.bytes, _step(photo))):
        piece = content[begin : begin + _step(photo)]
        yield seal_bytes(piece, key=key, place=FILE.place(_row(photo, number)))


def write(path: Path, content: bytes | Iterable[bytes]) -> None:
    """Raises OSError, and then leaves at most what remove() takes away."""
    _make(path.parent)
    unfinished = _unfinished(path)
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE_FILE)
    with os.fdopen(handle, "wb") as file:
        file.writelines([content] if isinstance(content, bytes) else content)
        file.flush()
        os.fsync(handle)
    unfinished.rename(path)
    _sync(path.parent)


def remove(path: Path) -> None:
    """Remove a file, however far it was written. Harmless to repeat."""
    if path.parent.is_dir():
        path.unlink(missing_ok=True)
        _unfinished(path).unlink(missing_ok=True)
        _sync(path.parent)


def _unfinished(path: Path) -> Path:
    return path.with_suffix(".new")


def _make(folder: Path) -> None:
    if not folder.is_dir():
        _make(folder.parent)
        folder.mkdir(PRIVATE_FOLDER, exist_ok=True)
        _sync(folder.parent)


def _sync(folder: Path) -> None:
    """Bring the names in a folder to the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


log = structlog.get_logger(__name__)


async def pieces(
    deps: Dependencies, photo: Photo, begin: int, end: int
) -> AsyncIterator[bytes]:
    """Yield a file from byte `begin` on and before `end`, no more of it in memory than a piece.

    NotFound, and a line in the log, when it is gone or changed.
    """
    try:
        key = b64decode(KEY.open(deps.vault, photo.id, photo.key_sealed))
        step = _step(photo)
        for number in range(begin // step, -(-end // step)):
            piece = await asyncio.to_thread(_open_piece, deps.photos, photo, key, number)
            at = number * step
            yield piece[max(begin - at, 0) : end - at]
    except (OSError, Unreadable) as error:
        log.exception("photo_file_unreadable", photo=photo.id, error=type(error).__name__)
        raise missing() from error


def _open_piece(folder: Path, photo: Photo, key: bytes, number: int) -> bytes:
    """Return a piece of a file, which may be all of it. Raises OSError, Unreadable."""
    size = _step(photo) + SEALED_MORE_BYTES
    with path_of(folder, photo.id).open("rb") as file:
        file.seek(number * size)
        # Of a file that is one piece all is read: whatever hangs behind it, it was changed.
        sealed = file.read(size if photo.piece_bytes else -1)
    return unseal_bytes(sealed, key=key, place=FILE.place(_row(photo, number)))


def _step(photo: Photo) -> int:
    return photo.piece_bytes or photo.bytes


def _row(photo: Photo, number: int) -> str:
    """Return what a piece is authenticated as; a file that is sealed whole, by its id alone."""
    count = -(-photo.bytes // _step(photo))
    return f"{photo.id}/{number}/{count}" if photo.piece_bytes else photo.id
