"""State machine of a visit. The table is the specification."""

from enum import StrEnum, auto
from typing import Final

from services.kernel.acts import Act
from services.kernel.labels import Labelled
from services.kernel.permissions import Permission
from services.kernel.states import Table, Transition


class VisitState(Labelled):
    PLANNED = "planned", "计划中"
    MADE = "made", "已走访"  # somebody knocked, whatever came of it
    CANCELLED = "cancelled", "已取消"


class VisitAction(StrEnum):
    PLAN = auto()
    POSTPONE = auto()  # to any other day
    RECORD = auto()
    CANCEL = auto()


S, A, P = VisitState, VisitAction, Permission.PLAN_VISITS
TABLE: Final = Table[VisitState, VisitAction](
    None,
    Transition(None, A.PLAN, S.PLANNED, needs=P, act=Act.VISIT_PLANNED),
    Transition(S.PLANNED, A.POSTPONE, S.PLANNED, needs=P, act=Act.VISIT_POSTPONED),
    Transition(S.PLANNED, A.RECORD, S.MADE, needs=P, act=Act.VISIT_RECORDED),
    # One that nobody had planned.
    Transition(None, A.RECORD, S.MADE, needs=P, act=Act.VISIT_RECORDED),
    Transition(S.PLANNED, A.CANCEL, S.CANCELLED, needs=P, act=Act.VISIT_CANCELLED),
)
