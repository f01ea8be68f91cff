"""Chains of documents: each carries a fingerprint that also covers the document before it.

Used by the audit and by the ledger: what was changed or taken away shows in what comes later.
"""

import hashlib
import hmac
from typing import Final

import msgspec

from services.kernel.documents import Document
from services.kernel.vault import Vault

START: Final = ""  # what the first document of a chain says it follows
GROUP: Final = 8


def digest(kept: Document, *without: str) -> str:
    """Return SHA-256 of a document but some fields. TypeError for what we never write."""
    return hashlib.sha256(_text(kept, without)).hexdigest()


def keyed(vault: Vault, purpose: str, kept: Document) -> str:
    """Return the keyed fingerprint of all of a document but the fingerprint (`mac`) itself.

    Of the document rather than of what was read from it: what somebody adds to it counts too.
    KeyError when its key is gone, TypeError when it holds what we never write.
    """
    text = _text(kept, ("mac",))
    return hmac.digest(vault.derive(purpose, kept["key_id"]), text, hashlib.sha256).hex()


def spoken(fingerprint: str) -> str:
    """Write a fingerprint as the log and `verify` say it.

    In groups: sixteen digits in a row would be taken for a bank card and hidden from the log.
    """
    groups = range(0, len(fingerprint), GROUP)
    return "-".join(fingerprint[i : i + GROUP] for i in groups)


def _text(kept: Document, without: tuple[str, ...]) -> bytes:
    bare = {name: value for name, value in kept.items() if name not in without}
    # MongoDB gives large numbers back in a type of its own
    return msgspec.json.encode(bare, enc_hook=int, order="deterministic")
