"""Signed-in devices: what is kept of them, and what clients send and see."""

from datetime import datetime, timedelta
from enum import StrEnum, auto
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.people.models import WeChatCode


class SessionKind(StrEnum):
    WECHAT = auto()  # the mini-program
    BROWSER = auto()  # of staff, let in by a mini-program


class Life(Struct, frozen=True):
    """How long a session lasts at most, and how long it may lie unused.

    Use is noticed when a token is refreshed: every quarter of an hour while somebody works.
    """

    longest: timedelta
    idle: timedelta


LIVES: Final[dict[SessionKind, Life]] = {
    SessionKind.WECHAT: Life(timedelta(days=30), timedelta(days=30)),
    SessionKind.BROWSER: Life(timedelta(hours=12), timedelta(hours=2)),  # a desk others pass
}


class Session(Struct, kw_only=True):
    """One signed-in device. Refresh tokens are derived; only their generation is kept."""

    id: str = field(name="_id")
    person: str
    kind: SessionKind = SessionKind.WECHAT
    device: str = ""  # a short name, never the header it was read from
    generation: int = 0
    rotated_at: datetime  # also: last used
    created_at: datetime
    expires_at: datetime
    confirmed_at: datetime | None = None  # when they last proved in WeChat who they are
    revoked_at: datetime | None = None
    revoked_because: str = ""


class Visit(Struct, frozen=True):
    """What a request tells of whoever is not signed in yet; empty for the command line."""

    request_id: str = ""
    address: str = ""
    user_agent: str = ""


# What clients send and see


class SignIn(Struct, forbid_unknown_fields=True):
    """The code of wx.login()."""

    code: WeChatCode


class Confirm(Struct, forbid_unknown_fields=True):
    """A fresh code of wx.login(), of the same WeChat user who signed in."""

    code: WeChatCode


class Confirmed(Struct, kw_only=True):
    """Until when sensitive acts do not ask again."""

    confirmed_at: datetime
    fresh_until: datetime


class Refresh(Struct, forbid_unknown_fields=True):
    refresh_token: Annotated[str, Meta(min_length=1, max_length=200)]


class Tokens(Struct, kw_only=True):
    access_token: str
    expires_in_seconds: int
    refresh_token: str
    refresh_expires_at: datetime


class SessionView(Struct, kw_only=True):
    """`used_at`: to a quarter of an hour."""

    session_id: str
    kind: SessionKind
    device: str
    current: bool
    signed_in_at: datetime
    used_at: datetime
    expires_at: datetime
