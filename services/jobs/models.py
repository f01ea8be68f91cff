"""Jobs of the outbox, and how a handler says that it is not finished."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum, auto
from typing import Any

from msgspec import Struct, field

from services.kernel.features import Lane


class JobState(StrEnum):
    READY = auto()
    LEASED = auto()
    DONE = auto()
    DEAD = auto()


class Job(Struct, kw_only=True):
    """Work to be done later. Its payload holds ids only, never personal data."""

    id: str = field(name="_id")
    kind: str
    payload: dict[str, Any]
    state: JobState = JobState.READY
    open: bool = True
    lane: Lane = Lane.PEOPLE  # also of rows from before there were lanes
    due_at: datetime  # when ready: not before; when leased: the lease ends
    attempts: int = 0
    owner: str | None = None
    fence: int = 0
    last_error: str = ""
    created_at: datetime
    done_at: datetime | None = None


class Overdue(Struct, frozen=True):
    """Jobs that should have run (counted up to a cap), and since when the oldest should."""

    count: int
    since: datetime | None


class Backlog(Struct, frozen=True):
    """Jobs that should have run, by lane, and those that died."""

    overdue: Mapping[Lane, Overdue]
    dead: int


class Again(Struct, frozen=True):
    """Result of a handler that is not finished: run the job again at that instant."""

    due_at: datetime


class Permanent(Exception):
    """Trying again cannot help: the job is dead at once, for a person to look into."""


class RetryAt(Exception):
    """Retry at the instant that the other side said (a daily quota, a balance to be filled)."""

    def __init__(self, due_at: datetime, reason: str) -> None:
        super().__init__(reason)
        self.due_at = due_at
