from msgspec import Struct

from handlers import cursors
from handlers.base import ApiHandler
from handlers.contract import Access, Page, Route, endpoint
from services.homes import directory
from services.homes.models import DirectoryEntry
from services.kernel.paths import PlacePath


class DirectoryQuery(Struct, forbid_unknown_fields=True):
    """`under`: whose children; the cities without it."""

    under: PlacePath | None = None
    limit: cursors.Limit = 50
    cursor: cursors.Cursor | None = None


class DirectoryHandler(ApiHandler):
    @endpoint(needs=Access.SIGNED_IN, errors=("not_found",))
    async def get(self, query: DirectoryQuery) -> Page[DirectoryEntry]:
        """Find my home: what lies directly below a place, one rung at a time, by path."""
        items = await directory.children(
            self.deps, query.under, after=cursors.read(query.cursor), limit=query.limit
        )
        return cursors.page(items, query.limit, lambda item: item.path)


ROUTES = [Route("/api/v1/directory", DirectoryHandler)]
