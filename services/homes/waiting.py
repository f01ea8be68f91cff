"""Which requests wait at a place: what a head who leaves hands over to the next."""

from collections.abc import Sequence

from services.dependencies import Dependencies
from services.homes import request_store
from services.homes.states import OPEN


async def open_under(deps: Dependencies, places: Sequence[str], *, limit: int) -> list[str]:
    """Return ids of the open requests for homes under these places, the oldest first."""
    found = await request_store.under(deps.db, places, OPEN, after="", limit=limit)
    return [request.id for request in found]
