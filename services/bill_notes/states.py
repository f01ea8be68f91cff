"""State machine of a note that corrects a published bill. The table is the specification."""

from enum import StrEnum, auto
from typing import Final

from services.kernel.acts import Act
from services.kernel.labels import Labelled
from services.kernel.permissions import Permission
from services.kernel.states import Table, Transition


class NoteState(Labelled):
    PROPOSED = "proposed", "等待另一人批准"
    APPLIED = "applied", "已生效"
    REFUSED = "refused", "未批准"
    WITHDRAWN = "withdrawn", "已撤回"


class NoteAction(StrEnum):
    APPLY = auto()  # by somebody else than who proposed it
    REFUSE = auto()  # likewise
    WITHDRAW = auto()  # by who proposed it


S, A, RUN_BILLS = NoteState, NoteAction, Permission.RUN_BILLS

TABLE: Final = Table(
    S.PROPOSED,
    Transition(S.PROPOSED, A.APPLY, S.APPLIED, RUN_BILLS, act=Act.BILL_NOTE_APPLIED),
    Transition(S.PROPOSED, A.REFUSE, S.REFUSED, RUN_BILLS, act=Act.BILL_NOTE_REFUSED),
    Transition(S.PROPOSED, A.WITHDRAW, S.WITHDRAWN, RUN_BILLS, act=Act.BILL_NOTE_WITHDRAWN),
)
