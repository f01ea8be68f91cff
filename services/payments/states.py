"""State machine of an order at WeChat Pay. The tables are the specification."""

from collections.abc import Mapping
from enum import StrEnum, auto
from typing import Final

from msgspec import Struct

from services.wechat.pay_models import TradeState


class PaymentState(StrEnum):
    CREATED = auto()  # written down, WeChat not yet asked
    UNKNOWN = auto()  # WeChat was asked and we did not hear the answer
    PREPAID = auto()  # WeChat holds an order, the payer may pay
    PAID = auto()
    CLOSED = auto()  # WeChat says that nobody can pay it any more
    SUSPENDED = auto()  # money came that does not match; a person decides


class Event(StrEnum):
    PREPARED = auto()
    ANSWER_LOST = auto()
    REFUSED = auto()  # the first time it was asked for: nothing there can be paid
    NEVER_ARRIVED = auto()  # WeChat has no such order, and no phone was given one
    CLOSED_AT_WECHAT = auto()
    MONEY = auto()
    WRONG_MONEY = auto()
    RETURNED = auto()


class Move(Struct, frozen=True):
    source: PaymentState
    event: Event
    target: PaymentState


S, E = PaymentState, Event
MOVES: Final = (
    Move(S.CREATED, E.PREPARED, S.PREPAID),
    Move(S.CREATED, E.ANSWER_LOST, S.UNKNOWN),
    Move(S.CREATED, E.REFUSED, S.CLOSED),
    Move(S.CREATED, E.NEVER_ARRIVED, S.CLOSED),
    Move(S.CREATED, E.CLOSED_AT_WECHAT, S.CLOSED),
    Move(S.CREATED, E.MONEY, S.PAID),  # the notice overtook the answer
    Move(S.CREATED, E.WRONG_MONEY, S.SUSPENDED),
    Move(S.UNKNOWN, E.PREPARED, S.PREPAID),
    Move(S.UNKNOWN, E.NEVER_ARRIVED, S.CLOSED),
    Move(S.UNKNOWN, E.CLOSED_AT_WECHAT, S.CLOSED),
    Move(S.UNKNOWN, E.MONEY, S.PAID),
    Move(S.UNKNOWN, E.WRONG_MONEY, S.SUSPENDED),
    Move(S.PREPAID, E.CLOSED_AT_WECHAT, S.CLOSED),
    Move(S.PREPAID, E.MONEY, S.PAID),
    Move(S.PREPAID, E.WRONG_MONEY, S.SUSPENDED),
    # Closed is WeChat's word; its later word that money moved outranks it.
    Move(S.CLOSED, E.MONEY, S.PAID),
    Move(S.CLOSED, E.WRONG_MONEY, S.SUSPENDED),
    Move(S.SUSPENDED, E.RETURNED, S.CLOSED),
)

# While an order is in one of these, its bills are in nobody else's open order.
OPEN: Final = frozenset({S.CREATED, S.UNKNOWN, S.PREPAID, S.SUSPENDED})
# WeChat may still say something new about these.
PENDING: Final = frozenset({S.CREATED, S.UNKNOWN, S.PREPAID})


def sources(event: Event) -> list[PaymentState]:
    """Return the states an event may find: the compare of compare-and-set."""
    return [move.source for move in MOVES if move.event is event]


def target(event: Event) -> PaymentState:
    """Return where an event leads; every event of the table leads to one state."""
    return next(move.target for move in MOVES if move.event is event)


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
