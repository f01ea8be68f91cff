"""Endpoints of messages: the inbox, and permissions to send through WeChat."""

from datetime import UTC, datetime
from typing import Annotated

from msgspec import Meta

from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from services.kernel.pages import Page, ShortListQuery
from services.kernel.paths import PlacePath
from services.kernel.permissions import Permission
from services.limits.models import Rate
from services.messaging import actions
from services.messaging.grants import actions as grants
from services.messaging.grants.models import (
    AskAnswer,
    AskResult,
    AsksQuery,
    AskView,
    GrantReport,
    GrantsView,
)
from services.messaging.models import MessageView, TemplateView, Unread
from services.reachability import actions as reachability
from services.reachability.models import ReachabilityView

MessageId = Annotated[
    str,
    Meta(
        pattern=r"^[0-9a-z]{26}$(?!\n)", description="Id of the message, as the inbox shows it."
    ),
]


REPORT = GrantReport(
    results=[AskAnswer(template_id="stand-in-bill_issued", result=AskResult.ACCEPT)],
    asked_at=datetime(2026, 3, 2, 4, tzinfo=UTC),
)


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


class GrantsHandler(ApiHandler):
    @endpoint("listMessageAsks", needs=Access.SIGNED_IN)
    async def get(self, query: AsksQuery) -> Page[AskView]:
        """Templates to ask for now, and why: at most three, that with the fewest left first.

        Not what the person switched off in WeChat's settings, until they allow it again.
        """
        return await grants.asks(self.deps, self.actor, query.moment)

    @endpoint(
        "giveMessageGrants",
        needs=Access.SIGNED_IN,
        errors=("asked_at_other_time", "unknown_template"),
        example=REPORT,
        rate=Rate.GRANT,
    )
    async def post(self, body: GrantReport) -> GrantsView:
        """Report what WeChat's window answered. WeChat's own push confirms it, and counts once.

        The same report again changes nothing.
        """
        return await grants.report(self.deps, self.actor, body)


class ReachabilityHandler(ApiHandler):
    @endpoint(
        "getReachability",
        needs=Permission.SEND_NOTICES,
        errors=("ask_its_buildings", "too_many_homes"),
    )
    async def get(self, place: PlacePath) -> ReachabilityView:
        """How many homes of a place a message would reach in WeChat, by template."""
        return await reachability.of_place(self.deps, self.actor, place)


ROUTES = [
    Route("/api/v1/me/messages", MessagesHandler),
    Route("/api/v1/me/messages/unread", UnreadHandler),
    Route("/api/v1/me/messages/{message_id}/read", ReadHandler),
    Route("/api/v1/me/message-templates", TemplatesHandler),
    Route("/api/v1/me/message-grants", GrantsHandler),
    Route("/api/v1/places/{place}/reachability", ReachabilityHandler),
]
