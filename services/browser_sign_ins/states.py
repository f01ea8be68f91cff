"""State machine of browser sign-in by QR code. The table is the specification."""

from datetime import datetime
from enum import StrEnum, auto
from typing import Final

from services.kernel.acts import Act
from services.kernel.errors import Conflict, DomainError, RetryAfter
from services.kernel.states import Table, Transition
from services.people.identity import SignInRefused


class BrowserState(StrEnum):
    WAITING = auto()
    ALLOWED = auto()  # the browser may fetch its session, once
    REFUSED = auto()
    USED = auto()
    EXPIRED = auto()  # never written: what time makes of the first two


class Event(StrEnum):
    ALLOW = auto()
    CONFIRM = auto()  # allowed, for a session that is there already: nothing is left to fetch
    REFUSE = auto()
    GUESSED = auto()  # too many wrong numbers
    TAKE_BACK = auto()  # signed out everywhere meanwhile
    USE = auto()
    RUN_OUT = auto()


S, E = BrowserState, Event
TABLE: Final = Table(
    S.WAITING,
    # by the person at the phone: for a browser of their own
    Transition(S.WAITING, E.ALLOW, S.ALLOWED, own=True, act=Act.BROWSER_ALLOWED),
    Transition(S.WAITING, E.CONFIRM, S.USED, own=True, act=Act.CONFIRMED),
    Transition(S.WAITING, E.REFUSE, S.REFUSED, own=True, act=Act.BROWSER_REFUSED),
    Transition(S.WAITING, E.GUESSED, S.REFUSED, act=Act.BROWSER_REFUSED),
    Transition(S.WAITING, E.TAKE_BACK, S.REFUSED),
    Transition(S.WAITING, E.RUN_OUT, S.EXPIRED, due="expires_at"),
    Transition(S.ALLOWED, E.TAKE_BACK, S.REFUSED),
    Transition(S.ALLOWED, E.USE, S.USED),
    Transition(S.ALLOWED, E.RUN_OUT, S.EXPIRED, due="expires_at"),
)

POLL_SECONDS: Final = 2


class SignInWaiting(Conflict):
    code = "sign_in_waiting"
    details_type = RetryAfter


class SignInExpired(Conflict):
    code = "sign_in_expired"


class SignInUsed(Conflict):
    code = "sign_in_used"


class SignInAnswered(Conflict):
    code = "sign_in_answered"


def state_at(state: BrowserState, expires_at: datetime, now: datetime) -> BrowserState:
    """Return what a state has become by now."""
    if now < expires_at:
        return state
    return TABLE.target(E.RUN_OUT) if TABLE.find(state, E.RUN_OUT) else state


def require_waiting(found: BrowserState) -> None:
    """Raise what the phone is told of a sign-in that waits no more."""
    if found is S.EXPIRED:
        raise SignInExpired("二维码已过期,请刷新")
    if found is not S.WAITING:
        raise SignInAnswered("这个二维码已经确认过了")


def require(wanted: BrowserState, found: BrowserState) -> None:
    """Raise what the browser is told while its sign-in is not in the wanted state."""
    if found is not wanted:
        raise _told(found)


def _told(found: BrowserState) -> DomainError:
    match found:
        case S.WAITING | S.ALLOWED:
            return SignInWaiting("请在微信里确认", retry_after_seconds=POLL_SECONDS)
        case S.REFUSED:
            return SignInRefused("没有获得允许,请重新扫码")
        case S.USED:
            return SignInUsed("这个二维码已经用过,请刷新")
        case S.EXPIRED:
            return SignInExpired("二维码已过期,请刷新")
