"""State machine of an erasure. The table is the specification."""

from enum import StrEnum, auto
from typing import Final

from services.kernel.acts import Act
from services.kernel.labels import Labelled
from services.kernel.states import Table, Transition


class ErasureState(Labelled):
    CLOSED = "closed", "账号已注销,正在清除留下的内容"
    DONE = "done", "账号已注销,内容已清除"


class ErasureAction(StrEnum):
    CLOSE = auto()
    FINISH = auto()  # every package has cleared what is its


S, A = ErasureState, ErasureAction
TABLE: Final = Table[ErasureState, ErasureAction](
    None,
    Transition(None, A.CLOSE, S.CLOSED, own=True, act=Act.ERASED),
    Transition(S.CLOSED, A.FINISH, S.DONE),
)
