"""Notices: drafted, reviewed, published, corrected, withdrawn; and what was answered."""

from handlers.http.base import ApiHandler
from handlers.http.contract import Route, endpoint
from handlers.http.downloads import Download, drawn
from services.audiences.models import Audience, Preview
from services.kernel.pages import Page
from services.kernel.paths import PlacePath
from services.kernel.permissions import Permission
from services.notices import actions, publications, views
from services.notices.codes import actions as codes
from services.notices.contents.models import AttachmentLinks
from services.notices.corrections import actions as corrections
from services.notices.models import (
    ChangeNotice,
    CorrectNotice,
    NewNotice,
    NoticeId,
    NoticeKind,
    NoticesQuery,
    NoticeSummary,
    NoticeView,
    PublishNotice,
    ReviewNotice,
    WithdrawNotice,
)
from services.notices.readings import answers
from services.notices.readings.models import (
    AnswersQuery,
    AnswerView,
    EnterAnswer,
    MyAnswer,
)
from services.notices.rules import actions as rules
from services.notices.rules.models import NoticeRulesView, SetNoticeRules
from services.residencies.models import Relation

# Twenty thousand Chinese signs, also when a client escapes each (\\u4e00).
LARGEST_NOTICE = 256 * 1024
AUDIENCE_ERRORS = (
    "audience_empty",
    "audience_not_an_office",
    "audience_no_residents",
    "audience_too_many_places",
    "audience_filter_not_yours",
)
CONTENT_ERRORS = (
    "not_found",
    *AUDIENCE_ERRORS,
    "notice_kind_not_yours",
    "notice_one_place",
    "too_many_attachments",
    "notice_html",
    "notice_ends_before_start",
    "notice_answers_after_end",
    "notice_time_past",
    "bad_notice_question",
    "unknown_notice_template",
    "bad_notice_blanks",
    "notice_text_needed",
)
PUBLISH_ERRORS = (
    "notice_moved_on",
    "notice_review_needed",
    "notice_time_past",
    "notice_ends_before_start",
    "notice_kind_not_yours",
    "notice_one_place",
    *AUDIENCE_ERRORS,
)


class NoticesHandler(ApiHandler):
    max_body_bytes = LARGEST_NOTICE

    @endpoint("listNotices", needs=Permission.SEND_NOTICES, errors=("not_found",))
    async def get(self, query: NoticesQuery) -> Page[NoticeSummary]:
        """Notices of my office, and of the offices below mine, the newest first."""
        return await actions.listing(self.deps, self.actor, query)

    @endpoint(
        "createNotice",
        needs=Permission.SEND_NOTICES,
        status=201,
        errors=CONTENT_ERRORS,
        example=NewNotice(
            kind=NoticeKind.INFORMATION,
            audience=Audience(
                places=["cc.chaoyang.guilin.xincheng.c07"],
                relations=[Relation.OWNER, Relation.TENANT],
            ),
            title="停水通知",
            text="3月5日8时至12时停水。\n- 请提前储水",
            signed_by="新城社区居委会",
        ),
    )
    async def post(self, body: NewNotice) -> NoticeView:
        """Draft a notice, by oneself or from a template; nobody is told yet."""
        return await actions.write(self.deps, self.actor, body)


class NoticeHandler(ApiHandler):
    max_body_bytes = LARGEST_NOTICE

    @endpoint("getNotice", needs=Permission.SEND_NOTICES)
    async def get(self, notice_id: NoticeId) -> NoticeView:
        """A notice with all its versions, as those see it who send it."""
        return await actions.get(self.deps, self.actor, notice_id)

    @endpoint(
        "updateNotice",
        needs=Permission.SEND_NOTICES,
        errors=("notice_moved_on", *CONTENT_ERRORS),
        example=ChangeNotice(title="停水通知(改期)"),
    )
    async def patch(self, notice_id: NoticeId, body: ChangeNotice) -> NoticeView:
        """Change a draft."""
        return await actions.change(self.deps, self.actor, notice_id, body)


class NoticePreviewHandler(ApiHandler):
    @endpoint(
        "previewNotice",
        needs=Permission.SEND_NOTICES,
        errors=("audience_filter_not_yours",),
    )
    async def get(self, notice_id: NoticeId) -> Preview:
        """Whom the notice would reach, and by which channel."""
        return await actions.preview(self.deps, self.actor, notice_id)


class NoticeAttachmentsHandler(ApiHandler):
    @endpoint("listNoticeAttachments", needs=Permission.SEND_NOTICES)
    async def get(self, notice_id: NoticeId) -> AttachmentLinks:
        """Where the notice's pictures and papers can be seen for five minutes."""
        return await actions.links(self.deps, self.actor, notice_id)


class NoticeCodeHandler(ApiHandler):
    @endpoint(
        "getNoticeCode",
        needs=Permission.SEND_NOTICES,
        media_type="image/*",
        errors=("notice_moved_on", "notice_code_not_drawn", "wechat_unavailable"),
    )
    async def get(self, notice_id: NoticeId) -> Download:
        """The mini-program code that opens the notice, to print on the paper that hangs."""
        return drawn(await codes.picture(self.deps, self.actor, notice_id))


class SubmitHandler(ApiHandler):
    @endpoint(
        "submitNotice",
        needs=Permission.SEND_NOTICES,
        errors=("notice_moved_on", "notice_review_not_asked", "notice_ends_before_start"),
    )
    async def post(self, notice_id: NoticeId) -> NoticeView:
        """Ask for a second pair of eyes, where the place wants them."""
        return await actions.submit(self.deps, self.actor, notice_id)


