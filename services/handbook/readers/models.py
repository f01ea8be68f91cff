"""Readers of the handbook: what is kept of what they opened and of what helped them."""

from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct, field

from services.kernel.days import Day
from services.kernel.vault import Vault

KEPT: Final = timedelta(days=40)  # a worker that rests for longer loses what was not counted


class Verdict(Struct, kw_only=True):
    """What a person said of a version. `id`: a digest of both, so there is one."""

    id: str = field(name="_id")
    version: str
    person: str
    helped: bool
    at: datetime


class Open(Struct, kw_only=True):
    """Version that somebody opened on a day. `id`: a keyed fingerprint of all three."""

    id: str = field(name="_id")
    version: str
    day: Day
    expires_at: datetime


def open_id(vault: Vault, version: str, day: Day, person: str) -> str:
    """Return the id of an opening: who it was cannot be told without the key."""
    return vault.blind(f"{version}|{day}|{person}", purpose="handbook-open")
