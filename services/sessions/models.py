"""Sessions on signed-in devices: what is kept, sent and seen."""

from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct, field

from services.grants.models import Holdings
from services.kernel.labels import Labelled
from services.kernel.permissions import Actor
from services.kernel.types import Secret
from services.people.models import WeChatCode


class SessionKind(Labelled):
    WECHAT = "wechat", "微信小程序"  # the mini-program
    BROWSER = "browser", "网页"  # of staff, let in by a mini-program


class Life(Struct, frozen=True):
    """Lifetime of a session: at most, and unused.

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
    counted_as: str = ""  # whom limits count: people.actions.counted_as; old sessions: nobody
    device: str = ""  # a short name, never the header it was read from
    generation: int = 0
    rotated_at: datetime  # also: last used
    created_at: datetime
    expires_at: datetime
    confirmed_at: datetime | None = None  # when they last proved in WeChat who they are
    revoked_at: datetime | None = None
    revoked_because: str = ""


class SignedIn(Actor, frozen=True, kw_only=True):
    """Actor of a request, with what they hold as it was read to let them in."""

    holdings: Holdings


class Visit(Struct, frozen=True):
    """Facts in a request about whoever is not signed in yet; empty for the command line."""

    request_id: str = ""
    address: str = ""
    user_agent: str = ""


# What clients send and see


class SignIn(Struct, forbid_unknown_fields=True):
    """Sign-in from the mini-program.

    `code`: Code of wx.login().
    """

    code: WeChatCode


class ConfirmIdentity(Struct, forbid_unknown_fields=True):
    """Proof that it is still the same person.

    `code`: Fresh code of wx.login(), of the same WeChat user who signed in.
    """

    code: WeChatCode


class Confirmed(Struct, kw_only=True):
    """Until when sensitive acts do not ask again.

    `confirmed_at`: When the person proved who they are.
    `fresh_until`: Until when that is enough.
    """

    confirmed_at: datetime
    fresh_until: datetime


class Refresh(Struct, forbid_unknown_fields=True):
    """Exchange of a refresh token.

    `refresh_token`: The latest refresh token of the session; each is good once.
    """

    refresh_token: Secret


class Tokens(Struct, kw_only=True):
    """Tokens of a session.

    `access_token`: Token for the Authorization header, after `Bearer`.
    `expires_in_seconds`: How long the access token is good.
    `refresh_token`: Token for the next access token; good once.
    `refresh_expires_at`: When the session ends, however often it is refreshed.
    """

    access_token: str
    expires_in_seconds: int
    refresh_token: str
    refresh_expires_at: datetime


class SessionView(Struct, kw_only=True):
    """Session of mine, on one device.

    `session_id`: Opaque id of the session.
    `kind`: Mini-program or browser.
    `device`: Device as people call it, e.g. iPhone.
    `current`: Whether it is the one that asks.
    `signed_in_at`: When it was opened.
    `used_at`: When it was last used, to a quarter of an hour.
    `expires_at`: When it ends by itself at the latest.
    """

    session_id: str
    kind: SessionKind
    device: str
    current: bool
    signed_in_at: datetime
    used_at: datetime
    expires_at: datetime
