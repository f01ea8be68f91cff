"""Endpoints of keys: borrowed by a home, listed and counted below a place, taken back."""

from handlers.http.base import ApiHandler
from handlers.http.contract import Route, endpoint
from services.kernel.pages import Page
from services.kernel.paths import PlacePath
from services.kernel.permissions import Permission
from services.keys import actions as keys
from services.keys.models import BorrowKey, KeyFigures, LoanId, LoansQuery, LoanView


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
    async def get(self, place: PlacePath, query: LoansQuery) -> Page[LoanView]:
        """Keys that homes under a place borrowed."""
        return await keys.listing(self.deps, self.actor, place, query)


class KeyFiguresHandler(ApiHandler):
    @endpoint("countKeyLoans", needs=Permission.LEND_KEYS)
    async def get(self, place: PlacePath) -> KeyFigures:
        """How many keys of a place are out."""
        return await keys.figures(self.deps, self.actor, place)


class KeyReturnHandler(ApiHandler):
    @endpoint("returnKey", needs=Permission.LEND_KEYS, errors=("key_returned",))
    async def post(self, loan_id: LoanId) -> LoanView:
        """Note that a key was brought back."""
        return await keys.take_back(self.deps, self.actor, loan_id)


ROUTES = [
    Route("/api/v1/homes/{home}/key-loans", HomeKeysHandler),
    Route("/api/v1/places/{place}/key-loans", KeysHandler),
    Route("/api/v1/places/{place}/key-figures", KeyFiguresHandler),
    Route("/api/v1/key-loans/{loan_id}/return", KeyReturnHandler),
]
