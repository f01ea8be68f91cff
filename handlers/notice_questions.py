"""Endpoints of questions below notices: asked, put together, answered once for all."""

from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from services.kernel.pages import ListQuery, Page
from services.kernel.permissions import Permission
from services.limits.models import Rate
from services.notices.models import NoticeId
from services.notices.questions import actions, answers, groups
from services.notices.questions.models import (
    AnswerQuestion,
    AskQuestion,
    GroupQuestion,
    MyQuestion,
    NoticeQuestions,
    QuestionId,
    QuestionRow,
    QuestionsQuery,
)


class MyQuestionsHandler(ApiHandler):
    @endpoint("getNoticeQuestions", needs=Access.SIGNED_IN)
    async def get(self, notice_id: NoticeId, query: ListQuery) -> NoticeQuestions:
        """What I asked below a notice, and what was published with an answer."""
        return await actions.below(self.deps, self.actor, notice_id, query)

    @endpoint(
        "createNoticeQuestion",
        needs=Access.SIGNED_IN,
        status=201,
        errors=("notice_takes_no_questions", "too_many_notice_questions"),
        example=AskQuestion(question="二次供水什么时候恢复?"),
        rate=Rate.QUESTION,
        is_idempotent=True,
    )
    async def post(self, notice_id: NoticeId, body: AskQuestion) -> MyQuestion:
        """Ask below a notice; no neighbour sees it before staff publish it with an answer."""
        return await actions.ask(self.deps, self.actor, notice_id, body)


class QuestionsHandler(ApiHandler):
    @endpoint("listNoticeQuestions", needs=Permission.SEND_NOTICES)
    async def get(self, notice_id: NoticeId, query: QuestionsQuery) -> Page[QuestionRow]:
        """What is asked below a notice of my office, the most asked first; not by whom."""
        return await groups.listing(self.deps, self.actor, notice_id, query)


class QuestionGroupHandler(ApiHandler):
    @endpoint(
        "updateNoticeQuestionGroup",
        needs=Permission.SEND_NOTICES,
        errors=("notice_question_moved_on", "notice_question_group_too_large"),
        example=GroupQuestion(same_as=None),
    )
    async def post(
        self, notice_id: NoticeId, question_id: QuestionId, body: GroupQuestion
    ) -> QuestionRow:
        """Put a question with others that ask the same, or alone."""
        return await groups.put(self.deps, self.actor, notice_id, question_id, body)


class QuestionAnswerHandler(ApiHandler):
    @endpoint(
        "answerNoticeQuestion",
        needs=Permission.SEND_NOTICES,
        errors=(
            "notice_question_moved_on",
            "notice_question_not_published",
            "notice_html",
        ),
        example=AnswerQuestion(answer="当天 18 时前恢复。", public=True),
    )
    async def post(
        self, notice_id: NoticeId, question_id: QuestionId, body: AnswerQuestion
    ) -> QuestionRow:
        """Answer a question and all that ask the same, to all readers or to who asked."""
        return await answers.give(self.deps, self.actor, notice_id, question_id, body)


ROUTES = [
    Route("/api/v1/me/notices/{notice_id}/questions", MyQuestionsHandler),
    Route("/api/v1/notices/{notice_id}/questions", QuestionsHandler),
    Route("/api/v1/notices/{notice_id}/questions/{question_id}/group", QuestionGroupHandler),
    Route("/api/v1/notices/{notice_id}/questions/{question_id}/answer", QuestionAnswerHandler),
]
