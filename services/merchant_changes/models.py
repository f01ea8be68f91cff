"""Changes of merchant accounts: what is kept, sent and seen of them."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from mongo_indexes import merchant_changes
from services.kernel.days import Day
from services.kernel.labels import Labelled
from services.kernel.pages import ShortListQuery
from services.kernel.types import Reason
from services.kernel.vault import Sealed
from services.merchant_changes.states import ChangeState
from services.merchants.models import (
    AccountId,
    Identity,
    Keys,
    Line,
    MerchantKey,
    Mode,
    Nothing,
    Serial,
)

KEYS: Final = Sealed(merchant_changes.COLLECTION, "keys")


class ChangeKind(Labelled):
    ADD = "add", "增加账户"
    ROTATE = "rotate", "更换密钥"
    SWITCH_OFF = "switch_off", "停用"
    SWITCH_ON = "switch_on", "恢复使用"
    SHIP = "ship", "开启发货信息上传"
    STOP_SHIPPING = "stop_shipping", "关闭发货信息上传"
    COMBINE = "combine", "开启合单支付"
    STOP_COMBINING = "stop_combining", "关闭合单支付"


class Change(Struct, kw_only=True):
    """One change. `keys`: the new ones, sealed, until it is decided.

    `identity`: of an addition. `old_until`: of a rotation, the last day on which notices with
    the old keys are read.
    """

    id: str = field(name="_id")
    account: str
    kind: ChangeKind
    state: ChangeState = ChangeState.PROPOSED
    reason: str
    identity: Identity | None = None
    serial: str = ""
    keys: str = ""
    old_until: Day | None = None
    proposed_by: str
    proposed_at: datetime
    decided_by: str = ""
    decided_at: datetime | None = None
    decided_because: str = ""


class NewMerchant(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Merchant account to add, once another administrator approves.

    `account`: Key of the account: lower-case letters, digits, - and _. It is the last part of
    the addresses that WeChat notifies, and never changes.
    `name`: Whose account it is.
    `mode`: Whether the merchant is connected directly or through a partner.
    `mchid`: WeChat's number of the merchant; in partner mode of the partner.
    `appid`: Mini-program that is bound to it; in partner mode the partner's.
    `sub_mchid`: WeChat's number of the partner's merchant; in partner mode only.
    `sub_appid`: Mini-program of the partner's merchant, when the payer pays there.
    `keys`: Keys of the account.
    `reason`: Why it is added.
    """

    account: MerchantKey
    name: Line
    mode: Mode
    mchid: Line
    appid: Line
    sub_mchid: Line | None = None
    sub_appid: Line | None = None
    keys: Keys
    reason: Reason


class NewChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Change of a merchant account, made once another administrator approves.

    `kind`: What is to change; accounts are added elsewhere.
    `keys`: New keys; of a rotation only.
    `old_until`: Last day on which notices with the old keys are still read; of a rotation only.
    `reason`: Why.
    """

    kind: ChangeKind
    keys: Keys | None = None
    old_until: Day | None = None
    reason: Reason


class Decision(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Decision about a proposed change.

    `approve`: Whether it is made; otherwise it is refused, or taken back by who proposed it.
    `reason`: Why.
    """

    approve: bool
    reason: Reason


class ChangesQuery(ShortListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which changes to list, the latest first.

    `state`: How far they are; all without it.
    `account`: Key of the account; all without it.
    """

    state: ChangeState | None = None
    account: MerchantKey | None = None


class ChangeView(Struct, kw_only=True):
    """Change of a merchant account, without its keys.

    `change_id`: Opaque id of the change.
    `account`: Key of the account.
    `kind`: What changes.
    `state`: How far it is.
    `reason`: Why it was proposed.
    `identity`: Whose account is added; null for other changes.
    `serial`: Serial number of the new certificate; empty when there is none.
    `old_until`: Last day on which notices with the old keys are read; null for none.
    `proposed_by`: Who proposed it: the id of a person, or a name at the command line.
    `proposed_at`: When it was proposed.
    `decided_by`: Who decided; empty before.
    `decided_at`: When it was decided; null before.
    `decided_because`: Why it was decided so; empty before.
    """

    change_id: Annotated[str, Meta(examples=["01kt9a7c4m8q2v5x1z3b6d0e9k"])]
    account: AccountId
    kind: ChangeKind
    state: ChangeState
    reason: Annotated[str, Meta(examples=["新签约的物业企业"])]
    identity: Identity | None
    serial: Serial
    old_until: Annotated[Day | None, Meta(examples=[None])]
    proposed_by: Annotated[str, Meta(examples=["01kt9a7c4m8q2v5x1z3b6d0e9j"])]
    proposed_at: datetime
    decided_by: Nothing
    decided_at: datetime | None
    decided_because: Nothing
