from datetime import datetime
from enum import StrEnum, auto

from msgspec import Struct, field


class KeyState(StrEnum):
    RUNNING = auto()
    DONE = auto()


class KeyedRequest(Struct, kw_only=True):
    """One request under a client's key, with the answer it was given."""

    id: str = field(name="_id")  # actor and key
    fingerprint: str
    state: KeyState
    started_at: datetime
    status: int = 0
    answer: bytes = b""


class Answer(Struct, frozen=True):
    status: int
    body: bytes
