"""Links to photos, which show them for five minutes to whoever has one."""

from datetime import timedelta
from typing import Final

from services.dependencies import Dependencies
from services.kernel.signed_links import LASTS, SignedLink
from services.photos import models
from services.photos.models import Photo, PhotoUrl

# WeChat downloads a picture that it checks within half an hour (media_check_async).
FOR_WECHAT: Final = timedelta(minutes=40)

LINK: Final = SignedLink("/photos/{id}", "photo-url")


def sign(deps: Dependencies, photo: Photo, lasts: timedelta = LASTS) -> PhotoUrl:
    """Link to a photo, signed with the current key."""
    url, until = LINK.sign(deps.vault, photo.id, deps.now(), lasts)
    return PhotoUrl(
        photo_id=photo.id,
        media=photo.media,
        seconds=photo.seconds,
        url=url,
        expires_at=until,
    )


def for_wechat(deps: Dependencies, photo_id: str) -> str:
    """Whole address of a photo for WeChat's check of it, and nobody else: it lasts longer."""
    url, _ = LINK.sign(deps.vault, photo_id, deps.now(), FOR_WECHAT)
    return deps.public_url + url


def address_of(deps: Dependencies, photo_id: str) -> str:
    """Address of a photo, relative to the server."""
    url, _ = LINK.sign(deps.vault, photo_id, deps.now())
    return url


def verify(deps: Dependencies, photo_id: str, expires: str, signature: str) -> None:
    """Raise NotFound unless this link was signed by us and has not run out."""
    if not LINK.is_good(deps.vault, photo_id, expires, signature, deps.now()):
        raise models.missing()
