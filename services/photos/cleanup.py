"""Cleanup of photos sent for nothing, whose writing broke off, or whose owner left."""

import asyncio
from datetime import timedelta
from typing import Final

from services.dependencies import Dependencies
from services.jobs import actions as jobs
from services.jobs.models import Again
from services.kernel.documents import Document
from services.kernel.features import Schedule
from services.photos import files, store
from services.photos.models import Photo

CLEANUP: Final = "photos.sweep"
AT_ONCE: Final = 200


async def remove_due(deps: Dependencies, _: Document) -> Again | None:
    """Job: remove the photos whose time is over; run again at once while there are more."""
    due = await store.due(deps.db, deps.now(), limit=AT_ONCE)
    for photo in due:
        await remove(deps, photo)
    return Again(deps.now()) if len(due) == AT_ONCE else None


async def remove(deps: Dependencies, photo: Photo) -> None:
    """Remove a photo: first nobody can see it any more, then the file goes, then the document.

    Killed in between, the next run finds the document and goes on.
    """
    if await store.begin_removal(deps.db, photo):
        await asyncio.to_thread(files.remove, files.path_of(deps.photos, photo.id))
        await store.delete(deps.db, photo.id)


JOBS: Final[dict[str, jobs.Handler]] = {CLEANUP: remove_due}
SCHEDULES: Final = (Schedule(CLEANUP, every=timedelta(hours=1)),)
