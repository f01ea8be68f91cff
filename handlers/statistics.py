"""Endpoints of statistics: collection rates of places and firms, and homes that owe."""

from msgspec import Struct

from handlers.http.base import ApiHandler
from handlers.http.contract import Route, endpoint
from services.bills.unpaid_homes import actions as unpaid_homes
from services.bills.unpaid_homes.models import UnpaidHome, UnpaidHomesQuery
from services.fees.models import FeeKind
from services.firms.models import FirmId
from services.kernel.days import Month, month_of
from services.kernel.measures import Span
from services.kernel.pages import Page
from services.kernel.paths import PlacePath
from services.kernel.permissions import Permission
from services.statistics import actions, series
from services.statistics.models import (
    By,
    FirmSeriesView,
    Months,
    PlaceSeriesQuery,
    RatesView,
    SeriesQuery,
    SeriesView,
)


class RatesQuery(Struct, forbid_unknown_fields=True):
    """Which rates to compute.

    `period`: First month of the span; this month without it.
    `months`: Number of months of the span.
    `kind`: Fee to look at; all fees without it.
    `by`: Kind of place to break the rates down by; none without it.
    """

    period: Month | None = None
    months: Months = 1
    kind: FeeKind | None = None
    by: By | None = None


class UnpaidHomesHandler(ApiHandler):
    @endpoint("listUnpaidHomes", needs=Permission.VIEW_UNPAID, errors=("ask_its_buildings",))
    async def get(self, place: PlacePath, query: UnpaidHomesQuery) -> Page[UnpaidHome]:
        """Homes under a place that are late with a bill; others when asked for, after them.

        For which months and fees, how much of it is overdue, and how much has time.
        """
        return await unpaid_homes.listing(self.deps, self.actor, place, query)


class RatesHandler(ApiHandler):
    @endpoint(
        "getCollectionRates",
        needs=Permission.VIEW_RATES,
        errors=("ask_its_buildings", "bad_breakdown", "too_many_parts"),
    )
    async def get(self, place: PlacePath, query: RatesQuery) -> RatesView:
        """The three collection rates of a place, and of its parts when asked for."""
        period = query.period or month_of(self.deps.now())
        span = Span(period, query.months, query.kind)
        return await actions.rates_of(self.deps, self.actor, place, span, by=query.by)


class RatesSeriesHandler(ApiHandler):
    @endpoint(
        "getCollectionRatesSeries",
        needs=Permission.VIEW_RATES,
        errors=("ask_its_buildings", "bad_breakdown", "bad_months", "too_many_parts"),
    )
    async def get(self, place: PlacePath, query: PlaceSeriesQuery) -> SeriesView:
        """The three rates of a place or a grid month by month, and of its parts."""
        return await series.of_place(self.deps, self.actor, place, query)


class FirmRatesSeriesHandler(ApiHandler):
    @endpoint(
        "getFirmRatesSeries",
        needs=Permission.VIEW_RATES,
        errors=("bad_months", "too_many_parts"),
    )
    async def get(self, firm_id: FirmId, query: SeriesQuery) -> FirmSeriesView:
        """The three rates of the compounds that a firm served, month by month."""
        return await series.of_firm(self.deps, self.actor, firm_id, query)


ROUTES = [
    Route("/api/v1/places/{place}/unpaid-homes", UnpaidHomesHandler),
    Route("/api/v1/places/{place}/rates", RatesHandler),
    Route("/api/v1/places/{place}/rates/series", RatesSeriesHandler),
    Route("/api/v1/firms/{firm_id}/rates/series", FirmRatesSeriesHandler),
]
