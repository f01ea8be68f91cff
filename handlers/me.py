"""Endpoints of one's own account: who I am, and the phone I prove."""

from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from services.accounts import actions
from services.accounts.models import GivePhone, Me
from services.limits.models import Rate


class MeHandler(ApiHandler):
    @endpoint("getMe", needs=Access.SIGNED_IN)
    async def get(self) -> Me:
        """Who I am, my homes and my roles."""
        return await actions.me(self.deps, self.actor)


class PhoneHandler(ApiHandler):
    @endpoint(
        "provePhone",
        needs=Access.SIGNED_IN,
        errors=(
            "wechat_code_refused",
            "wechat_unavailable",
            "wechat_closed",
            "sign_in_refused",
            "invalid_phone",
            "consent_needed",
        ),
        example=GivePhone(code="8e1f…"),
        rate=Rate.GUESS,
    )
    async def post(self, body: GivePhone) -> Me:
        """Prove my phone number; homes and roles registered under it become mine."""
        return await actions.give_phone(self.deps, self.actor, body.code)


ROUTES = [
    Route("/api/v1/me", MeHandler),
    Route("/api/v1/me/phone", PhoneHandler),
]
