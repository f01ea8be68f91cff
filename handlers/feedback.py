"""Endpoints of feedback (民情): said by residents, handled rung by rung."""

from typing import Annotated

from msgspec import Meta

from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from services.cases.models import EventView
from services.feedback import actions as feedback
from services.feedback import works
from services.feedback.boards import actions as boards
from services.feedback.boards.models import FeedbackQuery
from services.feedback.filings import authors
from services.feedback.filings.authors import AuthorView, RevealAuthor
from services.feedback.models import (
    AnswerFeedback,
    BecauseFeedback,
    FeedbackKind,
    FeedbackPhotos,
    FeedbackView,
    FileFeedback,
    NoteFeedback,
    SayMore,
    SimilarFeedbackQuery,
    ThankForFeedback,
    ToDepartment,
)
from services.kernel.pages import ListQuery, Page
from services.kernel.permissions import Permission
from services.reveals.models import Reason as WhyReveal

FeedbackId = Annotated[
    str,
    Meta(min_length=1, max_length=64, description="Id of the feedback, as it was answered."),
]
STEP = ("not_found", "forbidden", "feedback_moved_on")


class AllFeedbackHandler(ApiHandler):
    @endpoint(
        "createFeedback",
        needs=Access.SIGNED_IN,
        status=201,
        errors=(
            "not_found",
            "forbidden",
            "consent_needed",
            "feedback_who_needed",
            "feedback_bad_way",
            "feedback_bad_anonymity",
            "feedback_bad_about",
            "too_many_feedback",
        ),
        example=FileFeedback(
            place="cc.chaoyang.guilin.xincheng.c07.b3.u2",
            kind=FeedbackKind.SUGGESTION,
            text="楼道里的灯太暗了,老人上下楼不方便",
        ),
    )
    async def post(self, body: FileFeedback) -> FeedbackView:
        """Say something about a place; heads and staff also for somebody."""
        return await feedback.file(self.deps, self.actor, body)

    @endpoint("listFeedback", needs=Permission.HANDLE_FEEDBACK, errors=("not_found",))
    async def get(self, query: FeedbackQuery) -> Page[FeedbackView]:
        """Feedback that lies or lay with my office, or at places that I oversee."""
        return await boards.listing(self.deps, self.actor, query)


class MyFeedbackHandler(ApiHandler):
    @endpoint("listMyFeedback", needs=Access.SIGNED_IN)
    async def get(self, query: ListQuery) -> Page[FeedbackView]:
        """What I said or wrote down, newest first."""
        return await feedback.mine(self.deps, self.actor, query)


class SimilarFeedbackHandler(ApiHandler):
    @endpoint("listSimilarFeedback", needs=Access.SIGNED_IN)
    async def get(self, query: SimilarFeedbackQuery) -> Page[FeedbackView]:
        """What I said of the same place that ended lately, to be said again."""
        return await feedback.similar(self.deps, self.actor, query)


class FeedbackHandler(ApiHandler):
    @endpoint("getFeedback", needs=Access.SIGNED_IN)
    async def get(self, feedback_id: FeedbackId) -> FeedbackView:
        """One feedback of mine, or that lies or lay with my office."""
        return await feedback.get(self.deps, self.actor, feedback_id)


class FeedbackHistoryHandler(ApiHandler):
    @endpoint("listFeedbackHistory", needs=Access.SIGNED_IN)
    async def get(self, feedback_id: FeedbackId, query: ListQuery) -> Page[EventView]:
        """What happened to a feedback, the earliest first."""
        return await feedback.events(self.deps, self.actor, feedback_id, query)


class FeedbackPhotosHandler(ApiHandler):
    @endpoint("listFeedbackPhotos", needs=Access.SIGNED_IN)
    async def get(self, feedback_id: FeedbackId) -> FeedbackPhotos:
        """Where what is attached to a feedback can be seen for five minutes."""
        return await feedback.attached(self.deps, self.actor, feedback_id)


class AdditionsHandler(ApiHandler):
    @endpoint(
        "addToFeedback",
        needs=Access.SIGNED_IN,
        errors=(
            *STEP,
            "feedback_bad_anonymity",
            "feedback_too_many_additions",
            "feedback_too_many_photos",
        ),
        example=SayMore(text="晚上八点以后特别暗"),
    )
    async def post(self, feedback_id: FeedbackId, body: SayMore) -> FeedbackView:
        """Add words and photos to what I said."""
        return await feedback.add(self.deps, self.actor, feedback_id, body)


