"""Endpoint of the three heads (三长) of a home: who they are and how to reach them."""

from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from handlers.http.ids import HomePath
from services.heads import actions
from services.heads.models import HeadsView


class HomeHeadsHandler(ApiHandler):
    @endpoint("getHomeHeads", needs=Access.PUBLIC)
    async def get(self, home: HomePath) -> HeadsView:
        """Your heads: who looks after this home today, as much as each of them allows."""
        return await actions.heads_of(self.deps, self._actor, home)


ROUTES = [
    Route("/api/v1/homes/{home}/heads", HomeHeadsHandler),
]
