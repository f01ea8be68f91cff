"""State machine of a bank's statement. The table is the specification."""

from enum import StrEnum, auto
from typing import Final

from services.kernel.acts import Act
from services.kernel.labels import Labelled
from services.kernel.permissions import Permission
from services.kernel.states import Table, Transition


class BankStatementState(Labelled):
    READING = "reading", "正在读取"
    READ = "read", "已读取"
    REFUSED = "refused", "未能导入"


class BankStatementAction(StrEnum):
    UPLOAD = auto()  # the same file once more, after it was refused
    FINISH = auto()
    REFUSE = auto()


S, A, P = BankStatementState, BankStatementAction, Permission.KEEP_CASH
TABLE: Final = Table(
    S.READING,
    Transition(S.REFUSED, A.UPLOAD, S.READING, needs=P, act=Act.BANK_STATEMENT_UPLOADED),
    Transition(S.READING, A.FINISH, S.READ),
    Transition(S.READING, A.REFUSE, S.REFUSED),
)
