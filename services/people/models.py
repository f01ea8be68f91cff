"""People: what is kept of whoever signed in."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.kernel.types import LINE
from services.kernel.vault import Sealed

PHONE: Final = Sealed("people", "phone")

WeChatCode = Annotated[str, Meta(min_length=1, max_length=256, pattern=LINE)]
PersonName = Annotated[str, Meta(min_length=1, max_length=40, pattern=LINE)]


class Person(Struct, kw_only=True):
    """Person who signed in. The phone is sealed; equality is asked of `phone_index`."""

    id: str = field(name="_id")
    wechat_key: str  # appid:openid
    openid: str
    phone_sealed: str | None = None
    phone_index: str | None = None
    union_key: str | None = None  # who it is in the linked service account, see identity.py
    created_at: datetime
    phone_given_at: datetime | None = None
    signed_in_at: datetime | None = None
    sign_ins: int = 0
    closed_at: datetime | None = None  # erased or blocked: nobody signs in as them any more
