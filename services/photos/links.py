"""Signed addresses: for five minutes a photo can be fetched by whoever was given one.

An image in a page or a mini-program is fetched without a token, so the address itself is the
permission, and a short one: it is not asked again who may see, only whether the photo is there.
"""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from services.dependencies import Dependencies
from services.kernel.vault import Vault
from services.photos import models
from services.photos.models import PhotoUrl

LASTS: Final = timedelta(minutes=5)
PATH: Final = "/photos/{photo_id}"
PURPOSE: Final = "photo-url"


def sign(deps: Dependencies, photo_id: str) -> PhotoUrl:
    until = int((deps.now() + LASTS).timestamp())
    key_id = deps.vault.current
    signature = f"{key_id}.{_mac(deps.vault, key_id, photo_id, str(until)).hex()}"
    query = urlencode({"expires": until, "signature": signature})
    return PhotoUrl(
        photo_id=photo_id,
        url=f"{PATH.format(photo_id=photo_id)}?{query}",
        expires_at=datetime.fromtimestamp(until, UTC),
    )


def verify(deps: Dependencies, photo_id: str, expires: str, signature: str) -> None:
    """Raise NotFound unless this address was signed by us and has not run out."""
    key_id, _, said = signature.partition(".")
    try:
        real = _mac(deps.vault, key_id, photo_id, expires).hex()
    except KeyError:
        raise models.missing() from None
    if not hmac.compare_digest(real.encode(), said.encode()):
        raise models.missing()
    if deps.now().timestamp() >= int(expires):  # is as we wrote it: it was signed
        raise models.missing()


def _mac(vault: Vault, key_id: str, photo_id: str, expires: str) -> bytes:
    key = vault.derive(PURPOSE, key_id)
    return hmac.digest(key, f"{photo_id}\n{expires}".encode(), hashlib.sha256)
