"""Endpoints of terms of feedback: how long it may lie with each office."""

from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from services.feedback.terms import actions as terms
from services.feedback.terms.models import FeedbackTermsView, SetFeedbackTerms
from services.kernel.permissions import Permission


class FeedbackTermsHandler(ApiHandler):
    @endpoint("getFeedbackTerms", needs=Access.SIGNED_IN)
    async def get(self) -> FeedbackTermsView:
        """How long each office of my city has."""
        return await terms.get(self.deps, self.actor)

    @endpoint(
        "setFeedbackTerms",
        needs=Permission.MANAGE_FEEDBACK_RULES,
        errors=("feedback_terms_moved_on",),
        example=SetFeedbackTerms(after_version=0, unit_head=840),
    )
    async def put(self, body: SetFeedbackTerms) -> FeedbackTermsView:
        """Set how long each office of the city has; what lies somewhere keeps its deadline."""
        return await terms.put(self.deps, self.actor, body)


ROUTES = [Route("/api/v1/feedback-terms", FeedbackTermsHandler)]
