"""State machine of a call that somebody asks for. The table is the specification."""

from datetime import timedelta
from enum import StrEnum, auto
from typing import Final

from services.kernel import errors
from services.kernel.acts import Act
from services.kernel.labels import Labelled
from services.kernel.states import Table, Transition

# No law says how long: a permission that is forgotten ends by itself.
SHOWN_FOR: Final = timedelta(hours=24)
ASKED_FOR: Final = timedelta(days=3)


class CallState(Labelled):
    """State of a call that was asked for."""

    ASKED = "asked", "等待对方答复"
    ALLOWED = "allowed", "可以拨打"
    CALLING_BACK = "calling_back", "对方会打来"
    DECLINED = "declined", "对方暂不方便"
    LAPSED = "lapsed", "已过期"


class CallAction(StrEnum):
    PASS = auto()  # the person's settings allow it
    ALLOW = auto()  # once, for a day
    CALL_BACK = auto()
    DECLINE = auto()
    TAKE_BACK = auto()  # what was allowed
    LAPSE = auto()


S, A = CallState, CallAction
TABLE: Final = Table(
    S.ASKED,
    Transition(S.ASKED, A.PASS, S.ALLOWED),
    Transition(S.ASKED, A.ALLOW, S.ALLOWED, own=True, act=Act.CALL_ANSWERED),
    Transition(S.ASKED, A.CALL_BACK, S.CALLING_BACK, own=True, act=Act.CALL_ANSWERED),
    Transition(S.ASKED, A.DECLINE, S.DECLINED, own=True, act=Act.CALL_ANSWERED),
    Transition(S.ALLOWED, A.TAKE_BACK, S.DECLINED, own=True, act=Act.CALL_ANSWERED),
    Transition(S.ASKED, A.LAPSE, S.LAPSED, due="ends_at"),
    Transition(S.ALLOWED, A.LAPSE, S.LAPSED, due="ends_at"),
)


class CallMovedOn(errors.Conflict):
    """It was answered already, or the time to answer is over."""

    code = "call_moved_on"


class CallAboutUnknown(errors.InvalidInput):
    """Nobody is called about such matters."""

    code = "call_about_unknown"


class CallToOneself(errors.Conflict):
    """Whoever asks is the one who would be called."""

    code = "call_to_oneself"


class NobodyToAsk(errors.Conflict):
    """The person has no account and gave no number for whoever asks: go to the door."""

    code = "call_nobody_to_ask"


class TooManyCalls(errors.Conflict):
    """One person is asked so often a day by one other."""

    code = "too_many_calls"
    details_type = errors.Most


class NumberNotShown(errors.Forbidden):
    """The person did not allow it, or does no more, or the time is over."""

    code = "number_not_shown"


class NoNumber(errors.Conflict):
    """There is no number to be shown."""

    code = "call_no_number"
