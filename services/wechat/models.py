"""Answers of the mini-program interfaces, typed."""

from enum import IntEnum, StrEnum
from typing import Annotated, ClassVar

import msgspec

from services.wechat.secret import Guarded

# Never empty: whoever came without an id would share an account with all who do.
OpenId = Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Za-z_-]{1,128}$(?!\n)")]


class Login(Guarded, frozen=True, kw_only=True):
    """User who logged in. `unionid` only when the mini-program is bound to an open platform."""

    hidden: ClassVar[frozenset[str]] = frozenset({"session_key"})

    openid: OpenId
    session_key: str
    unionid: str | None = None


class UserInfo(msgspec.Struct, frozen=True, kw_only=True):
    """Person as the service account knows them.

    `subscribe`: 0 for who does not follow; nothing else is told of them. `subscribe_time`:
    seconds since 1970. `unionid` only when the account is bound to an Open Platform account.
    """

    subscribe: int
    subscribe_time: int = 0
    unionid: str | None = None

    @property
    def follows(self) -> bool:
        return self.subscribe != 0


class PhoneNumber(msgspec.Struct, frozen=True, kw_only=True):
    country_code: str  # "86"
    number: str  # without the country code


class Scene(IntEnum):
    """Place where a text or picture will be shown (WeChat's numbering)."""

    PROFILE = 1
    COMMENT = 2
    FORUM = 3
    SOCIAL = 4


class Suggestion(StrEnum):
    PASS = "pass"  # noqa: S105 - WeChat's word for harmless
    REVIEW = "review"  # a person must look
    RISKY = "risky"


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """`label`: 100 harmless, 10001 advertising, 20002 pornographic, 20003 abusive and more."""

    suggestion: Suggestion
    label: int = 0
    trace_id: str = ""
