"""Endpoints of what heads have to do today, and of how much that is, for supervisors."""

from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from services.kernel.pages import Page
from services.kernel.permissions import Permission
from services.today import actions, place_counts, put_offs
from services.today.models import (
    EntryId,
    MyTodayQuery,
    PlaceCounts,
    PutOffUntil,
    PutOffView,
    TodayBadge,
    TodayCountsQuery,
    TodayEntry,
)


class TodayHandler(ApiHandler):
    @endpoint("listToday", needs=Access.SIGNED_IN)
    async def get(self, query: MyTodayQuery) -> Page[TodayEntry]:
        """What I have to do as a head, what matters most in front; empty when all is done."""
        return await actions.listing(self.deps, self.actor, query)


class TodayBadgeHandler(ApiHandler):
    @endpoint("getTodayCounts", needs=Access.SIGNED_IN)
    async def get(self) -> TodayBadge:
        """How much I have to do as a head."""
        return await actions.badge(self.deps, self.actor)


class DoneHandler(ApiHandler):
    @endpoint("finishTodayEntry", needs=Access.SIGNED_IN, errors=("done_by_its_act",))
    async def post(self, entry_id: EntryId) -> None:
        """Say that an entry of my list is done."""
        await put_offs.done(self.deps, self.actor, entry_id)


class PutOffHandler(ApiHandler):
    @endpoint(
        "pauseTodayEntry",
        needs=Access.SIGNED_IN,
        errors=("bad_put_off", "too_many_put_offs"),
        example=PutOffUntil(until_day="2026-03-04"),
    )
    async def post(self, entry_id: EntryId, body: PutOffUntil) -> PutOffView:
        """Put an entry of my list off until a day; it comes back by itself."""
        return await put_offs.put_off(self.deps, self.actor, entry_id, body)

    @endpoint("resumeTodayEntry", needs=Access.SIGNED_IN)
    async def delete(self, entry_id: EntryId) -> None:
        """Have an entry that I put off on my list again at once."""
        await put_offs.take_back(self.deps, self.actor, entry_id)


class PlaceCountsHandler(ApiHandler):
    @endpoint("listTodayCounts", needs=Permission.OVERSEE_HEADS, errors=("not_found",))
    async def get(self, query: TodayCountsQuery) -> Page[PlaceCounts]:
        """How much the heads below a place have to do, place by place, without contents."""
        return await place_counts.listing(self.deps, self.actor, query)


ROUTES = [
    Route("/api/v1/me/today", TodayHandler),
    Route("/api/v1/me/today/counts", TodayBadgeHandler),
    Route("/api/v1/me/today/{entry_id}/done", DoneHandler),
    Route("/api/v1/me/today/{entry_id}/put-off", PutOffHandler),
    Route("/api/v1/today-counts", PlaceCountsHandler),
]
