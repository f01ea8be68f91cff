"""Endpoint of the directory of homes: places of one rung below another."""

from handlers.http import cursors, lists
from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from handlers.http.lists import ListQuery, Page
from services.homes import directory
from services.homes.models import DirectoryEntry
from services.kernel.paths import PlacePath


class DirectoryQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which part of the directory to list.

    `under`: Path of the place whose children to list; the cities without it.
    """

    under: PlacePath | None = None


class DirectoryHandler(ApiHandler):
    @endpoint("listDirectoryEntries", needs=Access.SIGNED_IN, errors=("not_found",))
    async def get(self, query: DirectoryQuery) -> Page[DirectoryEntry]:
        """Find my home: what lies directly below a place, one rung at a time, by path."""
        items = await directory.children(
            self.deps, query.under, after=cursors.read(query.cursor), limit=query.limit
        )
        return lists.page(items, query.limit, lambda item: item.path)


ROUTES = [Route("/api/v1/directory", DirectoryHandler)]
