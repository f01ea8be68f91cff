"""State machine of a home request: this table is the specification."""

from datetime import timedelta
from typing import Final

from msgspec import Struct

from services.cases.kinds import Party, Step
from services.kernel.acts import Act
from services.kernel.errors import Conflict
from services.kernel.labels import Labelled
from services.kernel.permissions import Permission
from services.kernel.states import Table


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


class Event(Labelled):
    """Event that moves a request from one state to another."""

    ADVISE = "advise", "三长提出意见"
    PASS_ON = "pass_on", "三天内没有意见,转交社区"
    ACCEPT = "accept", "社区通过"
    REJECT = "reject", "社区不通过"
    WITHDRAW = "withdraw", "撤回"  # by whoever filed it, or because the home changed its owner
    CLOSE = "close", "申请人注销"  # whoever wanted it closes the account


S, E = RequestState, Event
OPEN: Final = (S.WITH_HEAD, S.WITH_COMMUNITY)
# How long a head has before the community decides without them.
ADVICE_TIME: Final = timedelta(days=3)
ADVISE, DECIDE = Permission.ADVISE_HOMES, Permission.DECIDE_HOMES
ADVISED, PASSED_ON, DECIDED = Act.HOME_ADVISED, Act.HOME_PASSED_ON, Act.HOME_DECIDED
TELLS: Final = (Party.REPORTER,)

# Where no head is in office, a request begins with the community. Whoever filed a request and
# withdraws it twice has withdrawn it.
TABLE: Final = Table(
    S.WITH_HEAD,
    Step(S.WITH_HEAD, E.ADVISE, S.WITH_COMMUNITY, ADVISE, act=ADVISED, tells=TELLS),
    Step(S.WITH_HEAD, E.PASS_ON, S.WITH_COMMUNITY, due=ADVICE_TIME, act=PASSED_ON, tells=TELLS),
    Step(S.WITH_COMMUNITY, E.ACCEPT, S.ACCEPTED, DECIDE, act=DECIDED, tells=TELLS),
    Step(S.WITH_COMMUNITY, E.REJECT, S.REJECTED, DECIDE, act=DECIDED, tells=TELLS),
    *(
        Step(
            state,
            E.WITHDRAW,
            S.WITHDRAWN,
            own=True,
            act=Act.HOME_WITHDRAWN,
            tells=TELLS,
            again=True,
            hidden=True,
        )
        for state in OPEN
    ),
    *(Step(state, E.CLOSE, S.WITHDRAWN) for state in OPEN),
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


def moved_on(state: RequestState) -> Conflict:
    """Return what is said of a step that a state does not have."""
    if state is S.WITH_HEAD:
        return RequestWithHead("三长还在核实,请等三长意见后再决定", state=state)
    return RequestMovedOn("这个申请已经处理过了,请刷新", state=state)
