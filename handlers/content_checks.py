"""Endpoints of content checks: what WeChat could not judge, listed and decided by a person."""

from handlers.http.base import ApiHandler
from handlers.http.contract import Route, endpoint
from services.content_checks import actions as content_checks
from services.content_checks.models import CheckId, ChecksQuery, CheckView, DecideContent
from services.kernel.pages import Page
from services.kernel.permissions import Permission


class ContentChecksHandler(ApiHandler):
    @endpoint("listContentChecks", needs=Permission.MODERATE, errors=("not_found",))
    async def get(self, query: ChecksQuery) -> Page[CheckView]:
        """What residents of my places wrote and a person has to judge, the oldest first."""
        return await content_checks.listing(self.deps, self.actor, query)


class ContentCheckHandler(ApiHandler):
    @endpoint("getContentCheck", needs=Permission.MODERATE)
    async def get(self, check_id: CheckId) -> CheckView:
        """One check of my places."""
        return await content_checks.get(self.deps, self.actor, check_id)


class ContentDecisionHandler(ApiHandler):
    @endpoint(
        "decideContentCheck",
        needs=Permission.MODERATE,
        errors=("own_content", "own_home", "content_check_pending", "content_check_decided"),
        example=DecideContent(passed=True, reason="是正常的提问"),
    )
    async def post(self, check_id: CheckId, body: DecideContent) -> CheckView:
        """Let others see it, or not; never for what I or somebody of my home wrote."""
        return await content_checks.decide(self.deps, self.actor, check_id, body)


ROUTES = [
    Route("/api/v1/content-checks", ContentChecksHandler),
    Route("/api/v1/content-checks/{check_id}", ContentCheckHandler),
    Route("/api/v1/content-checks/{check_id}/decision", ContentDecisionHandler),
]
