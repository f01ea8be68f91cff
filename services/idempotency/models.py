"""Requests under an Idempotency-Key, and their answers."""

from datetime import datetime
from enum import StrEnum, auto

from msgspec import Struct, field


class KeyState(StrEnum):
    RUNNING = auto()
    DONE = auto()


class KeyedRequest(Struct, kw_only=True):
    """One request under a client's key, with the answer it was given."""

    id: str = field(name="_id")  # actor and key, see key_id()
    fingerprint: str  # keyed: bodies hold phone numbers, and those can be counted through
    state: KeyState
    started_at: datetime
    status: int = 0
    answer_sealed: str = ""  # base64: answers hold tokens, codes, and what was revealed


class Answer(Struct, frozen=True):
    status: int
    body: bytes
