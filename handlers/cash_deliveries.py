"""Endpoints of deliveries of cash: what was taken at doors and counters, handed over."""

from typing import Annotated

from msgspec import Meta

from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from services.counter_payments.deliveries import actions
from services.counter_payments.deliveries.models import (
    DeliveriesQuery,
    DeliveryView,
    MyCash,
    OfferCash,
    TakeCash,
)
from services.kernel.pages import Page
from services.kernel.paths import PlacePath
from services.kernel.permissions import Permission

DeliveryId = Annotated[
    str, Meta(min_length=1, max_length=64, description="Id of the delivery, as lists show it.")
]


class CashInHandHandler(ApiHandler):
    @endpoint("getMyCash", needs=Permission.TAKE_PAYMENTS)
    async def get(self, place: PlacePath) -> MyCash:
        """Cash of payees of a place that I took and have not handed over."""
        return await actions.held(self.deps, self.actor, place)


class CashDeliveriesHandler(ApiHandler):
    @endpoint("listCashDeliveries", needs=Permission.KEEP_CASH)
    async def get(self, place: PlacePath, query: DeliveriesQuery) -> Page[DeliveryView]:
        """Deliveries of cash of a compound; to a firm those of its own money."""
        return await actions.listing(self.deps, self.actor, place, query)

    @endpoint(
        "offerCash",
        needs=Permission.TAKE_PAYMENTS,
        status=201,
        errors=("no_cash", "delivery_open"),
        example=OfferCash(account="firm", counted_fen=25_590),
    )
    async def post(self, place: PlacePath, body: OfferCash) -> DeliveryView:
        """Offer the cash that I took for a payee, as I counted it."""
        return await actions.offer(self.deps, self.actor, place, body)


class CashDeliveryTakingHandler(ApiHandler):
    @endpoint(
        "takeCash",
        needs=Permission.KEEP_CASH,
        errors=("own_delivery", "counts_differ", "delivery_moved_on"),
        example=TakeCash(counted_fen=25_590),
    )
    async def post(self, delivery_id: DeliveryId, body: TakeCash) -> DeliveryView:
        """Take over cash that somebody else offered, counted once more."""
        return await actions.take(self.deps, self.actor, delivery_id, body)


class CashDeliveryWithdrawalHandler(ApiHandler):
    @endpoint("withdrawCash", needs=Access.SIGNED_IN, errors=("delivery_moved_on",))
    async def post(self, delivery_id: DeliveryId) -> DeliveryView:
        """Withdraw my delivery that nobody took over."""
        return await actions.withdraw(self.deps, self.actor, delivery_id)


ROUTES = [
    Route("/api/v1/places/{place}/cash-in-hand", CashInHandHandler),
    Route("/api/v1/places/{place}/cash-deliveries", CashDeliveriesHandler),
    Route("/api/v1/cash-deliveries/{delivery_id}/taking", CashDeliveryTakingHandler),
    Route("/api/v1/cash-deliveries/{delivery_id}/withdrawal", CashDeliveryWithdrawalHandler),
]
