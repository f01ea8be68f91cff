"""BSON documents and their ids."""

import hashlib
import secrets
from datetime import datetime
from typing import Any, Final

import msgspec

Document = dict[str, Any]

# Crockford's base 32: no letters that read like digits, because people read ids aloud.
ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
# Two characters are looked up at once: a broadcast names some ten thousand ids a second.
PAIRS: Final = [one + other for one in ALPHABET for other in ALPHABET]
NEW_ID_LENGTH: Final = 26
RANDOM_BITS: Final = 80


def to_document(struct: msgspec.Struct) -> Document:
    """Return a struct as the document MongoDB keeps: instants and bytes stay what they are."""
    document: Document = msgspec.to_builtins(struct, builtin_types=(datetime, bytes))
    return document


def new_id(now: datetime) -> str:
    """Return 26 characters that sort by creation time; 80 random bits: not to be guessed."""
    value = int(now.timestamp() * 1000) << RANDOM_BITS | secrets.randbits(RANDOM_BITS)
    return encode(value, NEW_ID_LENGTH)


def first_id(at: datetime) -> str:
    """Return the least id of an instant: where a range of ids begins or ends."""
    return encode(int(at.timestamp() * 1000) << RANDOM_BITS, NEW_ID_LENGTH)


def encode(value: int, length: int) -> str:
    """Write the low `5 * length` bits of `value` in base 32, most significant first."""
    odd = ALPHABET[value >> 5 * (length - 1) & 31] if length % 2 else ""
    return odd + "".join(
        [PAIRS[value >> i & 1023] for i in range(10 * (length // 2) - 10, -1, -10)]
    )


def random_id() -> str:
    """Return 26 characters that say nothing, not even when the row was written."""
    return encode(secrets.randbits(5 * NEW_ID_LENGTH), NEW_ID_LENGTH)


DIGEST_ID_LENGTH: Final = 26  # base 32: 130 bits of a digest


def digest_id(*parts: object) -> str:
    """Return a deterministic id of the parts: 26 characters, 130 bits of their SHA-256."""
    hashed = hashlib.sha256("|".join(map(str, parts)).encode()).digest()
    return encode(int.from_bytes(hashed), DIGEST_ID_LENGTH)


def prefixed(prefix: str) -> Document:
    """Return the condition "begins with `prefix:`": the sign after : is ;."""
    return {"$gte": f"{prefix}:", "$lt": f"{prefix};"}
