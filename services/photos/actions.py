"""Photos people send: kept sealed outside the database, shown to few, gone when not needed.

The document comes before the file and goes after it, so that at no moment there is a file that
no document knows of, whenever a process is killed; and the key of a file lies in its document,
so that a file without one is noise. See docs/decisions/10-photos.md.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.jobs.schedules import Schedule
from services.kernel.documents import new_id
from services.kernel.permissions import Actor, Permission
from services.photos import cleanup, links, models, store
from services.photos.files import open_file
from services.photos.models import Photo, PhotoUrl


async def attach(
    deps: Dependencies,
    tx: Transaction,
    actor: Actor,
    photo_ids: Sequence[str],
    *,
    subject: str,
    place: str,
    needs: Permission,
    owner: str | None = None,
) -> None:
    """Hang the actor's photos on what they were sent for, in its transaction.

    Who then holds `needs` at `place` sees them too. `owner`: whose they are then, if not
    the actor's: nobody's ("") when sent for somebody without an account. Raises NotFound unless
    each is the actor's own and hangs on nothing.
    """
    wanted = set(photo_ids)
    found = await store.attach(
        deps.db,
        sorted(wanted),
        actor.person_id,
        tx,
        subject=subject,
        place=place,
        needs=needs,
        owner=actor.person_id if owner is None else owner,
    )
    if found != len(wanted):
        raise models.missing()


async def urls(deps: Dependencies, actor: Actor, photo_ids: Sequence[str]) -> list[PhotoUrl]:
    """Return the address of each photo that the actor may see, in the order asked for."""
    found = {photo.id: photo for photo in await store.find(deps.db, photo_ids)}
    return [
        links.sign(deps, photo_id)
        for photo_id in dict.fromkeys(photo_ids)
        if photo_id in found and _may_see(actor, found[photo_id])
    ]


async def url(deps: Dependencies, actor: Actor, photo_id: str) -> PhotoUrl:
    """Return a photo's address. NotFound for whoever may not see it."""
    found = await urls(deps, actor, [photo_id])
    if not found:
        raise models.missing()
    return found[0]


def _may_see(actor: Actor, photo: Photo) -> bool:
    if photo.person == actor.person_id:
        return True
    return photo.needs is not None and actor.may(photo.needs, photo.place)


async def show(deps: Dependencies, photo_id: str, expires: str, signature: str) -> bytes:
    """Return the picture, a JPEG, to whoever has its address. NotFound for anything wrong."""
    links.verify(deps, photo_id, expires, signature)
    found = await store.find(deps.db, [photo_id])
    if not found:
        raise models.missing()
    return await open_file(deps, found[0])


async def discard(
    deps: Dependencies, tx: Transaction, photo_ids: Sequence[str], *, subject: str
) -> int:
    """Take away what hung on something that needs it no more; return how many.

    The files follow within seconds, by the worker.
    """
    count = await store.let_go(deps.db, photo_ids, subject, deps.now(), tx)
    if count:
        await jobs.enqueue(deps, tx, cleanup.CLEANUP, f"{subject}:let_go")
    return count


async def forget(deps: Dependencies, tx: Transaction, person_id: str) -> int:
    """Take all photos of a person away from everybody, at once; return how many.

    The files follow within seconds, by the worker.
    """
    count = await store.disown(deps.db, person_id, deps.now(), tx)
    if count:
        await jobs.enqueue(deps, tx, cleanup.CLEANUP, new_id(deps.now()))
    return count


JOBS: Final[dict[str, jobs.Handler]] = {cleanup.CLEANUP: cleanup.remove_due}
SCHEDULES: Final = (Schedule(cleanup.CLEANUP, every=timedelta(hours=1)),)
