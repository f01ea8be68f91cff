"""Directory of homes: the places of one rung below another, without the people in them."""

from services.dependencies import Dependencies
from services.homes.models import DirectoryEntry, DirectoryQuery
from services.kernel.pages import Page
from services.places import actions as places
from services.places.doors import shown_name


async def listing(deps: Dependencies, query: DirectoryQuery) -> Page[DirectoryEntry]:
    """Return the places directly below one, by path, or the cities. Raises NotFound."""
    found = await places.children(deps, query.under, query)
    return found.map(lambda p: DirectoryEntry(path=p.id, kind=p.kind, name=shown_name(p)))
