"""Messages about a home request: to who filed it, and to the heads who are asked."""

from collections.abc import Iterable

from services.appointments import offices
from services.dependencies import Dependencies, Transaction
from services.home_requests.models import HomeRequest
from services.kernel.permissions import HEADS
from services.messaging import actions as messaging
from services.messaging.templates import TemplateKey
from services.places import grids
from services.places.doors import shown_address
from services.places.models import Place
from services.residencies import actions as residencies


async def progress(
    deps: Dependencies, tx: Transaction, request: HomeRequest, home: Place
) -> None:
    """Notify a requester of the state of their request; nobody, when they have no phone."""
    if request.person is None:
        return
    await messaging.notify(
        deps,
        tx,
        person_id=request.person,
        template=TemplateKey.HOME_REQUEST_PROGRESS,
        key=f"{request.id}:{request.state}",
        values={"home": shown_address(home), "progress": request.state.progress},
    )


async def heads_of(deps: Dependencies, home: str) -> set[str]:
    """Return the heads of a home's unit, building and grid who have signed in.

    Not those who belong to the home: nobody advises about their own.
    """
    around = [place.id for place in await grids.above_home(deps, home)]
    holders = await offices.holders_at(deps, around, HEADS)
    own = {row.person for row in await residencies.of_homes(deps, [home])}
    return {holder.person for holder in holders if holder.person} - own


async def ask_heads(
    deps: Dependencies, tx: Transaction, request_id: str, heads: Iterable[str], home: Place
) -> None:
    """Notify the heads of a place that their advice is asked for."""
    for person in sorted(set(heads)):
        await messaging.notify(
            deps,
            tx,
            person_id=person,
            template=TemplateKey.HOME_TO_ADVISE,
            key=request_id,
            values={"home": shown_address(home)},
        )
