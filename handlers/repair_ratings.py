"""Endpoints of ratings of repairs, and of the community's review of bad ones."""

from typing import Annotated

from msgspec import Meta

from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from services.cases.models import EventView
from services.kernel.pages import ListQuery, Page
from services.kernel.paths import PlacePath
from services.kernel.permissions import Permission
from services.repairs.ratings import actions as ratings
from services.repairs.ratings.models import (
    AnswerRating,
    RateRepair,
    RatingsQuery,
    RatingView,
)
from services.repairs.reviews import actions as reviews
from services.repairs.reviews.models import AnswerReview, ReviewsQuery, ReviewView

RepairId = Annotated[
    str, Meta(min_length=1, max_length=64, description="Id of the repair, as it was answered.")
]
ReviewId = Annotated[
    str, Meta(min_length=1, max_length=64, description="Id of the review, as it was answered.")
]
STEP = ("not_found", "forbidden", "repair_review_moved_on")


class RatingHandler(ApiHandler):
    @endpoint(
        "createRepairRating",
        needs=Access.SIGNED_IN,
        status=201,
        errors=(
            "not_found",
            "forbidden",
            "repair_not_confirmed",
            "repair_rated_before",
            "repair_rating_not_theirs",
        ),
        example=RateRepair(speed=4, quality=5, manner=5, words="师傅很耐心"),
    )
    async def post(self, repair_id: RepairId, body: RateRepair) -> RatingView:
        """Rate a repair that I reported or joined, once it is fixed; once."""
        return await ratings.rate(self.deps, self.actor, repair_id, body)


class RatingAnswerHandler(ApiHandler):
    @endpoint(
        "answerRepairRating",
        needs=Permission.ANSWER_RATINGS,
        errors=(
            "not_found",
            "forbidden",
            "repair_rating_answered",
            "repair_rating_other_firm",
        ),
        example=AnswerRating(rating_id="01hzy3v7k2m4n6p8q0r2s4t6v8", text="谢谢,我们会改进"),
    )
    async def post(self, repair_id: RepairId, body: AnswerRating) -> RatingView:
        """Answer a rating as the manager of the firm that did the repair, once."""
        return await ratings.answer(self.deps, self.actor, repair_id, body)


class RatingsOfRepairHandler(ApiHandler):
    @endpoint("listRatingsOfRepair", needs=Access.SIGNED_IN)
    async def get(self, repair_id: RepairId, query: ListQuery) -> Page[RatingView]:
        """Ratings of a repair: all for those who hand repairs out there, else mine."""
        return await ratings.of_repair(self.deps, self.actor, repair_id, query)


class RatingsHandler(ApiHandler):
    @endpoint("listRepairRatings", needs=Permission.DISPATCH_REPAIRS)
    async def get(self, place: PlacePath, query: RatingsQuery) -> Page[RatingView]:
        """Ratings of repairs under a place, newest first."""
        return await ratings.listing(self.deps, self.actor, place, query)


class ReviewsHandler(ApiHandler):
    @endpoint("listRepairReviews", needs=Permission.DECIDE_REPAIR_APPEALS)
    async def get(self, place: PlacePath, query: ReviewsQuery) -> Page[ReviewView]:
        """Reviews of bad ratings under a place, newest first."""
        return await reviews.listing(self.deps, self.actor, place, query)


class ReviewHandler(ApiHandler):
    @endpoint("getRepairReview", needs=Access.SIGNED_IN)
    async def get(self, review_id: ReviewId) -> ReviewView:
        """One review of the community, or of a rating of mine."""
        return await reviews.get(self.deps, self.actor, review_id)


class ReviewHistoryHandler(ApiHandler):
    @endpoint("listRepairReviewHistory", needs=Access.SIGNED_IN)
    async def get(self, review_id: ReviewId, query: ListQuery) -> Page[EventView]:
        """What happened to a review, the earliest first."""
        return await reviews.events(self.deps, self.actor, review_id, query)


class ReviewAnswerHandler(ApiHandler):
    @endpoint(
        "answerRepairReview",
        needs=Permission.DECIDE_REPAIR_APPEALS,
        errors=STEP,
        example=AnswerReview(text="已约谈物业,会重新上门处理"),
    )
    async def post(self, review_id: ReviewId, body: AnswerReview) -> ReviewView:
        """Answer a bad rating; who gave it reads the answer."""
        return await reviews.answer(self.deps, self.actor, review_id, body.text)


class ReviewCloseHandler(ApiHandler):
    @endpoint(
        "endRepairReview",
        needs=Permission.DECIDE_REPAIR_APPEALS,
        errors=STEP,
        example=AnswerReview(text="住户说是点错了"),
    )
    async def post(self, review_id: ReviewId, body: AnswerReview) -> ReviewView:
        """Close the review of a bad rating of which nothing is to be done, with a reason."""
        return await reviews.close(self.deps, self.actor, review_id, body.text)


class ReviewRemarksHandler(ApiHandler):
    @endpoint(
        "createRepairReviewRemark",
        needs=Permission.DECIDE_REPAIR_APPEALS,
        errors=STEP,
        example=AnswerReview(text="已电话联系物业经理"),
    )
    async def post(self, review_id: ReviewId, body: AnswerReview) -> ReviewView:
        """Write a remark about a review, for the community."""
        return await reviews.note(self.deps, self.actor, review_id, body.text)


ROUTES = [
    Route("/api/v1/repairs/{repair_id}/rating", RatingHandler),
    Route("/api/v1/repairs/{repair_id}/rating/answer", RatingAnswerHandler),
    Route("/api/v1/repairs/{repair_id}/ratings", RatingsOfRepairHandler),
    Route("/api/v1/places/{place}/repair-ratings", RatingsHandler),
    Route("/api/v1/places/{place}/repair-reviews", ReviewsHandler),
    Route("/api/v1/repair-reviews/{review_id}", ReviewHandler),
    Route("/api/v1/repair-reviews/{review_id}/history", ReviewHistoryHandler),
    Route("/api/v1/repair-reviews/{review_id}/answer", ReviewAnswerHandler),
    Route("/api/v1/repair-reviews/{review_id}/close", ReviewCloseHandler),
    Route("/api/v1/repair-reviews/{review_id}/remarks", ReviewRemarksHandler),
]
