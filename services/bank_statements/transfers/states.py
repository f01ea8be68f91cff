"""State machine of money that moved by a bank's file. The table is the specification."""

from enum import StrEnum, auto
from typing import Final

from services.kernel.acts import Act
from services.kernel.labels import Labelled
from services.kernel.permissions import Permission
from services.kernel.states import Table, Transition


class BankTransferState(Labelled):
    """How far a transfer is. Nothing is booked that nobody confirmed."""

    OPEN = "open", "待认领"
    CHOSEN = "chosen", "正在登记"
    BOOKED = "booked", "已登记"
    REFUSED = "refused", "未能登记"
    NO_FEE = "no_fee", "不是缴费"
    SETTLED = "settled", "刷卡结算款"


class BankTransferAction(StrEnum):
    CHOOSE = auto()  # somebody said which bills it pays
    BOOK = auto()
    REFUSE = auto()
    FIND = auto()  # somebody had booked its number at the counter, or paid out by it
    LINK = auto()  # somebody said which payout it is
    SETTLE = auto()  # somebody said which days of a card machine it is for
    SET_ASIDE = auto()  # it pays no fee, and somebody said why
    TAKE_BACK = auto()  # what somebody said was wrong
    UNLINK = auto()  # as well, of which payout it is


S, A, P = BankTransferState, BankTransferAction, Permission.KEEP_CASH
TABLE: Final = Table(
    S.OPEN,
    Transition(S.OPEN, A.CHOOSE, S.CHOSEN, needs=P, act=Act.BANK_TRANSFERS_CONFIRMED),
    Transition(S.REFUSED, A.CHOOSE, S.CHOSEN, needs=P, act=Act.BANK_TRANSFERS_CONFIRMED),
    Transition(S.CHOSEN, A.BOOK, S.BOOKED),
    Transition(S.CHOSEN, A.REFUSE, S.REFUSED),
    Transition(S.OPEN, A.LINK, S.BOOKED, needs=P, act=Act.BANK_PAYOUT_CONFIRMED),
    Transition(S.OPEN, A.FIND, S.BOOKED),
    Transition(S.REFUSED, A.FIND, S.BOOKED),
    Transition(S.NO_FEE, A.FIND, S.BOOKED),
    Transition(S.OPEN, A.SETTLE, S.SETTLED, needs=P, act=Act.BANK_CARDS_SETTLED),
    Transition(S.REFUSED, A.SETTLE, S.SETTLED, needs=P, act=Act.BANK_CARDS_SETTLED),
    Transition(S.OPEN, A.SET_ASIDE, S.NO_FEE, needs=P, act=Act.BANK_TRANSFER_SET_ASIDE),
    Transition(S.REFUSED, A.SET_ASIDE, S.NO_FEE, needs=P, act=Act.BANK_TRANSFER_SET_ASIDE),
    Transition(S.NO_FEE, A.TAKE_BACK, S.OPEN, needs=P, act=Act.BANK_TRANSFER_TAKEN_BACK),
    Transition(S.SETTLED, A.TAKE_BACK, S.OPEN, needs=P, act=Act.BANK_TRANSFER_TAKEN_BACK),
    Transition(S.BOOKED, A.UNLINK, S.OPEN, needs=P, act=Act.BANK_TRANSFER_TAKEN_BACK),
)
WAITING: Final = (S.OPEN, S.REFUSED, S.NO_FEE)
