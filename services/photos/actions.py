"""Photos and recordings of people: attached to what they prove, shown to few, discarded after.

The document comes before the file and goes after it, so that at no moment there is a file that
no document knows of, whenever a process is killed; and the key of a file lies in its document,
so that a file without one is noise. See docs/decisions/10-photos.md.
"""

from collections.abc import Collection, Sequence
from datetime import timedelta
from functools import partial
from typing import Final

from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.kernel import errors, signed_links
from services.kernel.permissions import Actor, Permission
from services.photos import cleanup, files, links, models, store
from services.photos.models import File, Media, Photo, PhotoPurpose, PhotoUrl

# What is for a case comes under another consent than a proof, and may be a film.
STILL: Final = frozenset(PhotoPurpose) - {PhotoPurpose.CASE}


async def attach(
    deps: Dependencies,
    tx: Transaction,
    actor: Actor,
    photo_ids: Sequence[str],
    *,
    subject: str,
    place: str,
    needs: Permission | None,
    owner: str | None = None,
    purposes: Collection[PhotoPurpose] = STILL,
) -> None:
    """Attach the actor's photos to what they were sent for, in its transaction.

    Who holds `needs` at `place` sees them from then on, with None nobody; who else may see the
    subject gets links_to() them. `owner`: whose they are then, the actor's by default; "" for
    nobody's, when they were sent for a person without an account. `purposes`: what they may
    have been sent for; a case takes CASE, and nothing else takes its films. Raises InvalidInput
    for the actor's own of another purpose, and NotFound unless each is their own and attached
    to nothing.
    """
    wanted = set(photo_ids)
    count = await store.attach(
        deps.db,
        tx,
        sorted(wanted),
        actor.person_id,
        subject=subject,
        place=place,
        needs=needs,
        owner=actor.person_id if owner is None else owner,
        purposes=purposes,
    )
    if count != len(wanted):
        raise await _refused(deps, actor, wanted, purposes)


async def _refused(
    deps: Dependencies, actor: Actor, wanted: set[str], purposes: Collection[PhotoPurpose]
) -> Exception:
    """Return why photos cannot be attached: what was sent for something else is named."""
    found = await store.find(deps.db, sorted(wanted))
    free = [each for each in found if each.person == actor.person_id and not each.attached_to]
    other = next((each for each in free if each.purpose not in purposes), None)
    if other is None:
        return models.missing()
    meant = "、".join(f"“{each.label}”" for each in PhotoPurpose if each in purposes)
    return errors.InvalidInput(
        f"照片上传时选的用途是“{other.purpose.label}”,这里要用{meant},请重新上传"
    )


async def detach(
    deps: Dependencies, tx: Transaction, actor: Actor, photo_ids: Sequence[str], *, subject: str
) -> list[str]:
    """Detach photos of the actor from `subject`, to attach them in the same transaction.

    Return which of them are theirs: to what others sent they have no right. What is attached to
    nothing is removed at once.
    """
    by, now = actor.person_id, deps.now()
    return await store.detach(deps.db, tx, photo_ids, by, now, subject=subject)


async def urls(
    deps: Dependencies,
    actor: Actor,
    photo_ids: Sequence[str],
    *,
    lasts: timedelta = signed_links.LASTS,
) -> list[PhotoUrl]:
    """Addresses of the photos that the actor may see, in the order of `photo_ids`."""
    found = {photo.id: photo for photo in await store.find(deps.db, photo_ids)}
    return [
        links.sign(deps, found[photo_id], lasts)
        for photo_id in dict.fromkeys(photo_ids)
        if photo_id in found and _may_see(actor, found[photo_id])
    ]


def url_for_wechat(deps: Dependencies, photo_id: str) -> str:
    """Address at which WeChat can download a photo for its check, for forty minutes."""
    return links.for_wechat(deps, photo_id)


def urls_for_moderation(deps: Dependencies, photo_ids: Sequence[str]) -> dict[str, str]:
    """Return photo → its address for who judges what they belong to; the caller asked.

    They are not yet anybody else's to see, whatever permission they are attached with.
    """
    return {photo_id: links.address_of(deps, photo_id) for photo_id in photo_ids}


async def url(deps: Dependencies, actor: Actor, photo_id: str) -> PhotoUrl:
    """Address of a photo. Raises NotFound for an actor who may not see it."""
    found = await urls(deps, actor, [photo_id])
    if not found:
        raise models.missing()
    return found[0]


def _may_see(actor: Actor, photo: Photo) -> bool:
    if photo.person == actor.person_id:
        return True
    return photo.needs is not None and actor.may(photo.needs, photo.place)


async def links_to(
    deps: Dependencies, photo_ids: Sequence[str], *, subject: str
) -> list[PhotoUrl]:
    """Addresses of photos that are attached to `subject`, in the order of `photo_ids`.

    For whoever the caller knows may see the subject, and all that is attached to it.
    """
    return await links_of(deps, [(each, subject) for each in photo_ids])


async def links_of(deps: Dependencies, asked: Sequence[tuple[str, str]]) -> list[PhotoUrl]:
    """Addresses of photos of several subjects, as links_to() has those of one: one query.

    `asked`: photo and the subject to which it is attached; others are left out.
    """
    found = await store.find(deps.db, [photo for photo, _ in asked])
    there = {(photo.id, photo.attached_to): photo for photo in found}
    return [links.sign(deps, there[each]) for each in dict.fromkeys(asked) if each in there]


async def media_of(deps: Dependencies, photo_ids: Sequence[str]) -> dict[str, Media]:
    """Return photo → its media type; one query however many."""
    return {photo.id: photo.media for photo in await store.find(deps.db, photo_ids)}


async def show(deps: Dependencies, photo_id: str, expires: str, signature: str) -> File:
    """File of a photo for whoever has its address. Raises NotFound otherwise."""
    links.verify(deps, photo_id, expires, signature)
    found = await store.find(deps.db, [photo_id])
    if not found:
        raise models.missing()
    [photo] = found
    read = partial(files.pieces, deps, photo)
    return File(media=photo.media, size=photo.bytes, sha256=photo.sha256, read=read)


async def discard(
    deps: Dependencies, tx: Transaction, photo_ids: Sequence[str], *, subject: str
) -> int:
    """Discard photos that are attached to `subject`, which needs them no more; return how many.

    The worker removes the files within seconds.
    """
    count = await store.discard(deps.db, tx, photo_ids, subject, deps.now())
    if count:
        await jobs.enqueue(deps, tx, cleanup.CLEANUP, f"{subject}:let_go")
    return count
