"""Vault: encryption of personal data at rest, per field, and blind indexes to find it by.

AES-256-GCM under our own key ids rather than the driver's client-side encryption: no shared
library to ship and no key-vault collection to lose, and rotation is a new first key.
The place of a value (collection/id/field) is authenticated with it, so that a sealed phone
number cannot be moved to another person's row.
"""

import hashlib
import hmac
import os
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from msgspec import Struct

from services.kernel.documents import DIGEST_ID_LENGTH, encode

NONCE_BYTES: Final = 12
KEY_BYTES: Final = 32
SEALED_MORE_BYTES: Final = NONCE_BYTES + 16  # than the content: nonce and tag (NIST SP 800-38D)


class Unreadable(Exception):
    """A sealed value was changed, moved, or sealed under a key we no longer hold."""


def seal_bytes(content: bytes, *, key: bytes, place: str) -> bytes:
    """Seal a whole file under a key of its own, which the vault seals in turn."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, content, place.encode())


def unseal_bytes(sealed: bytes, *, key: bytes, place: str) -> bytes:
    """Raises Unreadable."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.encode())
    except (InvalidTag, ValueError):  # ValueError: cut off before the nonce's end
        raise Unreadable(f"sealed file does not belong at {place!r}") from None


class Vault:
    """`keys`: key id → 32 bytes, the current one first and the oldest last.

    Blind indexes use the oldest key, so that adding a key does not make people unfindable.
    """

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        if not keys or any(len(key) != KEY_BYTES for key in keys.values()):
            raise ValueError("at least one secret key, each of 32 bytes")
        self._keys = dict(keys)
        self._current = next(iter(keys))
        self._oldest = list(keys)[-1]
        self._derived: dict[tuple[str, str], bytes] = {}
        self._ciphers = {key_id: AESGCM(self.derive("seal", key_id)) for key_id in keys}

    @property
    def current(self) -> str:
        """The id of the key that seals."""
        return self._current

    def has(self, key_id: str) -> bool:
        """Tell whether a key is still listed."""
        return key_id in self._keys

    def derive(self, purpose: str, key_id: str) -> bytes:
        """Return a 32-byte key for one purpose; KeyError for an unknown key id.

        Kept once it is made: a register asks for the same two of thousands of names and phones.
        """
        if (purpose, key_id) not in self._derived:
            made = hmac.digest(self._keys[key_id], purpose.encode(), hashlib.sha256)
            self._derived[purpose, key_id] = made
        return self._derived[purpose, key_id]

    def seal(self, text: str, *, place: str) -> str:
        nonce = os.urandom(NONCE_BYTES)
        cipher = self._ciphers[self._current]
        sealed = nonce + cipher.encrypt(nonce, text.encode(), place.encode())
        return f"{self._current}.{b64encode(sealed).decode()}"

    def unseal(self, sealed: str, *, place: str) -> str:
        key_id, _, text = sealed.partition(".")
        if key_id not in self._keys:
            raise Unreadable(f"sealed under unknown key {key_id!r}")
        raw = b64decode(text)
        cipher = self._ciphers[key_id]
        try:
            return cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], place.encode()).decode()
        except InvalidTag:
            raise Unreadable(f"sealed value does not belong at {place!r}") from None

    def blind(self, text: str, *, purpose: str) -> str:
        """Return a keyed fingerprint for equality search; tells nothing without the key."""
        key = self.derive(f"blind:{purpose}", self._oldest)
        return hmac.digest(key, text.encode(), hashlib.sha256).hex()

    def blind_id(self, *parts: object, purpose: str) -> str:
        """Return a deterministic id of the parts, 130 bits that tell nothing without the key.

        For rows whose id somebody reads who must not know the parts: those of a plain digest
        (documents.digest_id) are found by trying, e.g. every home of a staircase.
        """
        told = self.blind("|".join(map(str, parts)), purpose=purpose)
        return encode(int(told, 16), DIGEST_ID_LENGTH)


class Sealed(Struct, frozen=True):
    """Sealed field of a collection, which knows the place that each of its values belongs to.

    Written once beside the row's type: the place is data, so another word here would make every
    value that is kept unreadable. `field`: empty where a whole row is one sealed text.
    """

    collection: str
    field: str = ""

    def place(self, row_id: str) -> str:
        """Return the place of the value in one row, which is authenticated with it."""
        whole = f"{self.collection}/{row_id}"
        return f"{whole}/{self.field}" if self.field else whole

    def seal(self, vault: Vault, row_id: str, text: str) -> str:
        return vault.seal(text, place=self.place(row_id))

    def open(self, vault: Vault, row_id: str, sealed: str) -> str:
        """Return the text of one row. Raises Unreadable for what belongs to another."""
        return vault.unseal(sealed, place=self.place(row_id))
