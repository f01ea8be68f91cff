"""State machine of browser sign-in by QR code. The table is the specification."""

from datetime import datetime
from enum import StrEnum, auto
from typing import Final

from msgspec import Struct

from services.kernel.errors import Conflict, DomainError, RetryAfter
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


class Move(Struct, frozen=True):
    source: BrowserState
    event: Event
    target: BrowserState


S, E = BrowserState, Event
MOVES: Final = (
    Move(S.WAITING, E.ALLOW, S.ALLOWED),
    Move(S.WAITING, E.CONFIRM, S.USED),
    Move(S.WAITING, E.REFUSE, S.REFUSED),
    Move(S.WAITING, E.GUESSED, S.REFUSED),
    Move(S.WAITING, E.TAKE_BACK, S.REFUSED),
    Move(S.WAITING, E.RUN_OUT, S.EXPIRED),
    Move(S.ALLOWED, E.TAKE_BACK, S.REFUSED),
    Move(S.ALLOWED, E.USE, S.USED),
    Move(S.ALLOWED, E.RUN_OUT, S.EXPIRED),
)
_TARGETS: Final = {(move.source, move.event): move.target for move in MOVES}

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


def sources(event: Event) -> list[BrowserState]:
    """Return the states an event may start from: the compare of compare-and-set."""
    return [move.source for move in MOVES if move.event is event]


def target(event: Event) -> BrowserState:
    """Return where an event leads; every event of the table leads to one state."""
    return next(move.target for move in MOVES if move.event is event)


def state_at(state: BrowserState, expires_at: datetime, now: datetime) -> BrowserState:
    """Return what a state has become by now."""
    if now < expires_at:
        return state
    return _TARGETS.get((state, E.RUN_OUT), state)


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
