"""Signed links: for five minutes a file can be fetched by whoever has its link.

A picture in a page and a download in a mini-program are fetched without a token, so the address
itself is the permission, and a short one: it is not asked again who may see, only whether the
file is there.
"""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from msgspec import Struct

from services.kernel.vault import Vault

LASTS: Final = timedelta(minutes=5)


class SignedLink(Struct, frozen=True):
    """Link of one kind of file. `path`: with `{id}`. `purpose`: what its key is derived for."""

    path: str
    purpose: str

    def sign(
        self, vault: Vault, file_id: str, now: datetime, lasts: timedelta = LASTS
    ) -> tuple[str, datetime]:
        """Return a link signed with the current key, and when it shows nothing any more."""
        until = int((now + lasts).timestamp())
        key_id = vault.current
        signature = f"{key_id}.{self._mac(vault, key_id, file_id, str(until)).hex()}"
        query = urlencode({"expires": until, "signature": signature})
        return f"{self.path.format(id=file_id)}?{query}", datetime.fromtimestamp(until, UTC)

    def is_good(
        self, vault: Vault, file_id: str, expires: str, signature: str, now: datetime
    ) -> bool:
        """Tell whether this link was signed by us and has not run out."""
        key_id, _, said = signature.partition(".")
        try:
            real = self._mac(vault, key_id, file_id, expires).hex()
        except KeyError:
            return False
        if not hmac.compare_digest(real.encode(), said.encode()):
            return False
        return now.timestamp() < int(expires)  # is as we wrote it: it was signed

    def _mac(self, vault: Vault, key_id: str, file_id: str, expires: str) -> bytes:
        key = vault.derive(self.purpose, key_id)
        return hmac.digest(key, f"{file_id}\n{expires}".encode(), hashlib.sha256)
