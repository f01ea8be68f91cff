"""State machine of a home request: this table is the specification."""

from datetime import timedelta
from enum import StrEnum, auto
from typing import Final

from msgspec import Struct

from services.kernel.acts import Act
from services.kernel.errors import Conflict
from services.kernel.labels import Labelled
from services.kernel.permissions import Permission
from services.kernel.states import Table, Transition


class RequestState(Labelled):
    WITH_HEAD = "with_head", "等待三长意见"  # a head of the place says what they know
    WITH_COMMUNITY = "with_community", "等待社区决定"  # the community decides
    ACCEPTED = "accepted", "已通过"
    REJECTED = "rejected", "未通过"
    WITHDRAWN = "withdrawn", "已撤回"

    @property
    def progress(self) -> str:
        """Progress of a request in this state, as whoever filed it reads it."""
        return PROGRESS[self]


PROGRESS: Final[dict[RequestState, str]] = {
    RequestState.WITH_HEAD: "已收到,三长正在核实",
    RequestState.WITH_COMMUNITY: "已交给社区审核",
    RequestState.ACCEPTED: "已通过,房屋已绑定",
    RequestState.REJECTED: "没有通过,点开看原因",
    RequestState.WITHDRAWN: "业主已变更,申请已关闭",
}


class Event(StrEnum):
    """Event that moves a request from one state to another."""

    ADVISE = auto()
    PASS_ON = auto()  # nobody advised in time
    ACCEPT = auto()
    REJECT = auto()
    WITHDRAW = auto()  # by whoever filed it, or because the home changed its owner


S, E = RequestState, Event
OPEN: Final = (S.WITH_HEAD, S.WITH_COMMUNITY)
# How long a head has before the community decides without them.
ADVICE_TIME: Final = timedelta(days=3)
ADVISE, DECIDE = Permission.ADVISE_HOMES, Permission.DECIDE_HOMES
ADVISED, DECIDED, WITHDRAWN = Act.HOME_ADVISED, Act.HOME_DECIDED, Act.HOME_WITHDRAWN

# Where no head is in office, a request begins with the community.
TABLE: Final = Table(
    S.WITH_HEAD,
    Transition(S.WITH_HEAD, E.ADVISE, S.WITH_COMMUNITY, ADVISE, act=ADVISED),
    Transition(
        S.WITH_HEAD, E.PASS_ON, S.WITH_COMMUNITY, due=ADVICE_TIME, act=Act.HOME_PASSED_ON
    ),
    Transition(S.WITH_HEAD, E.WITHDRAW, S.WITHDRAWN, own=True, act=WITHDRAWN),
    Transition(S.WITH_COMMUNITY, E.ACCEPT, S.ACCEPTED, DECIDE, act=DECIDED),
    Transition(S.WITH_COMMUNITY, E.REJECT, S.REJECTED, DECIDE, act=DECIDED),
    Transition(S.WITH_COMMUNITY, E.WITHDRAW, S.WITHDRAWN, own=True, act=WITHDRAWN),
    along=lambda state: {} if state in OPEN else {"open_key": None},
)


class RequestStateDetails(Struct, frozen=True, kw_only=True):
    """State the request is in.

    `state`: State of the request at this moment.
    """

    state: RequestState


class RequestWithHead(Conflict):
    """A head has not answered yet; after three days the request goes on by itself."""

    code = "home_request_with_head"
    details_type = RequestStateDetails


class RequestMovedOn(Conflict):
    """The request was advised, decided or withdrawn before; `state` in details."""

    code = "home_request_moved_on"
    details_type = RequestStateDetails


def require(state: RequestState, event: Event) -> None:
    """Raise RequestWithHead or RequestMovedOn unless the event starts from this state."""
    if TABLE.find(state, event):
        return
    if state is S.WITH_HEAD:
        raise RequestWithHead("三长还在核实,请等三长意见后再决定", state=state)
    raise RequestMovedOn("这个申请已经处理过了,请刷新", state=state)
