"""Endpoints of meters: written down, read, replaced, priced and billed in rounds."""

from typing import Annotated

from msgspec import Meta

from handlers.http.base import ApiHandler
from handlers.http.contract import Route, endpoint
from services.kernel.pages import Page
from services.kernel.paths import PlacePath
from services.kernel.permissions import Permission
from services.meters import actions as meters
from services.meters.models import (
    MeterKind,
    MetersQuery,
    MeterView,
    NewMeter,
    NewReading,
    ReplaceMeter,
    Unit,
)
from services.meters.prices import actions as prices
from services.meters.prices.models import MeterPricesQuery, MeterPriceView, NewMeterPrice
from services.meters.rounds import actions as rounds
from services.meters.rounds.models import (
    MeterDuesQuery,
    MeterDueView,
    MeterRoundsQuery,
    MeterRoundView,
    StartMeterRound,
)

PathMeterId = Annotated[
    str, Meta(max_length=64, description="Id of the meter, as lists show it.")
]


class MetersHandler(ApiHandler):
    @endpoint("listMeters", needs=Permission.READ_METERS)
    async def get(self, place: PlacePath, query: MetersQuery) -> Page[MeterView]:
        """Meters under a place, by home; of one's own home for who lives there."""
        return await meters.listing(self.deps, self.actor, place, query)


class HomeMetersHandler(ApiHandler):
    @endpoint(
        "createMeter",
        needs=Permission.RUN_BILLS,
        status=201,
        errors=("bad_meter", "meter_exists", "own_home"),
        example=NewMeter(
            kind=MeterKind.WATER,
            serial="2025-0012345",
            unit=Unit.M3,
            from_day="2026-10-31",
            first_value=1_234_567,
        ),
    )
    async def post(self, home: PlacePath, body: NewMeter) -> MeterView:
        """Write a meter of a home down; it is billed from the end of its first day on."""
        return await meters.add(self.deps, self.actor, home, body)


class MeterHandler(ApiHandler):
    @endpoint("getMeter", needs=Permission.READ_METERS)
    async def get(self, meter_id: PathMeterId) -> MeterView:
        """A meter with its latest readings and their photos."""
        return await meters.get(self.deps, self.actor, meter_id)


class ReadingsHandler(ApiHandler):
    @endpoint(
        "readMeter",
        needs=Permission.READ_METERS,
        status=201,
        errors=(
            "bad_meter",
            "meter_replaced",
            "reading_below_last",
            "reading_above_next",
            "reading_exists",
            "meter_changed",
        ),
        example=NewReading(day="2026-11-30", value=1_245_000),
    )
    async def post(self, meter_id: PathMeterId, body: NewReading) -> MeterView:
        """Write down what the dial showed. A dial never runs back."""
        return await meters.read(self.deps, self.actor, meter_id, body)


class ReplacementHandler(ApiHandler):
    @endpoint(
        "replaceMeter",
        needs=Permission.RUN_BILLS,
        status=201,
        errors=(
            "bad_meter",
            "meter_exists",
            "meter_replaced",
            "reading_below_last",
            "reading_exists",
            "meter_changed",
            "own_home",
        ),
        example=ReplaceMeter(
            day="2026-11-30",
            last_value=1_245_000,
            serial="2026-0000001",
            first_value=0,
            reason="到期更换",
        ),
    )
    async def post(self, meter_id: PathMeterId, body: ReplaceMeter) -> MeterView:
        """Read a meter for the last time, and write down the one that replaces it."""
        return await meters.replace(self.deps, self.actor, meter_id, body)


class PricesHandler(ApiHandler):
    @endpoint("listMeterPrices", needs=Permission.VIEW_UNPAID)
    async def get(self, place: PlacePath, query: MeterPricesQuery) -> Page[MeterPriceView]:
        """Prices of a compound, the latest first; each with the document that sets it."""
        return await prices.listing(self.deps, self.actor, place, query)

    @endpoint(
        "createMeterPrice",
        needs=Permission.MANAGE_FEES,
        status=201,
        errors=("bad_meter", "unknown_payee", "payee_may_not_charge"),
        example=NewMeterPrice(
            kind=MeterKind.WATER,
            price=28_000,
            from_day="2026-11-01",
            source="长发改价格〔2025〕1号",
            payee_id="01kt9a7c4m8q2v5x1z3b6d0e9j",
        ),
    )
    async def post(self, place: PlacePath, body: NewMeterPrice) -> MeterPriceView:
        """Write what a unit costs in a compound from a day on. Bills that are out stay."""
        return await prices.add(self.deps, self.actor, place, body)


class DuesHandler(ApiHandler):
    @endpoint("listMeterDues", needs=Permission.RUN_BILLS)
    async def get(self, place: PlacePath, query: MeterDuesQuery) -> Page[MeterDueView]:
        """What each meter under a place would be billed for now, and why one would not."""
        return await rounds.preview(self.deps, self.actor, place, query)


class RoundsHandler(ApiHandler):
    @endpoint("listMeterRounds", needs=Permission.RUN_BILLS)
    async def get(self, place: PlacePath, query: MeterRoundsQuery) -> Page[MeterRoundView]:
        """Rounds of metered bills of a compound, the latest day first."""
        return await rounds.listing(self.deps, self.actor, place, query)

    @endpoint(
        "startMeterRound",
        needs=Permission.RUN_BILLS,
        status=202,
        errors=("bad_meter", "no_meter_price", "meter_round_exists", "other_payee"),
        example=StartMeterRound(kind=MeterKind.WATER, to_day="2026-11-30"),
    )
    async def post(self, place: PlacePath, body: StartMeterRound) -> MeterRoundView:
        """Bill the meters of a compound up to a day; those nobody read are estimated."""
        return await rounds.start(self.deps, self.actor, place, body)


ROUTES = [
    Route("/api/v1/places/{place}/meters", MetersHandler),
    Route("/api/v1/homes/{home}/meters", HomeMetersHandler),
    Route("/api/v1/meters/{meter_id}", MeterHandler),
    Route("/api/v1/meters/{meter_id}/readings", ReadingsHandler),
    Route("/api/v1/meters/{meter_id}/replacement", ReplacementHandler),
    Route("/api/v1/places/{place}/meter-prices", PricesHandler),
    Route("/api/v1/places/{place}/meter-dues", DuesHandler),
    Route("/api/v1/places/{place}/meter-rounds", RoundsHandler),
]
