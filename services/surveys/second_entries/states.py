"""State machine of a second entry: this table is the specification."""

from enum import StrEnum, auto
from typing import Final

from msgspec import Struct

from services.kernel import errors
from services.kernel.acts import Act
from services.kernel.labels import Labelled
from services.kernel.permissions import Permission
from services.kernel.states import Table, Transition


class EntryState(Labelled):
    WAITING = "waiting", "待第二次录入"
    SAME = "same", "两次一致"
    DIFFERENT = "different", "两次不一致"
    DECIDED = "decided", "已核定"
    WITHDRAWN = "withdrawn", "意见已撤回"  # with its survey: nothing is counted


OPEN: Final = (EntryState.WAITING, EntryState.DIFFERENT)  # the results wait for them


class EntryAction(StrEnum):
    """Action that moves a second entry from one state to another."""

    AGREE = auto()
    DIFFER = auto()
    DECIDE = auto()
    WITHDRAW = auto()


S, A = EntryState, EntryAction
CHECKS, SETTLES = Permission.CHECK_SURVEY_PAPERS, Permission.SETTLE_SURVEY_PAPERS
AGAIN, DECIDED = Act.SURVEY_ENTERED_AGAIN, Act.SURVEY_ENTRY_DECIDED
TABLE: Final = Table(
    S.WAITING,
    Transition(S.WAITING, A.AGREE, S.SAME, CHECKS, act=AGAIN),
    Transition(S.WAITING, A.DIFFER, S.DIFFERENT, CHECKS, act=AGAIN),
    Transition(S.WAITING, A.DECIDE, S.DECIDED, SETTLES, act=DECIDED),
    Transition(S.DIFFERENT, A.DECIDE, S.DECIDED, SETTLES, act=DECIDED),
    *(Transition(state, A.WITHDRAW, S.WITHDRAWN) for state in OPEN),
)


class EntryStateDetails(Struct, frozen=True, kw_only=True):
    """State the second entry is in.

    `state`: State of the second entry at this moment.
    """

    state: EntryState


class EntryMovedOn(errors.Conflict):
    """The paper was entered again, or decided about, before; `state` in details."""

    code = "survey_entry_moved_on"
    details_type = EntryStateDetails


def moved_on(state: EntryState) -> EntryMovedOn:
    return EntryMovedOn(f"这份纸质意见现在是“{state.label}”,请刷新", state=state)
