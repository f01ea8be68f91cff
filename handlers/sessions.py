"""Endpoints of sessions: signing in with WeChat, refreshing, confirming, ending."""

from typing import Annotated

from msgspec import Meta

from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from services.accounts import actions as accounts
from services.kernel.pages import ListQuery, Page
from services.limits import actions as limits
from services.limits.models import Rate
from services.people.identity import CodeRefused
from services.sessions import actions as sessions
from services.sessions import lifecycle
from services.sessions.models import (
    Confirmed,
    ConfirmIdentity,
    Refresh,
    SessionView,
    SignIn,
    Tokens,
    Visit,
)

SessionId = Annotated[
    str, Meta(max_length=100, description="Id of the session, as the list shows it.")
]


def visit_of(handler: ApiHandler) -> Visit:
    """Return what a request tells of whoever is not signed in yet."""
    agent = handler.request.headers.get("User-Agent", "")
    return Visit(handler.request_id, handler.address, agent)


class WeChatSessionsHandler(ApiHandler):
    @endpoint(
        "createSession",
        needs=Access.PUBLIC,
        status=201,
        errors=(
            "wechat_code_refused",
            "sign_in_refused",
            "wechat_unavailable",
            "wechat_closed",
        ),
        example=SignIn(code="0a3Yx…"),
        rate=Rate.SIGN_IN,
    )
    async def post(self, body: SignIn) -> Tokens:
        """Sign in with the code of wx.login()."""
        try:
            return await sessions.sign_in(self.deps, body.code, visit_of(self))
        except CodeRefused:
            await limits.take(self.deps.limiter, Rate.WRONG_CODE, self.device)
            raise


class RefreshHandler(ApiHandler):
    @endpoint(
        "refreshSession",
        needs=Access.PUBLIC,
        status=201,
        errors=("refresh_token_reused", "unauthenticated"),
        example=Refresh(refresh_token="k1.01kb….0.Jx…"),  # noqa: S106  # an example
        rate=Rate.REFRESH,
    )
    async def post(self, body: Refresh) -> Tokens:
        """Exchange a refresh token for its successor and a new access token."""
        return await lifecycle.refresh(self.deps, body.refresh_token, visit_of(self))


class CurrentSessionHandler(ApiHandler):
    @endpoint("endCurrentSession", needs=Access.SIGNED_IN)
    async def delete(self) -> None:
        """Sign out on this device."""
        await sessions.sign_out(self.deps, self.actor)


class ConfirmationHandler(ApiHandler):
    @endpoint(
        "confirmIdentity",
        needs=Access.SIGNED_IN,
        status=201,
        errors=(
            "wechat_code_refused",
            "another_wechat_user",
            "wechat_unavailable",
            "wechat_closed",
        ),
        example=ConfirmIdentity(code="0a3Yx…"),
        rate=Rate.GUESS,
    )
    async def post(self, body: ConfirmIdentity) -> Confirmed:
        """Prove with a fresh code of wx.login() that it is still me: before sensitive acts."""
        return await sessions.confirm(self.deps, self.actor, body.code)


class MySessionsHandler(ApiHandler):
    @endpoint("listMySessions", needs=Access.SIGNED_IN)
    async def get(self, query: ListQuery) -> Page[SessionView]:
        """Where I am signed in, the newest first."""
        return await sessions.listing(self.deps, self.actor, query)

    @endpoint("endMySessions", needs=Access.SIGNED_IN)
    async def delete(self) -> None:
        """Sign out everywhere, here too."""
        await accounts.sign_out_everywhere(self.deps, self.actor)


class MySessionHandler(ApiHandler):
    @endpoint("endMySession", needs=Access.SIGNED_IN)
    async def delete(self, session_id: SessionId) -> None:
        """Sign out on one of my devices."""
        await sessions.end(self.deps, self.actor, session_id)


ROUTES = [
    Route("/api/v1/sessions/wechat", WeChatSessionsHandler),
    Route("/api/v1/sessions/refresh", RefreshHandler),
    Route("/api/v1/sessions/current", CurrentSessionHandler),
    Route("/api/v1/sessions/current/confirmation", ConfirmationHandler),
    Route("/api/v1/me/sessions", MySessionsHandler),
    Route("/api/v1/me/sessions/{session_id}", MySessionHandler),
]
