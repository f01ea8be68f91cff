"""Probes of merchant accounts: what is kept and seen of the latest look."""

from datetime import datetime

from msgspec import Struct, field

from services.kernel.labels import Labelled
from services.kernel.pages import ListQuery
from services.merchants.models import AccountId, Said

MINI_PROGRAM = "mini_program"  # what is looked at for all accounts together


class ProbeKind(Labelled):
    SIGNING = "signing", "签名"  # WeChat takes what we sign
    PLATFORM_KEYS = "platform_keys", "微信支付公钥或平台证书"
    CERTIFICATE = "certificate", "商户证书有效期"
    CALL_BACK = "call_back", "回调地址"  # our own address for notices, from outside
    TRADE_MANAGED = "trade_managed", "发货信息管理"  # WeChat keeps money until it is told


class Probe(Struct, kw_only=True):
    """Latest look at one thing of one account."""

    id: str = field(name="_id")  # account:kind
    account: str
    kind: ProbeKind
    passed: bool
    said: str  # in words, without keys
    checked_at: datetime
    failing_since: datetime | None = None


class ProbesQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which probes to list.

    `passed`: Those that went well, or those that failed; all without it.
    """

    passed: bool | None = None


class ProbeView(Struct, kw_only=True):
    """Latest probe of one thing of a merchant account.

    `account`: Key of the account; `mini_program` for what concerns all.
    `kind`: What was looked at.
    `passed`: Whether it is as it should be.
    `said`: What was found, in words.
    `checked_at`: When it was looked at.
    `failing_since`: Since when it has not been as it should be; null when it is.
    """

    account: AccountId
    kind: ProbeKind
    passed: bool
    said: Said
    checked_at: datetime
    failing_since: datetime | None
