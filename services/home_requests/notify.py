"""Messages about a home request: to who filed it, and to the heads who are asked."""

from collections.abc import Iterable
from typing import Final

from services.dependencies import Dependencies, Transaction
from services.home_requests.models import HomeRequest
from services.kernel.templates import Ask, Moment, Purpose, Template
from services.messaging import actions as messaging
from services.places import actions as places
from services.places.doors import shown_address
from services.places.models import Place

HOME_REQUEST_PROGRESS: Final = Template(
    key="home_request_progress",
    title="房屋绑定申请有进展",
    body="您申请的{home}:{progress}。",
    page="pages/homes/requests",
    data={"thing1": "home", "thing2": "progress"},
    purpose=Purpose.INFORMATION,
    asks=(Ask(Moment.AFTER_REPORTING, "申请有进展时告诉您"),),
)
HOME_TO_ADVISE: Final = Template(
    key="home_to_advise",
    title="请帮忙核实住户",
    body="有人申请绑定{home},请在三天内告诉社区您是否认识。",
    page="pages/heads/requests",
    data={"thing1": "home"},
    purpose=Purpose.REMINDER,
    asks=(Ask(Moment.AFTER_WORKING, "有住户要核实时提醒您"),),
)
TEMPLATES: Final = (HOME_REQUEST_PROGRESS, HOME_TO_ADVISE)


async def tell(
    deps: Dependencies,
    tx: Transaction,
    request: HomeRequest,
    _news: str,
    people: Iterable[str],
    *_side_and_key: str,
) -> None:
    """Notify whoever wants a home of the state of their request, of each once."""
    addresses = await places.addresses(deps, [request.home])
    address = addresses.get(request.home, request.home)
    for person in people:
        await messaging.notify(
            deps,
            tx,
            person_id=person,
            template=HOME_REQUEST_PROGRESS,
            key=f"{request.id}:{request.state}",
            values={"home": address, "progress": request.state.progress},
        )


async def ask_heads(
    deps: Dependencies, tx: Transaction, request_id: str, heads: Iterable[str], home: Place
) -> None:
    """Notify the heads of a place that their advice is asked for."""
    for person in sorted(set(heads)):
        await messaging.notify(
            deps,
            tx,
            person_id=person,
            template=HOME_TO_ADVISE,
            key=request_id,
            values={"home": shown_address(home)},
        )
