"""Merchant accounts: who receives the money, and the keys to speak for them."""

from typing import ClassVar, Literal

import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from services.wechat.secret import Guarded

MIN_KEY_BITS = 2048
API_V3_KEY_BYTES = 32


class AccountError(ValueError):
    """A merchant account is not usable. Names the account and the field, never a value."""


class MerchantAccount(Guarded, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One payee. Partner mode: `mchid` and `appid` are sp_mchid and sp_appid."""

    hidden: ClassVar[frozenset[str]] = frozenset(
        {"private_key_pem", "api_v3_key", "public_key_pem"}
    )

    key: str  # our own short name; the last segment of the notify urls
    name: str
    mode: Literal["direct", "partner"]
    mchid: str
    appid: str
    serial: str  # of the merchant's own certificate
    private_key_pem: str
    api_v3_key: str
    public_key_id: str | None = None  # PUB_KEY_ID_…; None: platform certificates only
    public_key_pem: str | None = None
    sub_mchid: str | None = None
    sub_appid: str | None = None

    @property
    def calling_appid(self) -> str:
        """The mini-program in which the payer pays."""
        return self.sub_appid or self.appid
