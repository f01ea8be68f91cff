"""Endpoints of browser sign-in by QR code: the browser's side and the mini-program's."""

from typing import Annotated

from msgspec import Meta

from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from handlers.http.downloads import Download, drawn
from handlers.sessions import visit_of
from services.browser_sign_ins import actions as browser_sign_ins
from services.browser_sign_ins import decisions
from services.browser_sign_ins.models import (
    AnswerBrowser,
    BrowserSignIn,
    BrowserView,
    ConfirmationCode,
    Look,
    Poll,
    SignInCode,
)
from services.limits.models import Rate
from services.sessions.models import Confirmed, Tokens

SignInId = Annotated[
    str, Meta(max_length=100, description="Id of the sign-in, as the browser was told.")
]
CODE = "/api/v1/browser-sign-ins/{sign_in_id}/code"
POLL_ERRORS = ("sign_in_waiting", "sign_in_refused", "sign_in_expired", "sign_in_used")
EXAMPLE_SCENE = "6d1e0b…"


class BrowserSignInsHandler(ApiHandler):
    @endpoint("createBrowserSignIn", needs=Access.PUBLIC, status=201, rate=Rate.SIGN_IN)
    async def post(self) -> SignInCode:
        """Ask to be let in at this browser: show the code, poll with the secret."""
        asked = await browser_sign_ins.ask(self.deps, visit_of(self))
        return SignInCode(
            sign_in_id=asked.sign_in.id,
            secret=asked.secret,
            number=asked.sign_in.number,
            expires_at=asked.sign_in.expires_at,
            code_url=code_url(asked.sign_in),
        )


class CodeHandler(ApiHandler):
    @endpoint(
        "getBrowserSignInCode",
        needs=Access.PUBLIC,
        media_type="image/*",
        errors=("sign_in_answered", "sign_in_expired", "wechat_unavailable"),
        rate=Rate.SIGN_IN,
    )
    async def get(self, sign_in_id: SignInId) -> Download:
        """The mini-program code to show, while it waits: PNG or JPEG, as WeChat draws it."""
        picture = await browser_sign_ins.draw(self.deps, sign_in_id)
        return drawn(picture)


class BrowserSessionHandler(ApiHandler):
    @endpoint(
        "createBrowserSession",
        needs=Access.PUBLIC,
        status=201,
        errors=POLL_ERRORS,
        example=Poll(secret="Qm9…"),  # noqa: S106  # an example
    )
    async def post(self, sign_in_id: SignInId, body: Poll) -> Tokens:
        """Fetch my session once WeChat has let me in; until then 409, ask again as told."""
        return await browser_sign_ins.take(self.deps, sign_in_id, body.secret, visit_of(self))


class LookHandler(ApiHandler):
    @endpoint(
        "getBrowserSignIn",
        needs=Access.SIGNED_IN,
        errors=("not_found", "sign_in_answered", "sign_in_expired"),
        example=Look(scene=EXAMPLE_SCENE),
        rate=Rate.GUESS,
    )
    async def post(self, body: Look) -> BrowserView:
        """In the mini-program: which browser asks, by the scene of the scanned code."""
        return await decisions.preview(self.deps, self.actor, body.scene)


class AnswerHandler(ApiHandler):
    @endpoint(
        "answerBrowserSignIn",
        needs=Access.SIGNED_IN,
        errors=(
            "not_found",
            "browser_not_for_you",
            "confirmation_needed",
            "mini_program_only",
            "sign_in_answered",
            "sign_in_expired",
            "wrong_number",
        ),
        example=AnswerBrowser(scene=EXAMPLE_SCENE, allow=True, number="07"),
        rate=Rate.GUESS,
        asks_again=True,
    )
    async def post(self, body: AnswerBrowser) -> None:
        """In the mini-program: let the browser in, with the number on its screen, or refuse."""
        await decisions.decide(self.deps, self.actor, body)


class ConfirmationCodesHandler(ApiHandler):
    @endpoint("createConfirmationCode", needs=Access.SIGNED_IN, status=201, rate=Rate.GUESS)
    async def post(self) -> ConfirmationCode:
        """At a browser, before sensitive acts: a code for me to confirm in WeChat."""
        made = await browser_sign_ins.ask_to_confirm(self.deps, self.actor)
        return ConfirmationCode(
            sign_in_id=made.id,
            number=made.number,
            expires_at=made.expires_at,
            code_url=code_url(made),
        )


class ConfirmationCodeHandler(ApiHandler):
    @endpoint("getConfirmation", needs=Access.SIGNED_IN, errors=POLL_ERRORS)
    async def get(self, sign_in_id: SignInId) -> Confirmed:
        """Was my code confirmed? Until then 409, ask again as told."""
        return await browser_sign_ins.confirmation(self.deps, self.actor, sign_in_id)


def code_url(sign_in: BrowserSignIn) -> str:
    return CODE.replace("{sign_in_id}", sign_in.id)


ROUTES = [
    Route("/api/v1/browser-sign-ins", BrowserSignInsHandler),
    Route("/api/v1/browser-sign-ins/look", LookHandler),
    Route("/api/v1/browser-sign-ins/answer", AnswerHandler),
    Route(CODE, CodeHandler),
    Route("/api/v1/browser-sign-ins/{sign_in_id}/session", BrowserSessionHandler),
    Route("/api/v1/sessions/current/confirmation-codes", ConfirmationCodesHandler),
    Route("/api/v1/sessions/current/confirmation-codes/{sign_in_id}", ConfirmationCodeHandler),
]
