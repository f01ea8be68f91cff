"""State machines of a bank's statement and of a transfer in it. The tables are the rules."""

from enum import StrEnum, auto
from typing import Final

from services.kernel.acts import Act
from services.kernel.labels import Labelled
from services.kernel.permissions import Permission
from services.kernel.states import Table, Transition

P: Final = Permission.KEEP_CASH


class BankStatementState(Labelled):
    READING = "reading", "正在读取"
    READ = "read", "已读取"
    REFUSED = "refused", "未能导入"


class StatementAction(StrEnum):
    UPLOAD = auto()  # the same file once more, after it was refused
    FINISH = auto()
    REFUSE = auto()


S, A = BankStatementState, StatementAction
STATEMENTS: Final = Table(
    S.READING,
    Transition(S.REFUSED, A.UPLOAD, S.READING, needs=P, act=Act.BANK_STATEMENT_UPLOADED),
    Transition(S.READING, A.FINISH, S.READ),
    Transition(S.READING, A.REFUSE, S.REFUSED),
)


class BankTransferState(Labelled):
    """How far a transfer is. Nothing is booked that nobody confirmed."""

    OPEN = "open", "待认领"
    CHOSEN = "chosen", "正在登记"
    BOOKED = "booked", "已登记"
    REFUSED = "refused", "未能登记"
    NO_FEE = "no_fee", "不是缴费"


class TransferAction(StrEnum):
    CHOOSE = auto()  # somebody said which bills it pays
    BOOK = auto()
    REFUSE = auto()
    FIND = auto()  # somebody had booked its number at the counter
    SET_ASIDE = auto()  # it pays no fee, and somebody said why
    TAKE_BACK = auto()


T, B = BankTransferState, TransferAction
TRANSFERS: Final = Table(
    T.OPEN,
    Transition(T.OPEN, B.CHOOSE, T.CHOSEN, needs=P, act=Act.BANK_TRANSFERS_CONFIRMED),
    Transition(T.REFUSED, B.CHOOSE, T.CHOSEN, needs=P, act=Act.BANK_TRANSFERS_CONFIRMED),
    Transition(T.CHOSEN, B.BOOK, T.BOOKED),
    Transition(T.CHOSEN, B.REFUSE, T.REFUSED),
    Transition(T.OPEN, B.FIND, T.BOOKED),
    Transition(T.REFUSED, B.FIND, T.BOOKED),
    Transition(T.NO_FEE, B.FIND, T.BOOKED),
    Transition(T.OPEN, B.SET_ASIDE, T.NO_FEE, needs=P, act=Act.BANK_TRANSFER_SET_ASIDE),
    Transition(T.REFUSED, B.SET_ASIDE, T.NO_FEE, needs=P, act=Act.BANK_TRANSFER_SET_ASIDE),
    Transition(T.NO_FEE, B.TAKE_BACK, T.OPEN, needs=P, act=Act.BANK_TRANSFER_TAKEN_BACK),
)
WAITING: Final = (T.OPEN, T.REFUSED, T.NO_FEE)
