"""Endpoints of promises to pay: given to a head at the door, kept or broken; no amounts."""

from typing import Annotated

from msgspec import Meta

from handlers.http.base import ApiHandler
from handlers.http.contract import Route, endpoint
from services.kernel.pages import Page
from services.kernel.permissions import Permission
from services.visits.promises import actions as promises
from services.visits.promises.models import NewPromise, PromisesQuery, PromiseView

P = Permission
PromiseId = Annotated[
    str, Meta(min_length=1, max_length=64, description="Id of the promise, as lists show it.")
]


class PromisesHandler(ApiHandler):
    @endpoint("listPaymentPromises", needs=P.PLAN_VISITS, errors=("not_found", "debts_hidden"))
    async def get(self, query: PromisesQuery) -> Page[PromiseView]:
        """Promises that homes gave to me, or to who held my office before."""
        return await promises.listing(self.deps, self.actor, query)

    @endpoint(
        "createPaymentPromise",
        needs=P.PLAN_VISITS,
        status=201,
        errors=(
            "not_found",
            "debts_hidden",
            "bad_promise_day",
            "nothing_owed",
            "promise_open",
            "own_home",
        ),
        example=NewPromise(home="cc.chaoyang.guilin.xincheng.c07.b3.u2.502", day="2026-03-15"),
    )
    async def post(self, body: NewPromise) -> PromiseView:
        """Note that a home promised to pay what it owes by a day."""
        return await promises.note(self.deps, self.actor, body)


class PromiseCloseHandler(ApiHandler):
    @endpoint("endPaymentPromise", needs=P.PLAN_VISITS, errors=("own_home", "promise_moved_on"))
    async def post(self, promise_id: PromiseId) -> PromiseView:
        """Close a promise: a mistake, or spoken about again."""
        return await promises.close(self.deps, self.actor, promise_id)


ROUTES = [
    Route("/api/v1/payment-promises", PromisesHandler),
    Route("/api/v1/payment-promises/{promise_id}/close", PromiseCloseHandler),
]
