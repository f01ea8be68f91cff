"""State machine of what was written in a survey: kept back unless it is chosen and passes."""

from enum import StrEnum, auto
from typing import Final

from services.kernel.acts import Act
from services.kernel.labels import Labelled
from services.kernel.permissions import Permission
from services.kernel.states import Table, Transition


class TextState(Labelled):
    PRIVATE = "private", "未选用"
    IN_CHECK = "in_check", "审核中"
    SHOWN = "shown", "已公开"
    REFUSED = "refused", "未通过审核"


class TextAction(StrEnum):
    """Action that moves a text from one state to another."""

    CHOOSE = auto()
    PASS = auto()
    REFUSE = auto()


S, A = TextState, TextAction
TABLE: Final = Table(
    S.PRIVATE,
    Transition(
        S.PRIVATE, A.CHOOSE, S.IN_CHECK, Permission.OVERSEE_SURVEYS, act=Act.SURVEY_TEXT_CHOSEN
    ),
    Transition(S.IN_CHECK, A.PASS, S.SHOWN),
    Transition(S.IN_CHECK, A.REFUSE, S.REFUSED),
)
