"""Upload of a photo: decoded, made anew, sealed, written, and only then let be seen."""

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
from services.kernel.vault import KEY_BYTES, seal_bytes
from services.photos import cleanup, files, models, store
from services.photos.decoder_pool import DECODER_POOL
from services.photos.models import FILE, KEY, Media, Photo, PhotoPurpose, PhotoView
from services.photos.reencode import PhotoUnreadable, Picture
from services.photos.states import TABLE, PhotoAction

KEPT_UNATTACHED: Final = timedelta(hours=24)
MOST_UNATTACHED: Final = 50
# ISO 32000-2, 7.5.2 and 7.5.5: how the file begins, and what stands near its end.
PDF_HEADER, PDF_END = b"%PDF-", b"%%EOF"
PDF_TAIL: Final = 1024
# What only who works here sends a photo for.
NEEDS: Final = {
    PhotoPurpose.NOTICE: Permission.SEND_NOTICES,
    PhotoPurpose.VISIT: Permission.VIEW_RESIDENTS,
}

log = structlog.get_logger(__name__)


class PhotoQuota(errors.Conflict):
    """Fifty photos of a day are attached to nothing; `most` in details."""

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

    For a notice it may be a paper, too. Raises Forbidden, ConsentNeeded, PhotoQuota,
    PhotosBusy, PhotoUnreadable, PhotoTooLarge, StorageAway.
    """
    if purpose in NEEDS:
        require(actor, NEEDS[purpose])
    policy = _policy(actor, purpose)
    await consents.check(deps, actor.person_id, policy)
    await _require_room(deps, actor)
    is_paper = purpose is PhotoPurpose.NOTICE and content.startswith(PDF_HEADER)
    picture = _paper(content) if is_paper else await _picture(purpose, content)
    key = secrets.token_bytes(KEY_BYTES)
    photo = _photo(deps, actor, purpose, picture, key)
    photo.media = Media.PDF if is_paper else Media.JPEG
    await store.insert(deps.db, photo)
    await _keep(deps, photo.id, picture, key)
    try:
        await _release(deps, actor, photo, policy)
    except errors.DomainError:
        await cleanup.remove(deps, photo)
        raise
    return view(photo)


async def _picture(purpose: PhotoPurpose, content: bytes) -> Picture:
    """Return a photo anew. Raises PhotosBusy, PhotoUnreadable, PhotoTooLarge."""
    try:
        return await DECODER_POOL.reencode(content)
    except PhotoUnreadable as error:
        if purpose is not PhotoPurpose.NOTICE:
            raise
        raise PhotoUnreadable("看不懂这个文件,请换一张 JPG、PNG、WebP 图片或 PDF") from error


def _paper(content: bytes) -> Picture:
    """Return a PDF as it was sent, of no size in pixels. Raises PhotoUnreadable.

    Nobody here opens it: it is shown as a download, and never as a page of ours.
    """
    if PDF_END not in content[-PDF_TAIL:]:
        raise PhotoUnreadable("这个 PDF 文件不完整,请重新导出后再上传")
    return Picture(content, 0, 0)


async def _release(deps: Dependencies, actor: Actor, photo: Photo, policy: PolicyKey) -> None:
    """Make the photo ready to be seen and attached, once its file is there."""

    async def save(tx: Transaction) -> None:
        await consents.require(deps, tx, actor.person_id, policy)
        await _require_room(deps, actor, tx=tx)
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
    deps: Dependencies, actor: Actor, *, tx: Transaction | None = None
) -> None:
    """Raise PhotoQuota.

    In the transaction it is exact, although many may be sent at once: all of a person's acts
    write the same end of the audit's chain, so one waits for the other and counts again.
    """
    if await store.count_unattached(deps.db, actor.person_id, tx=tx) >= MOST_UNATTACHED:
        raise PhotoQuota("您今天上传的照片太多了,请明天再传", most=MOST_UNATTACHED)


def _photo(
    deps: Dependencies, actor: Actor, purpose: PhotoPurpose, picture: Picture, key: bytes
) -> Photo:
    now = deps.now()
    photo_id = deps.new_id()
    return Photo(
        id=photo_id,
        person=actor.person_id,
        purpose=purpose,
        key_sealed=KEY.seal(deps.vault, photo_id, b64encode(key).decode()),
        sha256=hashlib.sha256(picture.content).hexdigest(),
        bytes=len(picture.content),
        width=picture.width,
        height=picture.height,
        created_at=now,
        sweep_at=now + KEPT_UNATTACHED,
    )


async def _keep(deps: Dependencies, photo_id: str, picture: Picture, key: bytes) -> None:
    sealed = seal_bytes(picture.content, key=key, place=FILE.place(photo_id))
    path = files.path_of(deps.photos, photo_id)
    try:
        await asyncio.to_thread(files.write, path, sealed)
    except OSError as error:
        with suppress(OSError):  # half a file on a full disk; otherwise it goes in a day
            await asyncio.to_thread(files.remove, path)
        log.exception("photo_not_written", photo=photo_id)
        raise StorageAway("照片暂时无法保存,请稍后再试", retry_after_seconds=60) from error


def view(photo: Photo) -> PhotoView:
    return PhotoView(
        photo_id=photo.id,
        media=photo.media,
        width=photo.width,
        height=photo.height,
        bytes=photo.bytes,
    )
