"""Quotas of one WeChat user: what is limited by the day, and what is kept of it."""

from datetime import datetime, timedelta
from enum import StrEnum, auto
from typing import Final

from msgspec import Struct, field


class Quota(StrEnum):
    """Thing that one person may do only so often."""

    HOME_REQUESTS = auto()  # each asks heads, and may alarm owners
    REPAIRS = auto()  # each sends somebody to look
    MEDIATIONS = auto()  # each asks neighbours whether they take part
    FEEDBACK = auto()  # each asks a head for an answer
    CALLS = auto()  # of one who asks to call one person: each asks that person


class Share(Struct, frozen=True):
    """Share of one person: so often within a time."""

    times: int
    within: timedelta


SHARES: Final[dict[Quota, Share]] = {
    Quota.HOME_REQUESTS: Share(10, timedelta(days=1)),
    Quota.REPAIRS: Share(20, timedelta(days=1)),
    Quota.MEDIATIONS: Share(3, timedelta(days=1)),
    Quota.FEEDBACK: Share(10, timedelta(days=1)),
    Quota.CALLS: Share(3, timedelta(days=1)),
}


class Count(Struct, kw_only=True):
    """When somebody did it. `id`: the quota and a keyed fingerprint of the WeChat user."""

    id: str = field(name="_id")
    at: list[datetime]
    expires_at: datetime
