"""Endpoints of the handbook: found, read and judged by people, written by offices.

Articles of a community stand before those of the city, and may replace them.
"""

from typing import Annotated

from msgspec import Meta

from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from services.handbook import actions, drafts, shelves, starter
from services.handbook.models import (
    ArticleCategory,
    ArticlesQuery,
    ArticleVerdict,
    ArticleVersion,
    ArticleVersionView,
    ArticleView,
    BriefArticle,
    ChangeArticleDraft,
    HandbookQuery,
    HandbookReviewsQuery,
    HandbookSuggestions,
    HandbookSuggestionsQuery,
    LegalSource,
    LoadedStarter,
    NewArticle,
    WriteArticle,
)
from services.handbook.readers import actions as readers
from services.kernel.pages import ListQuery, Page
from services.kernel.paths import PlacePath
from services.kernel.permissions import Permission, Role
from services.kernel.types import LINE

ArticleId = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=64,
        pattern=LINE,
        description="Id of the article, as lists show it.",
    ),
]
STEPS = ["先请楼上关水阀", "拍照留证", "在小程序报修,类别选“楼上漏水”"]
SOURCE = LegalSource(law="民法典", article="第二百八十七条", url="https://flk.npc.gov.cn/")


class HandbookHandler(ApiHandler):
    @endpoint("listHandbook", needs=Access.SIGNED_IN, errors=("not_found",))
    async def get(self, query: HandbookQuery) -> Page[BriefArticle]:
        """Articles that people of a place are shown, those of the nearest place first."""
        return await shelves.listing(self.deps, self.actor, query)

    @endpoint(
        "createHandbookArticle",
        needs=Permission.WRITE_HANDBOOK,
        status=201,
        errors=("not_found", "bad_handbook_article"),
        example=NewArticle(
            place="cc.chaoyang.guilin.xincheng",
            category=ArticleCategory.REPAIRS,
            title="楼上漏水怎么办",
            steps=STEPS,
            sources=[SOURCE],
            answered_by=Role.DISPATCHER,
        ),
    )
    async def post(self, body: NewArticle) -> ArticleVersionView:
        """Write the first version of an article, as a draft."""
        return await drafts.write(self.deps, self.actor, body)


class HandbookSuggestionsHandler(ApiHandler):
    @endpoint("listHandbookSuggestions", needs=Access.SIGNED_IN, errors=("not_found",))
    async def get(self, query: HandbookSuggestionsQuery) -> HandbookSuggestions:
        """The three articles that share most with what somebody is about to report."""
        return await shelves.suggestions(self.deps, self.actor, query)


class HandbookArticleHandler(ApiHandler):
    @endpoint("getHandbookArticle", needs=Access.SIGNED_IN, errors=("not_found",))
    async def get(self, article_id: ArticleId) -> ArticleView:
        """The version of an article that is in force, or the last one that was."""
        return await shelves.show(self.deps, self.actor, article_id)


class HandbookVersionsHandler(ApiHandler):
    @endpoint("listHandbookVersions", needs=Access.SIGNED_IN, errors=("not_found",))
    async def get(self, article_id: ArticleId, query: ListQuery) -> Page[ArticleView]:
        """Versions of an article that are or were in force, the newest first."""
        return await shelves.history(self.deps, self.actor, article_id, query)

    @endpoint(
        "createHandbookVersion",
        needs=Permission.WRITE_HANDBOOK,
        status=201,
        errors=("bad_handbook_article", "handbook_draft_exists"),
        example=WriteArticle(
            category=ArticleCategory.REPAIRS,
            title="楼上漏水怎么办",
            steps=STEPS,
            answered_text="社区值班电话",
        ),
    )
    async def post(self, article_id: ArticleId, body: WriteArticle) -> ArticleVersionView:
        """Write the next version of an article, as a draft; until then the old one holds."""
        return await drafts.write_version(self.deps, self.actor, article_id, body)


class HandbookDraftHandler(ApiHandler):
    @endpoint("getHandbookDraft", needs=Permission.WRITE_HANDBOOK)
    async def get(self, article_id: ArticleId) -> ArticleVersionView:
        """The latest version of an article, with its figures; a draft where there is one."""
        return await shelves.draft(self.deps, self.actor, article_id)

    @endpoint(
        "replaceHandbookDraft",
        needs=Permission.WRITE_HANDBOOK,
        errors=("bad_handbook_article", "handbook_moved_on"),
        example=ChangeArticleDraft(
            category=ArticleCategory.REPAIRS,
            title="楼上漏水怎么办",
            steps=STEPS,
            answered_by=Role.DISPATCHER,
            edits=1,
        ),
    )
    async def put(self, article_id: ArticleId, body: ChangeArticleDraft) -> ArticleVersionView:
        """Write a draft anew."""
        return await drafts.change(self.deps, self.actor, article_id, body)

    @endpoint(
        "discardHandbookDraft", needs=Permission.WRITE_HANDBOOK, errors=("handbook_moved_on",)
    )
    async def delete(self, article_id: ArticleId) -> None:
        """Discard a draft: nobody has read it."""
        await drafts.discard(self.deps, self.actor, article_id)


