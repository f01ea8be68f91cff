"""Templates of usual notices: texts with blanks to fill."""

from handlers.http.base import ApiHandler
from handlers.http.contract import Route, endpoint
from services.kernel.permissions import Permission
from services.notices.forms import actions as forms
from services.notices.forms.models import NoticeTemplates


class NoticeTemplatesHandler(ApiHandler):
    @endpoint("listNoticeTemplates", needs=Permission.SEND_NOTICES)
    async def get(self) -> NoticeTemplates:
        """Templates of usual notices, with their blanks."""
        return forms.listing()


ROUTES = [Route("/api/v1/notice-templates", NoticeTemplatesHandler)]
