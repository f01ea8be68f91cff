"""Endpoints of figures of feedback."""

from handlers.http.base import ApiHandler
from handlers.http.contract import Route, endpoint
from services.feedback.figures import actions as figures
from services.feedback.figures.models import FeedbackFigures, FeedbackFiguresQuery
from services.kernel.pages import Page
from services.kernel.paths import PlacePath
from services.kernel.permissions import Permission


class FeedbackFiguresHandler(ApiHandler):
    @endpoint(
        "listFeedbackFigures",
        needs=Permission.VIEW_RATES,
        errors=(
            "ask_its_buildings",
            "feedback_figures_below_unit",
            "feedback_figures_bad_months",
            "too_many_feedback_figures",
        ),
    )
    async def get(self, place: PlacePath, query: FeedbackFiguresQuery) -> Page[FeedbackFigures]:
        """Figures of what was said at a place, of all together first, then part by part."""
        return await figures.listing(self.deps, self.actor, place, query)


ROUTES = [Route("/api/v1/places/{place}/feedback-figures", FeedbackFiguresHandler)]