class HandbookPublicationHandler(ApiHandler):
    @endpoint(
        "publishHandbookDraft",
        needs=Permission.WRITE_HANDBOOK,
        errors=("handbook_moved_on", "handbook_full"),
        example=ArticleVersion(version=1),
    )
    async def post(self, article_id: ArticleId, body: ArticleVersion) -> ArticleVersionView:
        """Publish a draft; the version that was in force stays readable."""
        return await actions.publish(self.deps, self.actor, article_id, body)


class HandbookRetirementHandler(ApiHandler):
    @endpoint(
        "retireHandbookArticle",
        needs=Permission.WRITE_HANDBOOK,
        errors=("handbook_moved_on",),
        example=ArticleVersion(version=1),
    )
    async def post(self, article_id: ArticleId, body: ArticleVersion) -> ArticleVersionView:
        """Retire an article: it is shown to nobody who does not have its address."""
        return await actions.retire(self.deps, self.actor, article_id, body)


class HandbookReviewHandler(ApiHandler):
    @endpoint(
        "reviewHandbookArticle",
        needs=Permission.WRITE_HANDBOOK,
        errors=("handbook_moved_on",),
        example=ArticleVersion(version=1),
    )
    async def post(self, article_id: ArticleId, body: ArticleVersion) -> ArticleVersionView:
        """Say that the version in force is still right."""
        return await actions.review(self.deps, self.actor, article_id, body)


class HandbookOpensHandler(ApiHandler):
    @endpoint(
        "reportHandbookOpening",
        needs=Access.SIGNED_IN,
        errors=("not_found",),
        example=ArticleVersion(version=1),
    )
    async def post(self, article_id: ArticleId, body: ArticleVersion) -> None:
        """Note that I read a version; counted once a day, without my name."""
        await readers.opened(self.deps, self.actor, article_id, body)


class HandbookVerdictHandler(ApiHandler):
    @endpoint(
        "setHandbookVerdict",
        needs=Access.SIGNED_IN,
        errors=("not_found", "consent_needed"),
        example=ArticleVerdict(version=1, helped=True),
    )
    async def put(self, article_id: ArticleId, body: ArticleVerdict) -> ArticleView:
        """Say whether a version helped me; my last word counts."""
        return await readers.judge(self.deps, self.actor, article_id, body)


class PlaceHandbookHandler(ApiHandler):
    @endpoint("listHandbookArticles", needs=Permission.WRITE_HANDBOOK)
    async def get(self, place: PlacePath, query: ArticlesQuery) -> Page[ArticleVersionView]:
        """Versions of the articles at a place and below it, drafts and retired ones too."""
        return await shelves.written(self.deps, self.actor, place, query)


class HandbookReviewsHandler(ApiHandler):
    @endpoint("listHandbookReviews", needs=Permission.WRITE_HANDBOOK)
    async def get(
        self, place: PlacePath, query: HandbookReviewsQuery
    ) -> Page[ArticleVersionView]:
        """Articles that nobody looked at for long, the oldest and most read first."""
        return await shelves.reviews(self.deps, self.actor, place, query)


class HandbookStarterHandler(ApiHandler):
    @endpoint(
        "addHandbookStarter",
        needs=Permission.OPERATE,
        errors=("bad_handbook_article", "handbook_full", "handbook_moved_on"),
    )
    async def post(self, place: PlacePath) -> LoadedStarter:
        """Publish the starter set at a place: what it never had of it."""
        return await starter.load(self.deps, self.actor, place)


ROUTES = [
    Route("/api/v1/handbook", HandbookHandler),
    Route("/api/v1/handbook/suggestions", HandbookSuggestionsHandler),
    Route("/api/v1/handbook/{article_id}", HandbookArticleHandler),
    Route("/api/v1/handbook/{article_id}/versions", HandbookVersionsHandler),
    Route("/api/v1/handbook/{article_id}/draft", HandbookDraftHandler),
    Route("/api/v1/handbook/{article_id}/publication", HandbookPublicationHandler),
    Route("/api/v1/handbook/{article_id}/retirement", HandbookRetirementHandler),
    Route("/api/v1/handbook/{article_id}/review", HandbookReviewHandler),
    Route("/api/v1/handbook/{article_id}/opens", HandbookOpensHandler),
    Route("/api/v1/handbook/{article_id}/verdict", HandbookVerdictHandler),
    Route("/api/v1/places/{place}/handbook", PlaceHandbookHandler),
    Route("/api/v1/places/{place}/handbook-reviews", HandbookReviewsHandler),
    Route("/api/v1/places/{place}/handbook-starter", HandbookStarterHandler),
]
