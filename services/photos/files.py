"""Sealed files of photos on disk.

Reading and writing block: call them from a thread. Ids sort by time, so the folders are named
by their random end. A file that is there is whole: it is written beside, brought to the disk,
and renamed. The key of each file lies sealed in its document: keys are renewed without touching
files.
"""

import asyncio
import os
from base64 import b64decode
from pathlib import Path
from typing import Final

import structlog

from services.dependencies import Dependencies
from services.kernel.vault import Unreadable, unseal_bytes
from services.photos.models import FILE, KEY, Photo, missing

PRIVATE_FOLDER: Final = 0o700
PRIVATE_FILE: Final = 0o600


def path_of(folder: Path, photo_id: str) -> Path:
    return folder / photo_id[-2:] / photo_id[-3] / photo_id


def write(path: Path, content: bytes) -> None:
    """Raises OSError, and then leaves at most what remove() takes away."""
    _make(path.parent)
    unfinished = _unfinished(path)
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE_FILE)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(handle)
    unfinished.rename(path)
    _sync(path.parent)


def read(path: Path) -> bytes:
    """Raises OSError."""
    return path.read_bytes()


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


async def open_file(deps: Dependencies, photo: Photo) -> bytes:
    """Return the picture. NotFound, and a line in the log, when it is gone or changed."""
    try:
        key = b64decode(KEY.open(deps.vault, photo.id, photo.key_sealed))
        path = path_of(deps.photos, photo.id)
        sealed = await asyncio.to_thread(read, path)
        return unseal_bytes(sealed, key=key, place=FILE.place(photo.id))
    except (OSError, Unreadable) as error:
        log.exception("photo_file_unreadable", photo=photo.id, error=type(error).__name__)
        raise missing() from error
