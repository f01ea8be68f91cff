"""Endpoints of payees: listed for who sets prices, written by who decides where money goes."""

from typing import Annotated

from msgspec import Meta

from handlers.http.base import ApiHandler
from handlers.http.contract import Route, endpoint
from services.fees.models import FeeKind
from services.fees.payees import actions as payees
from services.fees.payees.models import (
    EndPayee,
    NewPayee,
    PayeesQuery,
    PayeeView,
    ReceiptNumbers,
)
from services.kernel.pages import Page
from services.kernel.paths import PlacePath
from services.kernel.permissions import Permission

PathPayeeId = Annotated[str, Meta(description="Id of the payee, as lists show it.")]


class PayeesHandler(ApiHandler):
    @endpoint("listPayees", needs=Permission.MANAGE_FEES)
    async def get(self, place: PlacePath, query: PayeesQuery) -> Page[PayeeView]:
        """Payees that may charge at a place, above and below it, in the order of places."""
        return await payees.listing(self.deps, self.actor, place, query)

    @endpoint(
        "createPayee",
        needs=Permission.MANAGE_PAYEES,
        status=201,
        errors=("bad_payee", "unknown_account", "payee_account_taken", "payee_exists"),
        example=NewPayee(
            name="安居物业",
            account="firm",
            kinds=[FeeKind.PROPERTY_FEE],
            firm_id="01kt9a7c4m8q2v5x1z3b6d0e9j",
            from_day="2026-04-01",
        ),
        asks_again=True,
    )
    async def post(self, place: PlacePath, body: NewPayee) -> PayeeView:
        """Write who may charge which fees at a place, and into which merchant account."""
        return await payees.add(self.deps, self.actor, place, body)


class PayeeEndHandler(ApiHandler):
    @endpoint(
        "endPayee",
        needs=Permission.MANAGE_PAYEES,
        errors=("payee_ended",),
        example=EndPayee(last_day="2026-12-31"),
        asks_again=True,
    )
    async def post(self, payee_id: PathPayeeId, body: EndPayee) -> PayeeView:
        """Set the last day for which a payee may charge. Bills that are out stay owed to it."""
        return await payees.end(self.deps, self.actor, payee_id, body)


class PayeeReceiptsHandler(ApiHandler):
    @endpoint(
        "setPayeeReceiptNumbers",
        needs=Permission.MANAGE_PAYEES,
        example=ReceiptNumbers(numbered=True),
    )
    async def put(self, payee_id: PathPayeeId, body: ReceiptNumbers) -> PayeeView:
        """Number the receipts of a payee without gaps from now on, or no longer."""
        return await payees.number_receipts(self.deps, self.actor, payee_id, body)


ROUTES = [
    Route("/api/v1/places/{place}/payees", PayeesHandler),
    Route("/api/v1/payees/{payee_id}/end", PayeeEndHandler),
    Route("/api/v1/payees/{payee_id}/receipt-numbers", PayeeReceiptsHandler),
]
