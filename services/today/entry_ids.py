"""Ids of entries: kind, key, place and end, signed for the person who has it on the list.

Nothing is kept of an entry: it follows from what there is. So its id says what it is, and a
signature says that this person was shown it (RFC 2104, HMAC-SHA-256, cut to 128 bits): another
person's id, or one that somebody made up, is none.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from typing import Final

import msgspec
from msgspec import Struct

from services.dependencies import Dependencies
from services.kernel import errors
from services.kernel.permissions import Actor
from services.kernel.today import Entry

MISSING: Final = "没有找到这条待办,请刷新后再试"
PURPOSE: Final = "today-entry"
MAC_BYTES: Final = 16


class Named(Struct, frozen=True, array_like=True):
    """What an id says of an entry."""

    kind: str
    key: str
    place: str
    due_at: datetime | None


def write(deps: Dependencies, actor: Actor, kind: str, entry: Entry) -> str:
    """Return the id of an entry, for one person."""
    said = msgspec.json.encode(Named(kind, entry.key, entry.place, entry.due_at))
    return urlsafe_b64encode(_mac(deps, actor, said) + said).decode().rstrip("=")


def read(deps: Dependencies, actor: Actor, entry_id: str) -> Named:
    """Return what an id says. Raises NotFound for none that this person was shown."""
    try:
        raw = urlsafe_b64decode(entry_id + "=" * (-len(entry_id) % 4))
    except ValueError:
        raise errors.NotFound(MISSING) from None
    mac, said = raw[:MAC_BYTES], raw[MAC_BYTES:]
    if not hmac.compare_digest(mac, _mac(deps, actor, said)):
        raise errors.NotFound(MISSING)
    return msgspec.json.decode(said, type=Named)


def _mac(deps: Dependencies, actor: Actor, said: bytes) -> bytes:
    told = deps.vault.blind(f"{actor.person_id}\n{said.hex()}", purpose=PURPOSE)
    return bytes.fromhex(told)[:MAC_BYTES]
