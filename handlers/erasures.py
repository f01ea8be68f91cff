"""Endpoints of erasures: close one's account, and look how far the clearing is."""

from typing import Annotated

from msgspec import Meta

from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from services.privacy.erasures import actions as erasures
from services.privacy.erasures.models import EraseMe, ErasureView

ErasureId = Annotated[
    str,
    Meta(min_length=1, max_length=64, description="Id that the answer to an erasure told."),
]


class DeletionHandler(ApiHandler):
    @endpoint(
        "eraseAccount",
        needs=Access.SIGNED_IN,
        status=202,
        asks_again=True,
        errors=("money_under_way", "still_in_office"),
        example=EraseMe(confirm="注销"),
    )
    async def post(self, body: EraseMe) -> ErasureView:  # noqa: ARG002  # typing it is the point
        """Erase me: the account closes at once, for good, on every device."""
        return await erasures.erase(self.deps, self.actor)


class ErasureHandler(ApiHandler):
    @endpoint("getErasure", needs=Access.PUBLIC)
    async def get(self, erasure_id: ErasureId) -> ErasureView:
        """How far an erasure is, for whoever was told its id; nobody is named."""
        return await erasures.get(self.deps, erasure_id)


ROUTES = [
    Route("/api/v1/me/deletion", DeletionHandler),
    Route("/api/v1/erasures/{erasure_id}", ErasureHandler),
]