class WithdrawHandler(ApiHandler):
    @endpoint(
        "withdrawFeedback",
        needs=Access.SIGNED_IN,
        errors=STEP,
        example=BecauseFeedback(reason="已经自己解决了"),
    )
    async def post(self, feedback_id: FeedbackId, body: BecauseFeedback) -> FeedbackView:
        """Withdraw what I said, until it is over."""
        return await feedback.withdraw(self.deps, self.actor, feedback_id, body.reason)


class AnswerHandler(ApiHandler):
    @endpoint(
        "answerFeedback",
        needs=Access.SIGNED_IN,
        errors=(*STEP, "case_not_asked", "case_own_work"),
        example=AnswerFeedback(solved=True),
    )
    async def post(self, feedback_id: FeedbackId, body: AnswerFeedback) -> FeedbackView:
        """Say whether it is really solved; a no goes one rung up."""
        return await feedback.answer(self.deps, self.actor, feedback_id, body)


class ReopenHandler(ApiHandler):
    @endpoint(
        "reopenFeedback",
        needs=Access.SIGNED_IN,
        errors=(*STEP, "feedback_reopened_too_late"),
        example=BecauseFeedback(reason="灯又不亮了"),
    )
    async def post(self, feedback_id: FeedbackId, body: BecauseFeedback) -> FeedbackView:
        """Say within thirty days of its end that the same is there again."""
        return await feedback.reopen(self.deps, self.actor, feedback_id, body.reason)


class TakeHandler(ApiHandler):
    @endpoint("takeFeedback", needs=Permission.HANDLE_FEEDBACK, errors=STEP)
    async def post(self, feedback_id: FeedbackId) -> FeedbackView:
        """Take what lies with my office."""
        return await works.take(self.deps, self.actor, feedback_id)


class SolveHandler(ApiHandler):
    @endpoint(
        "solveFeedback",
        needs=Permission.HANDLE_FEEDBACK,
        errors=(*STEP, "feedback_only_thanks", "feedback_too_many_photos"),
        example=SayMore(text="已请物业换了更亮的灯"),
    )
    async def post(self, feedback_id: FeedbackId, body: SayMore) -> FeedbackView:
        """Say what was done; who said it is asked whether it is solved."""
        return await works.solve(self.deps, self.actor, feedback_id, body)


class ThanksHandler(ApiHandler):
    @endpoint(
        "thankForFeedback",
        needs=Permission.HANDLE_FEEDBACK,
        errors=(*STEP, "feedback_only_thanks"),
        example=ThankForFeedback(text="谢谢您,我们会继续努力"),
    )
    async def post(self, feedback_id: FeedbackId, body: ThankForFeedback) -> FeedbackView:
        """Thank for praise; whoever said it reads the words."""
        return await works.thank(self.deps, self.actor, feedback_id, body.text)


class QuestionHandler(ApiHandler):
    @endpoint(
        "askAboutFeedback",
        needs=Permission.HANDLE_FEEDBACK,
        errors=STEP,
        example=BecauseFeedback(reason="请问是哪一层的灯?"),
    )
    async def post(self, feedback_id: FeedbackId, body: BecauseFeedback) -> FeedbackView:
        """Ask who said it for more; the deadline rests meanwhile."""
        return await works.ask(self.deps, self.actor, feedback_id, body.reason)


class HandOnHandler(ApiHandler):
    @endpoint(
        "handFeedbackOn",
        needs=Permission.HANDLE_FEEDBACK,
        errors=(*STEP, "feedback_no_rung_above"),
        example=BecauseFeedback(reason="要整栋楼一起商量"),
    )
    async def post(self, feedback_id: FeedbackId, body: BecauseFeedback) -> FeedbackView:
        """Hand it to the next rung, with a reason."""
        return await works.hand_on(self.deps, self.actor, feedback_id, body.reason)


class HandBackHandler(ApiHandler):
    @endpoint(
        "handFeedbackBack",
        needs=Permission.HANDLE_FEEDBACK,
        errors=(*STEP, "feedback_no_rung_below", "feedback_handed_back_before"),
        example=BecauseFeedback(reason="本单元就能解决"),
    )
    async def post(self, feedback_id: FeedbackId, body: BecauseFeedback) -> FeedbackView:
        """Hand it back to the rung that it came from, once."""
        return await works.hand_back(self.deps, self.actor, feedback_id, body.reason)


