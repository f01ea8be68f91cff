"""State machine of a home code. The table is the specification."""

from enum import StrEnum, auto
from typing import Final

from services.kernel.acts import Act
from services.kernel.labels import Labelled
from services.kernel.states import Table, Transition


class CodeState(Labelled):
    """State of a printed code. That it ran out is no state: its time says so."""

    OPEN = "open", "有效"
    USED = "used", "已使用"
    REVOKED = "revoked", "已收回"


class CodeAction(StrEnum):
    USE = auto()
    REVOKE = auto()  # the residency ended, or was bound another way


S, A = CodeState, CodeAction
TABLE: Final = Table(
    S.OPEN,
    Transition(S.OPEN, A.USE, S.USED, own=True, act=Act.CODE_USED),  # by whoever holds it
    Transition(S.OPEN, A.REVOKE, S.REVOKED),
)
