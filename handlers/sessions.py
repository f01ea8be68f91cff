from handlers.base import ApiHandler
from handlers.contract import Access, Route, endpoint
from services.accounts import actions
from services.accounts.models import Refresh, SignIn, Tokens


class WeChatSessionsHandler(ApiHandler):
    @endpoint(
        needs=Access.PUBLIC,
        status=201,
        errors=("wechat_code_refused", "sign_in_refused", "wechat_unavailable"),
        example=SignIn(code="0a3Yx…"),
    )
    async def post(self, body: SignIn) -> Tokens:
        """Sign in with the code of wx.login()."""
        return await actions.sign_in(self.deps, body.code)


class RefreshHandler(ApiHandler):
    @endpoint(
        needs=Access.PUBLIC,
        status=201,
        errors=("refresh_token_reused",),
        example=Refresh(refresh_token="k1.01kb….0.Jx…"),  # noqa: S106  # an example
    )
    async def post(self, body: Refresh) -> Tokens:
        """Exchange a refresh token for its successor and a new access token."""
        return await actions.refresh(self.deps, body.refresh_token)


class CurrentSessionHandler(ApiHandler):
    @endpoint(needs=Access.SIGNED_IN)
    async def delete(self) -> None:
        """Sign out on this device."""
        await actions.sign_out(self.deps, self.actor)


ROUTES = [
    Route("/api/v1/sessions/wechat", WeChatSessionsHandler),
    Route("/api/v1/sessions/refresh", RefreshHandler),
    Route("/api/v1/sessions/current", CurrentSessionHandler),
]
