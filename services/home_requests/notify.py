"""Messages about a home request: to who filed it, and to the heads who are asked."""

from collections.abc import Iterable
from typing import Final

from services.appointments import offices
from services.dependencies import Dependencies, Transaction
from services.home_requests.models import HomeRequest
from services.home_requests.states import RequestState
from services.kernel.permissions import HEADS
from services.messaging import actions as messaging
from services.messaging.templates import TemplateKey
from services.places import grids
from services.places.models import Place


async def heads_of(deps: Dependencies, home: str) -> set[str]:
    """Return the heads of the home's unit, building and grid who have signed in."""
    around = [place.id for place in await grids.above_home(deps, home)]
    holders = await offices.holders_at(deps, around, HEADS)
    return {holder.person for holder in holders if holder.person}


PROGRESS: Final[dict[RequestState, str]] = {
    RequestState.WITH_HEAD: "已收到,楼长正在核实",
    RequestState.WITH_COMMUNITY: "已交给社区审核",
    RequestState.ACCEPTED: "已通过,房屋已绑定",
    RequestState.REJECTED: "没有通过,点开看原因",
    RequestState.WITHDRAWN: "业主已变更,申请已关闭",
}


async def progress(
    deps: Dependencies, tx: Transaction, request: HomeRequest, home: Place
) -> None:
    """Tell the requester where their request is; nobody, when they have no phone."""
    if request.person is None:
        return
    await messaging.notify(
        deps,
        tx,
        person_id=request.person,
        template=TemplateKey.HOME_REQUEST_PROGRESS,
        key=f"{request.id}:{request.state}",
        values={"home": home.address, "progress": PROGRESS[request.state]},
    )


async def ask_heads(
    deps: Dependencies, tx: Transaction, request_id: str, heads: Iterable[str], home: Place
) -> None:
    """Ask the heads of a place what they know."""
    for person in sorted(set(heads)):
        await messaging.notify(
            deps,
            tx,
            person_id=person,
            template=TemplateKey.HOME_TO_ADVISE,
            key=request_id,
            values={"home": home.address},
        )
