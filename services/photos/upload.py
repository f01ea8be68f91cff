"""Upload of a photo or a recording: made anew, sealed, written, and only then let be seen."""

import asyncio
import hashlib
import secrets
from base64 import b64encode
from contextlib import suppress
from datetime import timedelta
from typing import Final

import structlog

from services.audit import actions as audit
from services.consents import actions as consents
from services.consents.policies import PolicyKey
from services.dependencies import Dependencies, Transaction
from services.kernel import errors
from services.kernel.permissions import Actor, Permission, require
from services.kernel.vault import KEY_BYTES
from services.photos import cleanup, files, models, store
from services.photos.contents.conversions import Made, convert
from services.photos.contents.file_types import FileType, type_of
from services.photos.models import KEY, RECORDINGS, Media, Photo, PhotoPurpose, PhotoView
from services.photos.states import TABLE, PhotoAction

KEPT_UNATTACHED: Final = timedelta(hours=24)
MOST_UNATTACHED: Final = 50
# Of films, each as large as a hundred photos.
MOST_FILMS: Final = 6
# What a file is only taken for from who holds one of these, somewhere.
NEEDS: Final = {
    PhotoPurpose.NOTICE: (Permission.SEND_NOTICES,),
    PhotoPurpose.VISIT: (Permission.VIEW_RESIDENTS,),
    # Who lives here, or works here: an account by itself costs nothing to make.
    PhotoPurpose.CHARGE: (Permission.VIEW_HOME, Permission.VIEW_PLACES),
    PhotoPurpose.CASE: (Permission.VIEW_HOME, Permission.VIEW_PLACES),
}

log = structlog.get_logger(__name__)


class PhotoQuota(errors.Conflict):
    """Fifty photos of a day, or six films, are attached to nothing; `most` in details."""

    code = "photo_quota"
    details_type = errors.Most


class StorageAway(errors.Unavailable):
    """The disk is full or gone; nothing was kept."""

    code = "photo_storage_unavailable"
    details_type = errors.RetryAfter


async def add(
    deps: Dependencies, actor: Actor, purpose: PhotoPurpose, content: bytes
) -> PhotoView:
    """New photo of the actor, removed after a day unless it is attached to something.

    For a notice it may be a paper, too; for a case a paper, a film or a voice. Raises
    Forbidden, ConsentNeeded, PhotoQuota, StorageAway, and what conversions.convert() does.
    """
    family = type_of(content)
    _require_allowed(actor, purpose, family)
    policy = _policy(actor, purpose)
    await consents.check(deps, actor.person_id, policy)
    await _require_room(deps, actor, is_film=family is FileType.MOVIE)
    made = await convert(purpose, family, content)
    key = secrets.token_bytes(KEY_BYTES)
    photo = await asyncio.to_thread(_photo, deps, actor, purpose, made, key)
    await store.insert(deps.db, photo)
    await _keep(deps, photo, made.content, key)
    try:
        await _release(deps, actor, photo, policy)
    except errors.DomainError:
        await cleanup.remove(deps, photo)
        raise
    return view(photo)


def _require_allowed(actor: Actor, purpose: PhotoPurpose, family: FileType) -> None:
    """Raise Forbidden.

    A paper is kept as it was sent, with all that its program wrote into it, and opened on the
    phones of others: of a case it is taken from who works here alone.
    """
    needed = NEEDS.get(purpose)
    if needed and not any(actor.places(one) for one in needed):
        require(actor, needed[0])
    is_paper = purpose is PhotoPurpose.CASE and family is FileType.PAPER
    if is_paper and not actor.places(Permission.VIEW_PLACES):
        raise errors.Forbidden("请发图片、视频或录音")


async def _release(deps: Dependencies, actor: Actor, photo: Photo, policy: PolicyKey) -> None:
    """Make the photo ready to be seen and attached, once its file is there."""

    async def save(tx: Transaction) -> None:
        await consents.require(deps, tx, actor.person_id, policy)
        await _require_room(deps, actor, is_film=photo.media is Media.MP4, tx=tx)
        if not await store.mark_ready(deps.db, tx, photo.id):
            raise models.missing()
        await audit.record(
            deps,
            tx,
            actor,
            TABLE.act(PhotoAction.RELEASE),
            subject=photo.id,
            purpose=photo.purpose,
            bytes=photo.bytes,
        )

    await deps.in_transaction(save)


def _policy(actor: Actor, purpose: PhotoPurpose) -> PolicyKey:
    """Return the policy that must be agreed to: for a proof, one of its own (PIPL art. 29).

    Who decides about homes sends the papers of people who agreed on paper, at the window.
    """
    if purpose is PhotoPurpose.PROOF and not actor.places(Permission.DECIDE_HOMES):
        return PolicyKey.PROOF
    return PolicyKey.PRIVACY


async def _require_room(
    deps: Dependencies, actor: Actor, *, is_film: bool, tx: Transaction | None = None
) -> None:
    """Raise PhotoQuota.

    In the transaction it is exact, although many may be sent at once: all of a person's acts
    write the same end of the audit's chain, so one waits for the other and counts again.
    """
    if await store.count_unattached(deps.db, actor.person_id, tx=tx) >= MOST_UNATTACHED:
        raise PhotoQuota("您今天上传的照片太多了,请明天再传", most=MOST_UNATTACHED)
    if not is_film:
        return
    if await store.count_unattached_films(deps.db, actor.person_id, tx=tx) >= MOST_FILMS:
        raise PhotoQuota("您今天上传的视频太多了,请明天再传", most=MOST_FILMS)


def _photo(
    deps: Dependencies, actor: Actor, purpose: PhotoPurpose, made: Made, key: bytes
) -> Photo:
    now = deps.now()
    photo_id = deps.new_id()
    return Photo(
        id=photo_id,
        person=actor.person_id,
        purpose=purpose,
        media=made.media,
        key_sealed=KEY.seal(deps.vault, photo_id, b64encode(key).decode()),
        sha256=hashlib.sha256(made.content).hexdigest(),
        bytes=len(made.content),
        width=made.width,
        height=made.height,
        seconds=made.seconds,
        piece_bytes=files.PIECE_BYTES if made.media in RECORDINGS else 0,
        created_at=now,
        sweep_at=now + KEPT_UNATTACHED,
    )


async def _keep(deps: Dependencies, photo: Photo, content: bytes, key: bytes) -> None:
    path = files.path_of(deps.photos, photo.id)
    try:
        await asyncio.to_thread(files.write, path, files.seal(photo, content, key))
    except OSError as error:
        with suppress(OSError):  # half a file on a full disk; otherwise it goes in a day
            await asyncio.to_thread(files.remove, path)
        log.exception("photo_not_written", photo=photo.id)
        raise StorageAway("照片暂时无法保存,请稍后再试", retry_after_seconds=60) from error


def view(photo: Photo) -> PhotoView:
    return PhotoView(
        photo_id=photo.id,
        media=photo.media,
        width=photo.width,
        height=photo.height,
        seconds=photo.seconds,
        bytes=photo.bytes,
    )
