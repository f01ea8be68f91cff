"""Endpoint of the directory of homes: places of one rung below another."""

from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from services.homes import directory
from services.homes.models import DirectoryEntry, DirectoryQuery
from services.kernel.pages import Page


class DirectoryHandler(ApiHandler):
    @endpoint("listDirectoryEntries", needs=Access.SIGNED_IN, errors=("not_found",))
    async def get(self, query: DirectoryQuery) -> Page[DirectoryEntry]:
        """Find my home: what lies directly below a place, one rung at a time, by path."""
        return await directory.listing(self.deps, query)


ROUTES = [Route("/api/v1/directory", DirectoryHandler)]
