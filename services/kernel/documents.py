"""Between structs and BSON documents."""

import hashlib
import secrets
from datetime import datetime
from typing import Any, Final

import msgspec

Document = dict[str, Any]

# What people type into one line: no control characters, no marks that turn the writing round,
# and something to be seen: a reason of blanks is none, and a name of them is nobody's.
_BLANKS: Final = r"[ \xa0\u200b-\u200f\u2060-\u2065\u3000\ufeff]*"
_SEEN: Final = r"[^\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202e\u2060-\u2069\u3000\ufeff]"
_REST: Final = r"[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]*"
ONE_LINE: Final = rf"^{_BLANKS}{_SEEN}{_REST}$(?!\n)"

# Crockford's base 32: no letters that read like digits, because people read ids aloud.
ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"


def to_document(struct: msgspec.Struct) -> Document:
    document: Document = msgspec.to_builtins(struct, builtin_types=(datetime, bytes))
    return document


def new_id(now: datetime) -> str:
    """Return 26 characters that sort by creation time; 80 random bits: not to be guessed."""
    value = int(now.timestamp() * 1000) << 80 | secrets.randbits(80)
    return encode(value, 26)


def encode(value: int, length: int) -> str:
    """Write the low `5 * length` bits of `value` in base 32, most significant first."""
    return "".join(ALPHABET[value >> 5 * i & 31] for i in reversed(range(length)))


DIGEST_ID_LENGTH: Final = 26  # base 32: 130 bits of a digest


def digest_id(*parts: object) -> str:
    """Return a short deterministic id of the parts."""
    hashed = hashlib.sha256("|".join(map(str, parts)).encode()).digest()
    return encode(int.from_bytes(hashed), DIGEST_ID_LENGTH)


def prefixed(prefix: str) -> Document:
    """Return the condition "begins with `prefix:`": the sign after : is ;."""
    return {"$gte": f"{prefix}:", "$lt": f"{prefix};"}
