"""Events that WeChat pushes to us, one shape for JSON and XML."""

from datetime import datetime
from enum import StrEnum, auto

import msgspec

from services.wechat.models import Suggestion


class _Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="event", tag=True):
    """`dedupe_key` is the same in every repeat of the push."""

    dedupe_key: str
    created_at: datetime


class SubscribePopup(_Event, frozen=True, kw_only=True):
    """The person answered the question for one template; accepted = one message granted."""

    openid: str
    template_id: str
    accepted: bool


class SubscribeChange(_Event, frozen=True, kw_only=True):
    """The person changed the switch for one template in the settings: grants are void."""

    openid: str
    template_id: str
    accepted: bool


class SubscribeSent(_Event, frozen=True, kw_only=True):
    """WeChat delivered a message, or not: error_code 0 means delivered."""

    openid: str
    template_id: str
    message_id: str
    error_code: int
    error_status: str


class Followed(_Event, frozen=True, kw_only=True):
    """Somebody began to follow the service account."""

    openid: str


class Unfollowed(_Event, frozen=True, kw_only=True):
    """Somebody ceased to follow the service account."""

    openid: str


class Receipt(StrEnum):
    """Fate of a template message of the service account."""

    DELIVERED = auto()
    BLOCKED = auto()  # the person refuses messages of this account
    FAILED = auto()


class TemplateSent(_Event, frozen=True, kw_only=True):
    """WeChat delivered a template message of the service account, or not."""

    openid: str
    message_id: str
    receipt: Receipt
    status: str  # in WeChat's words


class MediaCheck(_Event, frozen=True, kw_only=True):
    """The verdict on a picture. error_code -1008: WeChat could not download it."""

    trace_id: str
    suggestion: Suggestion
    label: int
    error_code: int


class Other(_Event, frozen=True, kw_only=True):
    """Anything we do not act on."""

    openid: str
    kind: str


PushEvent = (
    SubscribePopup
    | SubscribeChange
    | SubscribeSent
    | Followed
    | Unfollowed
    | TemplateSent
    | MediaCheck
    | Other
)
