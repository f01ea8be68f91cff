"""Endpoints of prices of repairs in homes: set by the firm, read by everybody."""

from typing import Annotated

from msgspec import Meta

from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from services.kernel.pages import Page
from services.kernel.paths import PlacePath
from services.kernel.permissions import Permission
from services.repairs.prices import actions as prices
from services.repairs.prices.models import (
    EndPrice,
    NewPrice,
    PriceKind,
    PriceList,
    PricesQuery,
    PriceView,
)

PathPriceId = Annotated[str, Meta(description="Id of the price, as lists show it.")]


class RepairPriceListHandler(ApiHandler):
    @endpoint("getRepairPriceList", needs=Access.SIGNED_IN, errors=("not_found",))
    async def get(self, place: PlacePath) -> PriceList:
        """What repairs in homes cost today in the compound of a place."""
        return await prices.show(self.deps, place)


class RepairPricesHandler(ApiHandler):
    @endpoint("listRepairPrices", needs=Permission.OVERSEE_REPAIR_PRICES)
    async def get(self, place: PlacePath, query: PricesQuery) -> Page[PriceView]:
        """Versions of the prices of the compounds under a place, also those of other days."""
        return await prices.listing(self.deps, self.actor, place, query)

    @endpoint(
        "createRepairPrice",
        needs=Permission.SET_REPAIR_PRICES,
        status=201,
        errors=(
            "bad_repair_price",
            "repair_price_no_contract",
            "repair_price_moved_on",
            "repair_prices_full",
        ),
        example=NewPrice(
            after_version=0,
            code="tap",
            label="换水龙头",
            unit="个",
            kind=PriceKind.LABOUR,
            low_fen=2000,
            high_fen=4000,
            from_day="2026-12-01",
        ),
    )
    async def post(self, place: PlacePath, body: NewPrice) -> PriceView:
        """Write what an item costs from a day on. Quotes that were accepted stay."""
        return await prices.write(self.deps, self.actor, place, body)


class RepairPriceEndHandler(ApiHandler):
    @endpoint(
        "endRepairPrice",
        needs=Permission.OVERSEE_REPAIR_PRICES,
        errors=("bad_repair_price", "repair_price_ended"),
        example=EndPrice(last_day="2026-12-31"),
    )
    async def post(self, price_id: PathPriceId, body: EndPrice) -> PriceView:
        """Set the last day of a price: the firm takes it back, or the community does."""
        return await prices.end(self.deps, self.actor, price_id, body)


ROUTES = [
    Route("/api/v1/places/{place}/repair-prices", RepairPricesHandler),
    Route("/api/v1/places/{place}/repair-price-list", RepairPriceListHandler),
    Route("/api/v1/repair-prices/{price_id}/end", RepairPriceEndHandler),
]