class RecallHandler(ApiHandler):
    @endpoint("recallNotice", needs=Permission.SEND_NOTICES, errors=("notice_moved_on",))
    async def post(self, notice_id: NoticeId) -> NoticeView:
        """Make a draft of what waits for its review or its hour."""
        return await actions.recall(self.deps, self.actor, notice_id)


class ReviewHandler(ApiHandler):
    @endpoint(
        "reviewNotice",
        needs=Permission.SEND_NOTICES,
        errors=("notice_moved_on", "own_notice", "reason_needed", "notice_ends_before_start"),
        example=ReviewNotice(approve=True, revision=3),
    )
    async def post(self, notice_id: NoticeId, body: ReviewNotice) -> NoticeView:
        """Approve what somebody else wrote, or send it back; also a correction that waits."""
        return await actions.review(self.deps, self.actor, notice_id, body)


class PublishHandler(ApiHandler):
    @endpoint(
        "publishNotice",
        needs=Permission.SEND_NOTICES,
        errors=PUBLISH_ERRORS,
        example=PublishNotice(),
    )
    async def post(self, notice_id: NoticeId, body: PublishNotice) -> NoticeView:
        """Publish a notice, at once or at an hour: all who are meant are told then."""
        made = await publications.publish(self.deps, self.actor, notice_id, body)
        return await views.view(self.deps, made)


class CorrectHandler(ApiHandler):
    max_body_bytes = LARGEST_NOTICE

    @endpoint(
        "correctNotice",
        needs=Permission.SEND_NOTICES,
        errors=(
            "notice_moved_on",
            "notice_unchanged",
            "too_many_corrections",
            "too_many_attachments",
            "notice_html",
            "notice_ends_before_start",
            "notice_answers_after_end",
            "notice_time_past",
            "bad_notice_question",
            "audience_filter_not_yours",
        ),
        example=CorrectNotice(because="停水时间有误", text="3月6日8时至12时停水。"),
    )
    async def post(self, notice_id: NoticeId, body: CorrectNotice) -> NoticeView:
        """Correct a published notice: who read the old version sees that it changed."""
        made = await corrections.correct(self.deps, self.actor, notice_id, body)
        return await views.view(self.deps, made)


class WithdrawHandler(ApiHandler):
    @endpoint(
        "withdrawNotice",
        needs=Permission.SEND_NOTICES,
        errors=("notice_moved_on", "notice_html"),
        example=WithdrawNotice(because="停水取消"),
    )
    async def post(self, notice_id: NoticeId, body: WithdrawNotice) -> NoticeView:
        """Withdraw a published notice; readers see why, and its text no more."""
        made = await publications.withdraw(self.deps, self.actor, notice_id, body)
        return await views.view(self.deps, made)


class AnswersHandler(ApiHandler):
    @endpoint(
        "listNoticeAnswers",
        needs=Permission.SEND_NOTICES,
        errors=("audience_filter_not_yours",),
    )
    async def get(self, notice_id: NoticeId, query: AnswersQuery) -> Page[AnswerView]:
        """What was answered, the newest first."""
        return await answers.listing(self.deps, self.actor, notice_id, query)


class HomeAnswerHandler(ApiHandler):
    @endpoint(
        "answerNoticeForHome",
        needs=Permission.VIEW_RESIDENTS,
        errors=(
            "own_home",
            "no_answer_asked",
            "answers_over",
            "answer_misfit",
            "answered_by_home",
        ),
        example=EnterAnswer(answer="yes"),
    )
    async def put(self, home: PlacePath, notice_id: NoticeId, body: EnterAnswer) -> MyAnswer:
        """Enter what somebody of a home of my places said who has no phone."""
        return await answers.enter(self.deps, self.actor, home, notice_id, body)


class NoticeRulesHandler(ApiHandler):
    @endpoint("getNoticeRules", needs=Permission.SEND_NOTICES)
    async def get(self, place: PlacePath) -> NoticeRulesView:
        """Rules for the notices of a place: its own, or those of the nearest place above."""
        return await rules.show(self.deps, self.actor, place)

    @endpoint(
        "replaceNoticeRules",
        needs=Permission.MANAGE_PLACES,
        example=SetNoticeRules(second_eyes=True, quiet_from=22, quiet_to=7),
    )
    async def put(self, place: PlacePath, body: SetNoticeRules) -> NoticeRulesView:
        """Make rules for the notices of a place and all below it."""
        return await rules.replace(self.deps, self.actor, place, body)


ROUTES = [
    Route("/api/v1/notices", NoticesHandler),
    Route("/api/v1/notices/{notice_id}", NoticeHandler),
    Route("/api/v1/notices/{notice_id}/preview", NoticePreviewHandler),
    Route("/api/v1/notices/{notice_id}/attachments", NoticeAttachmentsHandler),
    Route("/api/v1/notices/{notice_id}/code", NoticeCodeHandler),
    Route("/api/v1/notices/{notice_id}/submit", SubmitHandler),
    Route("/api/v1/notices/{notice_id}/recall", RecallHandler),
    Route("/api/v1/notices/{notice_id}/review", ReviewHandler),
    Route("/api/v1/notices/{notice_id}/publish", PublishHandler),
    Route("/api/v1/notices/{notice_id}/correct", CorrectHandler),
    Route("/api/v1/notices/{notice_id}/withdraw", WithdrawHandler),
    Route("/api/v1/notices/{notice_id}/answers", AnswersHandler),
    Route("/api/v1/homes/{home}/notices/{notice_id}/answer", HomeAnswerHandler),
    Route("/api/v1/places/{place}/notice-rules", NoticeRulesHandler),
]
