"""Virtual clock: the real clock plus an offset, or frozen."""

import datetime as dt
import re
import time

import msgspec

BEIJING = dt.timezone(dt.timedelta(hours=8))
# WeChat Pay requires a time zone and refuses a bare "2026-01-01 10:00".
RFC3339 = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)",
)


class ClockState(msgspec.Struct):
    offset_seconds: float = 0.0
    still_at: float | None = None


class Clock:
    """Epoch seconds. Frozen, it moves only when told to."""

    def __init__(self, state: ClockState | None = None) -> None:
        self.state = state or ClockState()

    @property
    def frozen(self) -> bool:
        return self.state.still_at is not None

    def now(self) -> float:
        if self.state.still_at is not None:
            return self.state.still_at
        return time.time() + self.state.offset_seconds

    def set(self, at: float) -> None:
        if self.state.still_at is not None:
            self.state.still_at = at
        else:
            self.state.offset_seconds = at - time.time()

    def freeze(self) -> None:
        self.state.still_at = self.now()

    def thaw(self) -> None:
        now = self.now()
        self.state.still_at = None
        self.set(now)


def instant(at: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(at, BEIJING)


def rfc3339(at: float) -> str:
    """Beijing time to the second, the way WeChat Pay writes it."""
    return instant(at).isoformat(timespec="seconds")


def epoch(text: str) -> float:
    """Seconds since 1970 of an RFC 3339 instant; ValueError when it is none."""
    if not RFC3339.fullmatch(text):
        raise ValueError(f"not an RFC 3339 instant with a zone: {text!r}")
    return dt.datetime.fromisoformat(text).timestamp()
