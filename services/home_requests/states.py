"""State machine of a home request: this table is the specification."""

from enum import StrEnum, auto
from typing import Final

from msgspec import Struct

from services.kernel.errors import Conflict


class RequestState(StrEnum):
    WITH_HEAD = auto()  # a head of the place says what they know
    WITH_COMMUNITY = auto()  # the community decides
    ACCEPTED = auto()
    REJECTED = auto()
    WITHDRAWN = auto()


class Event(StrEnum):
    ADVISE = auto()
    PASS_ON = auto()  # nobody advised in time
    ACCEPT = auto()
    REJECT = auto()
    WITHDRAW = auto()  # by whoever filed it, or because the home changed its owner


class Move(Struct, frozen=True):
    source: RequestState
    event: Event
    target: RequestState


S, E = RequestState, Event
MOVES: Final = (
    Move(S.WITH_HEAD, E.ADVISE, S.WITH_COMMUNITY),
    Move(S.WITH_HEAD, E.PASS_ON, S.WITH_COMMUNITY),
    Move(S.WITH_HEAD, E.WITHDRAW, S.WITHDRAWN),
    Move(S.WITH_COMMUNITY, E.ACCEPT, S.ACCEPTED),
    Move(S.WITH_COMMUNITY, E.REJECT, S.REJECTED),
    Move(S.WITH_COMMUNITY, E.WITHDRAW, S.WITHDRAWN),
)
OPEN: Final = (S.WITH_HEAD, S.WITH_COMMUNITY)


class RequestWithHead(Conflict):
    """A head is asked first; after three days it goes to the community by itself."""

    code = "home_request_with_head"


class RequestMovedOn(Conflict):
    """Somebody advised, decided or withdrew it before; `state` in details."""

    code = "home_request_moved_on"


def sources(event: Event) -> list[RequestState]:
    """Return the states an event may find: the compare of compare-and-set."""
    return [move.source for move in MOVES if move.event is event]


def target(event: Event) -> RequestState:
    """Return where an event leads; every event of the table leads to one state."""
    return next(move.target for move in MOVES if move.event is event)


def require(state: RequestState, event: Event) -> None:
    """Raise what people are told when a request is in no state for this."""
    if state in sources(event):
        return
    if state is S.WITH_HEAD:
        raise RequestWithHead("楼长还在核实,请等楼长回复后再决定", state=state)
    raise RequestMovedOn("这个申请已经处理过了,请刷新", state=state)
