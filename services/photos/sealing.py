"""The key of each file lies sealed in its document: keys are renewed without touching files."""

import asyncio
from base64 import b64decode

import structlog

from services.dependencies import Dependencies
from services.kernel.vault import Unreadable, unseal_bytes
from services.photos import files
from services.photos.links import missing
from services.photos.models import Photo

log = structlog.get_logger(__name__)


def file_place(photo_id: str) -> str:
    return f"photos/{photo_id}/file"


def key_place(photo_id: str) -> str:
    return f"photos/{photo_id}/key"


async def open_file(deps: Dependencies, photo: Photo) -> bytes:
    """Return the picture. NotFound, and a line in the log, when it is gone or changed."""
    try:
        key = b64decode(deps.vault.unseal(photo.key_sealed, place=key_place(photo.id)))
        path = files.path_of(deps.photos, photo.id)
        sealed = await asyncio.to_thread(files.read, path)
        return unseal_bytes(sealed, key=key, place=file_place(photo.id))
    except (OSError, Unreadable) as error:
        log.exception("photo_file_unreadable", photo=photo.id, error=type(error).__name__)
        raise missing() from error
