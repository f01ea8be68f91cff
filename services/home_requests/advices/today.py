"""Home requests that wait for a head's word, as what a head has to do.

Not those about a home of the head's own, nor their own: others say what they know of these.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from services.dependencies import Dependencies
from services.home_requests import store
from services.home_requests.models import HomeRequest
from services.home_requests.states import ADVICE_TIME
from services.kernel.permissions import Actor, Permission
from services.kernel.today import MOST_COUNTED, Entry, Part, TodayKind
from services.kernel.waits import of_each


async def read(deps: Dependencies, actor: Actor, part: Part) -> Sequence[Entry]:
    """Return requests that wait for advice: after three days they go on without."""
    after = part.after and (_filed(part.after[0]), part.after[1])
    until = part.until and _filed(part.until)
    filed = msgspec.structs.replace(part, after=after, until=until)
    found = await store.to_advise(deps.db, actor, filed)
    return [_entry(request) for request in found]


def _filed(due: datetime) -> datetime:
    """Return when a request was filed that is passed on then."""
    return due - ADVICE_TIME


def _entry(request: HomeRequest) -> Entry:
    return Entry(
        key=request.id,
        place=request.home,
        subject=request.id,
        title=f"核实住户:有人以{request.relation.label}身份申请绑定",
        due_at=request.created_at + ADVICE_TIME,
    )


async def count(deps: Dependencies, _actor: Actor, places: Sequence[str]) -> dict[str, int]:
    """Count the requests that wait for advice, of each place."""

    async def one(place: str) -> int:
        return await store.count_to_advise(deps.db, place, limit=MOST_COUNTED)

    return await of_each(places, one)


TODAY: Final = (
    TodayKind(
        name="home_requests.to_advise",
        label="核实住户",
        weight=30,
        needs=Permission.ADVISE_HOMES,
        read=read,
        count=count,
        operations=("adviseHomeRequest",),
    ),
)
