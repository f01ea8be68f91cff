"""State machine of an order at WeChat Pay. The tables are the specification."""

from collections.abc import Mapping
from enum import StrEnum, auto
from typing import Final

from services.kernel.labels import Labelled
from services.kernel.states import Table, Transition
from services.wechat.pay_models import TradeState


class PaymentState(Labelled):
    CREATED = "created", "待支付"  # written down, WeChat not yet asked
    UNKNOWN = "unknown", "待核对"  # WeChat was asked and we did not hear the answer
    PREPAID = "prepaid", "待支付"  # WeChat holds an order, the payer may pay
    PAID = "paid", "已支付"
    CLOSED = "closed", "已关闭"  # WeChat says that nobody can pay it any more
    SUSPENDED = "suspended", "核对中"  # money came that does not match; a person decides


class Event(StrEnum):
    PREPARED = auto()
    ANSWER_LOST = auto()
    REFUSED = auto()  # the first time it was asked for: nothing there can be paid
    NEVER_ARRIVED = auto()  # WeChat has no such order, and no phone was given one
    CLOSED_AT_WECHAT = auto()
    MONEY = auto()
    WRONG_MONEY = auto()
    RETURNED = auto()


S, E = PaymentState, Event
# While an order is in one of these, its bills are in nobody else's open order.
OPEN: Final = frozenset({S.CREATED, S.UNKNOWN, S.PREPAID, S.SUSPENDED})
# WeChat may still say something new about these.
PENDING: Final = frozenset({S.CREATED, S.UNKNOWN, S.PREPAID})

TABLE: Final = Table(
    S.CREATED,
    Transition(S.CREATED, E.PREPARED, S.PREPAID),
    Transition(S.CREATED, E.ANSWER_LOST, S.UNKNOWN),
    Transition(S.CREATED, E.REFUSED, S.CLOSED),
    Transition(S.CREATED, E.NEVER_ARRIVED, S.CLOSED),
    Transition(S.CREATED, E.CLOSED_AT_WECHAT, S.CLOSED, due="expires_at"),
    Transition(S.CREATED, E.MONEY, S.PAID),  # the notice overtook the answer
    Transition(S.CREATED, E.WRONG_MONEY, S.SUSPENDED),
    Transition(S.UNKNOWN, E.PREPARED, S.PREPAID),
    Transition(S.UNKNOWN, E.NEVER_ARRIVED, S.CLOSED),
    Transition(S.UNKNOWN, E.CLOSED_AT_WECHAT, S.CLOSED, due="expires_at"),
    Transition(S.UNKNOWN, E.MONEY, S.PAID),
    Transition(S.UNKNOWN, E.WRONG_MONEY, S.SUSPENDED),
    Transition(S.PREPAID, E.CLOSED_AT_WECHAT, S.CLOSED, due="expires_at"),
    Transition(S.PREPAID, E.MONEY, S.PAID),
    Transition(S.PREPAID, E.WRONG_MONEY, S.SUSPENDED),
    # Closed is WeChat's word; its later word that money moved outranks it.
    Transition(S.CLOSED, E.MONEY, S.PAID),
    Transition(S.CLOSED, E.WRONG_MONEY, S.SUSPENDED),
    Transition(S.SUSPENDED, E.RETURNED, S.CLOSED),
    along=lambda state: {"open": state in OPEN},
)


class Word(StrEnum):
    """Meaning of a `trade_state` for an order of ours."""

    PAID = auto()  # book it
    PAID_AND_BACK = auto()  # keep it in suspense: how much went back, the daily bill tells
    PENDING = auto()  # ask again; at the end of the order close it, then ask
    OVER = auto()  # nobody can pay it any more: its bills are free


# Every state that WeChat names (docs/reference/wechat.md, Orders).
TRADE_STATES: Final[Mapping[TradeState, Word]] = {
    TradeState.SUCCESS: Word.PAID,
    TradeState.REFUND: Word.PAID_AND_BACK,
    TradeState.NOTPAY: Word.PENDING,
    TradeState.USERPAYING: Word.PENDING,
    TradeState.PAYERROR: Word.PENDING,  # one try failed; until it is closed there may be more
    TradeState.CLOSED: Word.OVER,
    TradeState.REVOKED: Word.OVER,
}
