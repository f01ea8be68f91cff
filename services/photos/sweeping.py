"""Takes away photos sent for nothing, whose writing broke off, or whose owner left."""

import asyncio
from typing import Final

from services.dependencies import Dependencies
from services.jobs.models import Again
from services.kernel.documents import Document
from services.photos import files, store
from services.photos.models import Photo

SWEEP: Final = "photos.sweep"
AT_ONCE: Final = 200


async def sweep(deps: Dependencies, _: Document) -> Again | None:
    """Drop what is due; run again at once while there is more."""
    due = await store.due(deps.db, deps.now(), limit=AT_ONCE)
    for photo in due:
        await drop(deps, photo)
    return Again(deps.now()) if len(due) == AT_ONCE else None


async def drop(deps: Dependencies, photo: Photo) -> None:
    """First nobody can see it any more, then the file goes, then the document.

    Killed in between, the next sweep finds the document and goes on.
    """
    if await store.begin_to_go(deps.db, photo):
        await asyncio.to_thread(files.remove, files.path_of(deps.photos, photo.id))
        await store.delete(deps.db, photo.id)
