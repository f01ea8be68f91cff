"""Endpoints of calls without numbers: asked for, answered, and the number shown once allowed.

No list has a number in it; it stands in one answer alone, which is written into the audit.
"""

from typing import Annotated

from msgspec import Meta

from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from services.calls import actions, settings
from services.calls.models import (
    AnswerCall,
    AnsweredCall,
    AskCall,
    CallAnswer,
    CallNumber,
    CallSettings,
    CallView,
    ChangeCallSettings,
    MyCallView,
)
from services.kernel.callables import CallCircle
from services.kernel.pages import ListQuery, Page
from services.kernel.types import LINE
from services.limits.models import Rate

CallId = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=64,
        pattern=LINE,
        description="Id of the call, as lists show it.",
    ),
]


class CallsHandler(ApiHandler):
    @endpoint("listCalls", needs=Access.SIGNED_IN)
    async def get(self, query: ListQuery) -> Page[CallView]:
        """Calls that I asked for, the newest first."""
        return await actions.listing(self.deps, self.actor, query)

    @endpoint(
        "createCall",
        needs=Access.SIGNED_IN,
        status=201,
        errors=(
            "not_found",
            "forbidden",
            "own_home",
            "call_about_unknown",
            "call_to_oneself",
            "call_nobody_to_ask",
            "too_many_calls",
        ),
        example=AskCall(about="repair", subject_id="01kjpb7wg02jhcp34txt4656bh"),
        rate=Rate.CALL,
    )
    async def post(self, body: AskCall) -> CallView:
        """Ask to call somebody: at once where they show their number, else they are asked."""
        return await actions.ask(self.deps, self.actor, body)


class CallHandler(ApiHandler):
    @endpoint("getCall", needs=Access.SIGNED_IN, errors=("not_found",))
    async def get(self, call_id: CallId) -> CallView:
        """A call that I asked for, and how it was answered."""
        return await actions.get(self.deps, self.actor, call_id)


class CallNumberHandler(ApiHandler):
    @endpoint(
        "revealCallNumber",
        needs=Access.SIGNED_IN,
        errors=("not_found", "forbidden", "own_home", "number_not_shown", "call_no_number"),
        rate=Rate.REVEAL,
    )
    async def post(self, call_id: CallId) -> CallNumber:
        """The number to call, while the person allows it; each look is written down."""
        return await actions.reveal(self.deps, self.actor, call_id)


class MyCallsHandler(ApiHandler):
    @endpoint("listMyCalls", needs=Access.SIGNED_IN)
    async def get(self, query: ListQuery) -> Page[MyCallView]:
        """Who asked to call me, and who saw my number, the newest first."""
        return await actions.mine(self.deps, self.actor, query)


class CallAnswerHandler(ApiHandler):
    @endpoint(
        "answerCall",
        needs=Access.SIGNED_IN,
        errors=("not_found", "call_moved_on", "call_no_number"),
        example=AnswerCall(answer=CallAnswer.ALLOW_ONCE),
    )
    async def post(self, call_id: CallId, body: AnswerCall) -> AnsweredCall:
        """Answer who wants to call me: allow it for a day, call back, or not now."""
        return await actions.answer(self.deps, self.actor, call_id, body)


class CallSettingsHandler(ApiHandler):
    @endpoint("getCallSettings", needs=Access.SIGNED_IN)
    async def get(self) -> CallSettings:
        """Who sees my number without asking me."""
        return await settings.show(self.deps, self.actor)

    @endpoint(
        "replaceCallSettings",
        needs=Access.SIGNED_IN,
        example=ChangeCallSettings(shown_to=[CallCircle.CASE]),
    )
    async def put(self, body: ChangeCallSettings) -> CallSettings:
        """Choose who sees my number without asking me; it counts at once."""
        return await settings.change(self.deps, self.actor, body)


ROUTES = [
    Route("/api/v1/calls", CallsHandler),
    Route("/api/v1/calls/{call_id}", CallHandler),
    Route("/api/v1/calls/{call_id}/number", CallNumberHandler),
    Route("/api/v1/me/calls", MyCallsHandler),
    Route("/api/v1/me/calls/{call_id}/answer", CallAnswerHandler),
    Route("/api/v1/me/call-settings", CallSettingsHandler),
]
