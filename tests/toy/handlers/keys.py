"""Endpoints of keys: borrowed by a home, listed below a place, taken back."""

from handlers.http import cursors, lists
from handlers.http.base import ApiHandler
from handlers.http.contract import Route, endpoint
from handlers.http.lists import ListQuery, Page
from services.kernel.paths import PlacePath
from services.kernel.permissions import Permission
from services.keys import actions as keys
from services.keys.models import BorrowKey, LoanId, LoanView


class HomeKeysHandler(ApiHandler):
    @endpoint(
        "createKeyLoan",
        needs=Permission.BORROW_KEYS,
        status=201,
        errors=("consent_needed",),
        example=BorrowKey(door="单元门"),
    )
    async def post(self, home: PlacePath, body: BorrowKey) -> LoanView:
        """Borrow a key for my home."""
        return await keys.borrow(self.deps, self.actor, home, body)


class KeysHandler(ApiHandler):
    @endpoint("listKeyLoans", needs=Permission.LEND_KEYS)
    async def get(self, place: PlacePath, query: ListQuery) -> Page[LoanView]:
        """Keys that homes under a place borrowed, the oldest loan first."""
        items = await keys.listing(
            self.deps, self.actor, place, after=cursors.read(query.cursor), limit=query.limit
        )
        return lists.page(items, query.limit, lambda item: item.loan_id)


class KeyReturnHandler(ApiHandler):
    @endpoint("returnKey", needs=Permission.LEND_KEYS, errors=("key_returned",))
    async def post(self, loan_id: LoanId) -> LoanView:
        """Note that a key was brought back."""
        return await keys.take_back(self.deps, self.actor, loan_id)


ROUTES = [
    Route("/api/v1/homes/{home}/key-loans", HomeKeysHandler),
    Route("/api/v1/places/{place}/key-loans", KeysHandler),
    Route("/api/v1/key-loans/{loan_id}/return", KeyReturnHandler),
]
