"""Requests under an Idempotency-Key, and their answers."""

from datetime import datetime, timedelta
from enum import StrEnum, auto
from typing import Final

from msgspec import Struct, field

from services.kernel.vault import Sealed

ANSWER: Final = Sealed("idempotency_keys", "answer")
EARLIER_LEASE: Final = timedelta(seconds=60)  # of keys without `lease_until`


class KeyState(StrEnum):
    RUNNING = auto()
    DONE = auto()


class KeyedRequest(Struct, kw_only=True):
    """One request under a client's key, with the answer it was given."""

    id: str = field(name="_id")  # actor and key, see key_id()
    fingerprint: str  # keyed: bodies hold phone numbers, and those can be counted through
    state: KeyState
    owner: str = ""  # process:request, of who is at work; earlier versions wrote none
    started_at: datetime
    lease_until: datetime | None = None
    status: int = 0
    answer_sealed: str = ""  # base64: answers hold tokens, codes, and what was revealed

    @property
    def abandoned_at(self) -> datetime:
        """The instant from which on its process counts as dead, unless it renews the lease."""
        return self.lease_until or self.started_at + EARLIER_LEASE


class Answer(Struct, frozen=True):
    status: int
    body: bytes
