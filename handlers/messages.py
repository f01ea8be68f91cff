from typing import Annotated

from msgspec import Meta, Struct

from handlers import cursors
from handlers.base import ApiHandler
from handlers.contract import Access, Page, Route, endpoint
from services.messaging import actions
from services.messaging.models import MessageView, TemplateView, Unread, position

MessageId = Annotated[str, Meta(pattern=r"^[0-9a-z]{26}$(?!\n)")]


class MessagesQuery(Struct, forbid_unknown_fields=True):
    limit: cursors.Limit = 20
    cursor: cursors.Cursor | None = None


class MessagesHandler(ApiHandler):
    @endpoint(needs=Access.SIGNED_IN)
    async def get(self, query: MessagesQuery) -> Page[MessageView]:
        """My messages, newest first."""
        before = cursors.read(query.cursor)
        items = await actions.inbox(self.deps, self.actor, before=before, limit=query.limit)
        return cursors.page(
            items, query.limit, lambda item: position(item.created_at, item.message_id)
        )


class UnreadHandler(ApiHandler):
    @endpoint(needs=Access.SIGNED_IN)
    async def get(self) -> Unread:
        """How many of my messages I have not read."""
        return await actions.unread(self.deps, self.actor)


class ReadHandler(ApiHandler):
    @endpoint(needs=Access.SIGNED_IN)
    async def post(self, message_id: MessageId) -> MessageView:
        """Mark one of my messages as read."""
        return await actions.read(self.deps, self.actor, message_id)


class TemplatesHandler(ApiHandler):
    @endpoint(needs=Access.SIGNED_IN)
    async def get(self) -> Page[TemplateView]:
        """Templates to ask for with wx.requestSubscribeMessage, and my grants left of each."""
        return Page(await actions.templates(self.deps, self.actor))


ROUTES = [
    Route("/api/v1/me/messages", MessagesHandler),
    Route("/api/v1/me/messages/unread", UnreadHandler),
    Route("/api/v1/me/messages/{message_id}/read", ReadHandler),
    Route("/api/v1/me/message-templates", TemplatesHandler),
]