class FirmHandler(ApiHandler):
    @endpoint(
        "handFeedbackToFirm",
        needs=Permission.HANDLE_FEEDBACK,
        errors=(*STEP, "feedback_no_firm"),
        example=BecauseFeedback(reason="绿化由物业负责"),
    )
    async def post(self, feedback_id: FeedbackId, body: BecauseFeedback) -> FeedbackView:
        """Hand it to the firm of the compound."""
        return await works.to_firm(self.deps, self.actor, feedback_id, body.reason)


class DepartmentHandler(ApiHandler):
    @endpoint(
        "handFeedbackToDepartment",
        needs=Permission.OVERSEE_FEEDBACK,
        errors=STEP,
        example=ToDepartment(department="区城管局 李科", reason="占道经营由城管处理"),
    )
    async def post(self, feedback_id: FeedbackId, body: ToDepartment) -> FeedbackView:
        """Have a department outside of the product handle it."""
        return await works.to_department(self.deps, self.actor, feedback_id, body)


class BackHandler(ApiHandler):
    @endpoint(
        "giveFeedbackBack",
        needs=Permission.HANDLE_FEEDBACK,
        errors=STEP,
        example=BecauseFeedback(reason="不属于物业服务范围"),
    )
    async def post(self, feedback_id: FeedbackId, body: BecauseFeedback) -> FeedbackView:
        """Hand it back from the firm, or from a department, to who handed it out."""
        return await works.give_back(self.deps, self.actor, feedback_id, body.reason)


class RemarksHandler(ApiHandler):
    @endpoint(
        "createFeedbackRemark",
        needs=Permission.HANDLE_FEEDBACK,
        errors=STEP,
        example=NoteFeedback(text="周三上门看过", internal=True),
    )
    async def post(self, feedback_id: FeedbackId, body: NoteFeedback) -> FeedbackView:
        """Write a remark, for who said it as well or for those who handle it."""
        return await works.note(self.deps, self.actor, feedback_id, body)


class AuthorHandler(ApiHandler):
    @endpoint(
        "revealFeedbackAuthor",
        needs=Permission.OVERSEE_FEEDBACK,
        errors=("not_found", "forbidden"),
        example=RevealAuthor(reason=WhyReveal.CONTACT_RESIDENT),
    )
    async def post(self, feedback_id: FeedbackId, body: RevealAuthor) -> AuthorView:
        """Who said it, whole, also without a name; each look is audited."""
        return await authors.reveal(self.deps, self.actor, feedback_id, body)


ROUTES = [
    Route("/api/v1/feedback", AllFeedbackHandler),
    Route("/api/v1/feedback/similar", SimilarFeedbackHandler),
    Route("/api/v1/me/feedback", MyFeedbackHandler),
    Route("/api/v1/feedback/{feedback_id}", FeedbackHandler),
    Route("/api/v1/feedback/{feedback_id}/history", FeedbackHistoryHandler),
    Route("/api/v1/feedback/{feedback_id}/photos", FeedbackPhotosHandler),
    Route("/api/v1/feedback/{feedback_id}/additions", AdditionsHandler),
    Route("/api/v1/feedback/{feedback_id}/withdraw", WithdrawHandler),
    Route("/api/v1/feedback/{feedback_id}/answer", AnswerHandler),
    Route("/api/v1/feedback/{feedback_id}/reopen", ReopenHandler),
    Route("/api/v1/feedback/{feedback_id}/take", TakeHandler),
    Route("/api/v1/feedback/{feedback_id}/solve", SolveHandler),
    Route("/api/v1/feedback/{feedback_id}/thanks", ThanksHandler),
    Route("/api/v1/feedback/{feedback_id}/question", QuestionHandler),
    Route("/api/v1/feedback/{feedback_id}/hand-on", HandOnHandler),
    Route("/api/v1/feedback/{feedback_id}/hand-back", HandBackHandler),
    Route("/api/v1/feedback/{feedback_id}/firm", FirmHandler),
    Route("/api/v1/feedback/{feedback_id}/department", DepartmentHandler),
    Route("/api/v1/feedback/{feedback_id}/back", BackHandler),
    Route("/api/v1/feedback/{feedback_id}/remarks", RemarksHandler),
    Route("/api/v1/feedback/{feedback_id}/author", AuthorHandler),
]
