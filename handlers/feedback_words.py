"""Endpoints of words on the rise in feedback."""

from handlers.http.base import ApiHandler
from handlers.http.contract import Route, endpoint
from services.feedback.rising import actions as rising
from services.feedback.rising.models import RisingWords, RisingWordsQuery
from services.kernel.paths import PlacePath
from services.kernel.permissions import Permission


class RisingWordsHandler(ApiHandler):
    @endpoint(
        "listRisingWords",
        needs=Permission.OVERSEE_FEEDBACK,
        errors=("rising_words_bad_place", "rising_words_bad_week"),
    )
    async def get(self, place: PlacePath, query: RisingWordsQuery) -> RisingWords:
        """Words that suddenly many people at a place use; never one of fewer than five."""
        return await rising.of_place(self.deps, self.actor, place, query)


ROUTES = [Route("/api/v1/places/{place}/rising-words", RisingWordsHandler)]
