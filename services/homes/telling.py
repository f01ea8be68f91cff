"""What people are told about requests and homes. No message names anybody."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from services.dependencies import Dependencies, Transaction
from services.homes.request_models import HomeRequest
from services.homes.states import RequestState
from services.messaging import actions as messaging
from services.messaging.templates import TemplateKey
from services.places.models import Place
from services.residencies.models import OWNERS, Residency

PROGRESS: Final[dict[RequestState, str]] = {
    RequestState.WITH_HEAD: "已收到,楼长正在核实",
    RequestState.WITH_COMMUNITY: "已交给社区审核",
    RequestState.ACCEPTED: "已通过,房屋已绑定",
    RequestState.REJECTED: "没有通过,点开看原因",
    RequestState.WITHDRAWN: "业主已变更,申请已关闭",
}


class News(StrEnum):
    """What those who belong to a home are told."""

    CLAIMED = "有人申请登记为业主,社区会核实"
    SHARED = "社区登记了一位共有人"
    SOLD = "业主已变更"
    ENDED = "您与房屋的绑定有变动"
    JOINED = "有人接受了您的邀请"


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


async def news(
    deps: Dependencies,
    tx: Transaction,
    home: Place,
    people: Iterable[str | None],
    *,
    what: News,
    key: str,
) -> None:
    """Tell people of a home what happened to it; each once under one key."""
    for person in sorted({person for person in people if person}):
        await messaging.notify(
            deps,
            tx,
            person_id=person,
            template=TemplateKey.HOME_NEWS,
            key=f"{key}:{what.name}",
            values={"home": home.address, "news": what},
        )


def owners_of(rows: Iterable[Residency]) -> list[str]:
    """Return the people bound as owners among those of a home."""
    return [row.person for row in rows if row.relation in OWNERS and row.person]
