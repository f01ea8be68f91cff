"""Endpoints of notices for readers: listed, read, answered."""

from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from services.kernel.pages import Page
from services.notices.contents.models import AttachmentLinks
from services.notices.models import NoticeId
from services.notices.readings import actions, answers
from services.notices.readings.models import (
    AnswerNotice,
    MyAnswer,
    MyNotice,
    MyNoticesQuery,
    MyNoticeView,
    ReadNotices,
    UnreadNotices,
)


class MyNoticesHandler(ApiHandler):
    @endpoint("listMyNotices", needs=Access.SIGNED_IN)
    async def get(self, query: MyNoticesQuery) -> Page[MyNotice]:
        """Notices for me by my homes and offices, pinned ones first, the newest next."""
        return await actions.mine(self.deps, self.actor, query)


class UnreadNoticesHandler(ApiHandler):
    @endpoint("countUnreadNotices", needs=Access.SIGNED_IN)
    async def get(self) -> UnreadNotices:
        """How many of my notices I have not read in their present version."""
        return await actions.unread(self.deps, self.actor)


class ReadNoticesHandler(ApiHandler):
    @endpoint(
        "readNotices",
        needs=Access.SIGNED_IN,
        example=ReadNotices(notice_ids=["01kt9a7c4m8q2v5x1z3b6d0ea2"]),
        is_idempotent=True,
    )
    async def post(self, body: ReadNotices) -> UnreadNotices:
        """Say which notices were shown to me, several at once; what is not mine is left out."""
        return await actions.read(self.deps, self.actor, body)


class MyNoticeHandler(ApiHandler):
    @endpoint("getMyNotice", needs=Access.SIGNED_IN)
    async def get(self, notice_id: NoticeId) -> MyNoticeView:
        """A notice for me; asked again with its ETag, it is sent only if it changed."""
        found = await actions.get(self.deps, self.actor, notice_id)
        self.set_header("Cache-Control", "private, no-cache")
        return found


class MyNoticeAttachmentsHandler(ApiHandler):
    @endpoint("listMyNoticeAttachments", needs=Access.SIGNED_IN)
    async def get(self, notice_id: NoticeId) -> AttachmentLinks:
        """Where the notice's pictures and papers can be seen for five minutes."""
        return await actions.links(self.deps, self.actor, notice_id)


class MyAnswerHandler(ApiHandler):
    @endpoint(
        "answerNotice",
        needs=Access.SIGNED_IN,
        errors=("no_answer_asked", "answers_over", "answer_misfit", "answer_home_needed"),
        example=AnswerNotice(answer="yes"),
    )
    async def put(self, notice_id: NoticeId, body: AnswerNotice) -> MyAnswer:
        """Answer a notice, or change the answer until the time is over."""
        return await answers.give(self.deps, self.actor, notice_id, body)


ROUTES = [
    Route("/api/v1/me/notices", MyNoticesHandler),
    Route("/api/v1/me/notices/unread", UnreadNoticesHandler),
    Route("/api/v1/me/notices/read", ReadNoticesHandler),
    Route("/api/v1/me/notices/{notice_id}", MyNoticeHandler),
    Route("/api/v1/me/notices/{notice_id}/attachments", MyNoticeAttachmentsHandler),
    Route("/api/v1/me/notices/{notice_id}/answer", MyAnswerHandler),
]
