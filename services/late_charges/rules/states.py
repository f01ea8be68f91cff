"""State machine of a rule of late charges. The table is the specification."""

from enum import StrEnum, auto
from typing import Final

from services.kernel.acts import Act
from services.kernel.labels import Labelled
from services.kernel.permissions import Permission
from services.kernel.states import Table, Transition


class LateRuleState(Labelled):
    PROPOSED = "proposed", "等待另一人批准"
    IN_FORCE = "in_force", "执行中"
    ENDED = "ended", "已停用"  # bills of its days keep it
    REFUSED = "refused", "未批准"


class LateRuleAction(StrEnum):
    APPROVE = auto()  # by somebody else than who proposed it
    REFUSE = auto()  # also by who proposed it: taken back
    END = auto()  # also of an ended one, whose last day was wrong


S, A, P = LateRuleState, LateRuleAction, Permission.MANAGE_FEES

TABLE: Final = Table(
    S.PROPOSED,
    Transition(S.PROPOSED, A.APPROVE, S.IN_FORCE, P, act=Act.LATE_RULE_APPROVED),
    Transition(S.PROPOSED, A.REFUSE, S.REFUSED, P, act=Act.LATE_RULE_REFUSED),
    Transition(S.IN_FORCE, A.END, S.ENDED, P, act=Act.LATE_RULE_ENDED),
    Transition(S.ENDED, A.END, S.ENDED, P, act=Act.LATE_RULE_ENDED),
)
