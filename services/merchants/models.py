"""Merchant accounts: what is kept, sent and seen of them."""

from datetime import datetime
from typing import Annotated, ClassVar, Final

from msgspec import Meta, Struct, field

from mongo_indexes import merchants
from services.kernel.days import Day
from services.kernel.labels import Labelled
from services.kernel.pages import ListQuery
from services.kernel.types import LINE, TEXT
from services.kernel.vault import Sealed
from services.wechat.secret import Guarded

MerchantKey = Annotated[
    str, Meta(min_length=1, max_length=32, pattern=r"^[a-z0-9][a-z0-9_-]*$(?!\n)")
]
AccountId = Annotated[str, Meta(examples=["anju"])]
Mchid = Annotated[str, Meta(examples=["1900000109"])]
Appid = Annotated[str, Meta(examples=["wx0000000000000001"])]
Serial = Annotated[str, Meta(examples=["5157F09EFDC096DE15EBE81A47057A72"])]
Said = Annotated[str, Meta(examples=["商户证书还有 300 天到期"])]
Owner = Annotated[str, Meta(examples=["长春安居物业服务有限公司"])]
Nothing = Annotated[str, Meta(examples=[""])]
Line = Annotated[str, Meta(min_length=1, max_length=64, pattern=LINE)]
Pem = Annotated[str, Meta(min_length=1, max_length=10_000, pattern=TEXT)]

KEYS: Final = Sealed(merchants.COLLECTION, "keys")
EARLIER_KEYS: Final = Sealed(merchants.COLLECTION, "earlier_keys")


class Mode(Labelled):
    DIRECT = "direct", "直连商户"
    PARTNER = "partner", "服务商特约商户"


class Keys(Guarded, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Keys of a merchant account. They are kept sealed and never shown again.

    `serial`: Serial number of the merchant's certificate, upper-case hexadecimal.
    `private_key_pem`: Private key of that certificate, PEM.
    `api_v3_key`: APIv3 key, 32 bytes.
    `public_key_id`: Id of WeChat Pay's public key (PUB_KEY_ID_…); with public_key_pem.
    `public_key_pem`: WeChat Pay's public key, PEM; without it platform certificates are used.
    `certificate_pem`: The merchant's certificate, PEM: tells until when it is good.
    """

    hidden: ClassVar[frozenset[str]] = frozenset(
        {"private_key_pem", "api_v3_key", "public_key_pem"}
    )

    serial: Line
    private_key_pem: Pem
    api_v3_key: Line
    public_key_id: Line | None = None
    public_key_pem: Pem | None = None
    certificate_pem: Pem | None = None


class Identity(Struct, frozen=True, kw_only=True):
    """Whose account it is: what never changes of it.

    `name`: Whose account it is.
    `mode`: Whether the merchant is connected directly or through a partner.
    `mchid`: WeChat's number of the merchant; in partner mode of the partner.
    `appid`: Mini-program that is bound to it.
    `sub_mchid`: WeChat's number of the partner's merchant; null for a direct one.
    `sub_appid`: Mini-program of the partner's merchant; null for none.
    """

    name: Owner
    mode: Mode
    mchid: Mchid
    appid: Appid
    sub_mchid: Annotated[str | None, Meta(examples=[None])] = None
    sub_appid: Annotated[str | None, Meta(examples=[None])] = None


class Merchant(Struct, kw_only=True):
    """One account, with its keys sealed. `version`: greater with each change of any account.

    `earlier_keys`: sealed, those before the last rotation; notices that bear them are read
    until the end of `earlier_until`. `orders_left`: of one that was switched off, how many open
    orders the job found at its last look; None while it has not looked.
    """

    id: str = field(name="_id")
    name: str
    mode: Mode
    mchid: str
    appid: str
    sub_mchid: str | None = None
    sub_appid: str | None = None
    serial: str
    public_key_id: str | None = None
    keys: str
    earlier_keys: str = ""
    earlier_serial: str = ""
    earlier_until: Day | None = None
    is_on: bool = True
    ships: bool = False
    combines: bool = False
    off_at: datetime | None = None
    orders_left: int | None = None
    version: int
    changed_at: datetime


class MerchantsQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which merchant accounts to list.

    `is_on`: Those that take new orders, or those that are switched off; all without it.
    """

    is_on: bool | None = None


class MerchantView(Struct, kw_only=True):
    """Merchant account that is kept here, without its keys.

    `account`: Key of the account, as payees name it.
    `name`: Whose account it is.
    `mode`: Whether the merchant is connected directly or through a partner.
    `mchid`: WeChat's number of the merchant; in partner mode of the partner.
    `appid`: Mini-program that is bound to it.
    `sub_mchid`: WeChat's number of the partner's merchant; null for a direct one.
    `serial`: Serial number of the certificate that signs.
    `public_key_id`: Id of WeChat Pay's public key; null for platform certificates.
    `earlier_serial`: Serial number before the last rotation; empty when there was none.
    `earlier_until`: Last day on which notices with the earlier keys are read.
    `is_on`: Whether new orders may be made.
    `ships`: Whether WeChat is told of each payment what was paid for.
    `combines`: Whether one order may pay it and other merchants together.
    `orders_left`: Open orders that are still to be closed after it was switched off.
    `changed_at`: When it was last changed.
    """

    account: AccountId
    name: Owner
    mode: Mode
    mchid: Mchid
    appid: Appid
    sub_mchid: Annotated[str | None, Meta(examples=[None])]
    serial: Serial
    public_key_id: Annotated[str | None, Meta(examples=[None])]
    earlier_serial: Nothing
    earlier_until: Annotated[Day | None, Meta(examples=[None])]
    is_on: bool
    ships: bool
    combines: bool
    orders_left: Annotated[int | None, Meta(examples=[None])]
    changed_at: datetime
