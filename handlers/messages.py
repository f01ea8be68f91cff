"""Endpoints of messages: the inbox, and permissions to send through WeChat."""

from typing import Annotated

from msgspec import Meta

from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from services.kernel.pages import Page, ShortListQuery
from services.messaging import actions
from services.messaging.models import MessageView, TemplateView, Unread

MessageId = Annotated[
    str,
    Meta(
        pattern=r"^[0-9a-z]{26}$(?!\n)", description="Id of the message, as the inbox shows it."
    ),
]


class MessagesHandler(ApiHandler):
    @endpoint("listMyMessages", needs=Access.SIGNED_IN)
    async def get(self, query: ShortListQuery) -> Page[MessageView]:
        """My messages, newest first."""
        return await actions.inbox(self.deps, self.actor, query)


class UnreadHandler(ApiHandler):
    @endpoint("countUnreadMessages", needs=Access.SIGNED_IN)
    async def get(self) -> Unread:
        """How many of my messages I have not read."""
        return await actions.unread(self.deps, self.actor)


class ReadHandler(ApiHandler):
    @endpoint("readMessage", needs=Access.SIGNED_IN)
    async def post(self, message_id: MessageId) -> MessageView:
        """Mark one of my messages as read."""
        return await actions.read(self.deps, self.actor, message_id)


class TemplatesHandler(ApiHandler):
    @endpoint("listMessageTemplates", needs=Access.SIGNED_IN)
    async def get(self) -> Page[TemplateView]:
        """Templates to ask for with wx.requestSubscribeMessage, and my grants left of each."""
        return await actions.templates(self.deps, self.actor)


ROUTES = [
    Route("/api/v1/me/messages", MessagesHandler),
    Route("/api/v1/me/messages/unread", UnreadHandler),
    Route("/api/v1/me/messages/{message_id}/read", ReadHandler),
    Route("/api/v1/me/message-templates", TemplatesHandler),
]
