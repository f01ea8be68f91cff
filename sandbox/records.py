"""Records of the stand-in. Instants are epoch seconds of the virtual clock, money is fen."""

from enum import StrEnum
from typing import Any

from msgspec import Struct, field


class TradeState(StrEnum):
    NOTPAY = "NOTPAY"
    USERPAYING = "USERPAYING"
    SUCCESS = "SUCCESS"
    REFUND = "REFUND"
    CLOSED = "CLOSED"


class RefundStatus(StrEnum):
    PROCESSING = "PROCESSING"
    SUCCESS = "SUCCESS"
    ABNORMAL = "ABNORMAL"
    CLOSED = "CLOSED"


PAID = (TradeState.SUCCESS, TradeState.REFUND)


class User(Struct, kw_only=True):
    openid: str
    appid: str
    name: str
    active_at: float
    blocked: bool = False
    unionid: bool = False
    session_key: str = ""


class Code(Struct, kw_only=True):
    """One-time code of a client, for login or for the phone number."""

    kind: str
    openid: str
    appid: str
    issued_at: float
    used: bool = False
    phone: str = ""
    country_code: str | int = "86"
    watermark_appid: str = ""


class Token(Struct, kw_only=True):
    appid: str
    family: str  # "stable" and "classic" do not affect each other
    issued_at: float
    expires_at: float
    evicted: bool = False


class TokenSlot(Struct, kw_only=True):
    """Current token of one (app, family), and its forced refreshes."""

    current: str = ""
    forced_at: list[float] = field(default_factory=list)


class Grant(Struct, kw_only=True):
    openid: str
    template_id: str
    left: int = 0
    banned: bool = False


class Message(Struct, kw_only=True):
    """Subscribe message as the user received it."""

    n: int
    at: float
    openid: str
    template_id: str
    page: str
    miniprogram_state: str
    lang: str
    data: dict[str, str]


class Follower(Struct, kw_only=True):
    """Follower of the service account."""

    openid: str
    name: str
    followed_at: float
    unionid: bool = True  # False: as if the apps were bound to no Open Platform account


class TemplateMessage(Struct, kw_only=True):
    """Template message of the service account as its follower received it."""

    n: int
    at: float
    openid: str
    template_id: str
    appid: str  # of the mini-program that a tap opens; "": none
    pagepath: str
    client_msg_id: str
    data: dict[str, str]


class Order(Struct, kw_only=True):
    mchid: str  # the merchant who signs: sp_mchid in partner mode
    sub_mchid: str = ""
    out_trade_no: str
    appid: str  # the mini-program that may call wx.requestPayment
    payer: dict[
        str, str
    ]  # as it was sent: {"openid": …}, {"sp_openid": …} or {"sub_openid": …}
    request: dict[str, Any]
    total_fen: int
    created_at: float
    pay_until: float
    state: TradeState = TradeState.NOTPAY
    transaction_id: str = ""
    paid_at: float = 0.0
    prepay_ids: list[str] = field(default_factory=list)
    shipped_at: float = 0.0  # when its shipping info was uploaded
    refund_nos: list[str] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)  # of a combined order: keys of its orders
    combined: str = ""  # key of the combined order that this one is a part of

    @property
    def key(self) -> str:
        return f"{self.mchid}/{self.out_trade_no}"

    @property
    def openid(self) -> str:
        return next(iter(self.payer.values()))


class Prepay(Struct):
    order_key: str
    issued_at: float


class Refund(Struct, kw_only=True):
    mchid: str
    out_refund_no: str
    refund_id: str
    order_key: str
    request: dict[str, Any]
    refund_fen: int
    created_at: float
    status: RefundStatus = RefundStatus.PROCESSING
    settled_at: float = 0.0
    abnormal_applied: bool = False

    @property
    def key(self) -> str:
        return f"{self.mchid}/{self.out_refund_no}"


class BillEdit(Struct, kw_only=True, forbid_unknown_fields=True):
    """Changes to a bill, by a test: rows are named by their 微信订单号 or 商户订单号."""

    mchid: str
    bill_date: str
    kind: str = "trade"
    drop: list[str] = field(default_factory=list)
    add: list[dict[str, str]] = field(default_factory=list)
    set: dict[str, dict[str, str]] = field(default_factory=dict)
    rename: dict[str, str] = field(default_factory=dict)
    bom: bool = False
    truncate: bool = False


class BillFile(Struct, kw_only=True):
    mchid: str
    plain: str
    gzip: bool
    truncate: bool
    expires_at: float


class MediaCheck(Struct, kw_only=True):
    trace_id: str
    appid: str
    openid: str
    media_url: str
    created_at: float
    suggest: str = "pass"
    label: int = 100
    errcode: int = 0
    shape: str = "v2"
    pushed: bool = False


class Job(Struct, kw_only=True):
    """Job at an instant of the virtual clock; survives a restart."""

    id: str
    kind: str
    due_at: float
    data: dict[str, Any]
    attempt: int = 0
    met_status: int = 0
    met_text: str = ""

    @property
    def met(self) -> dict[str, Any]:
        """Outcome of the latest delivery; status 0: no answer."""
        return {"status": self.met_status, "body": self.met_text}


class PushTarget(Struct, kw_only=True, forbid_unknown_fields=True):
    url: str = ""
    format: str = "json"
    mode: str = "safe"
    timeout_seconds: float = 5.0
    sent_events: bool = True


class RefundPlan(Struct, kw_only=True, forbid_unknown_fields=True):
    """Plan for accepted refunds. PROCESSING: they wait until a test settles them."""

    outcome: RefundStatus = RefundStatus.SUCCESS
    after_seconds: float = 1.0
    notify: bool = True


class MediaPlan(Struct, kw_only=True, forbid_unknown_fields=True):
    outcome: str = "pass"  # pass | review | risky | download_failed | never
    after_seconds: float = 5.0
    shape: str = "v2"


class MerchantSettings(Struct, kw_only=True, forbid_unknown_fields=True):
    grey_share: float = 0.0  # share of notices signed with the other kind of key
    grey_debt: float = 0.0
    certificates: bool | None = None  # None: as the account's mode says
    balance_fen: int | None = None  # None: never empty
    combines: bool = False  # may place combined orders, and be paid by them


class Settings(Struct, kw_only=True, forbid_unknown_fields=True):
    notify_timeout_seconds: float = 5.0
    push: PushTarget = field(default_factory=PushTarget)
    service_push: PushTarget = field(default_factory=PushTarget)
    service_receipt: str = "success"  # Status of TEMPLATESENDJOBFINISH
    open_platform: bool = False  # True: every login tells the unionid
    refunds: RefundPlan = field(default_factory=RefundPlan)
    media: MediaPlan = field(default_factory=MediaPlan)
    risky_words: list[str] = field(default_factory=lambda: ["违禁词"])
    review_words: list[str] = field(default_factory=lambda: ["疑似词"])
    released_pages: list[str] | None = None  # None: every page is released
    templates: dict[str, list[str]] = field(default_factory=dict)  # keys; others: any keys
    deleted_templates: list[str] = field(default_factory=list)
    trade_managed: bool = False  # True: payments are frozen until their shipping info is there
    merchants: dict[str, MerchantSettings] = field(default_factory=dict)  # by mchid
