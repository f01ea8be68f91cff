from msgspec import Struct

from handlers import cursors
from handlers.base import ApiHandler
from handlers.contract import Page, Route, endpoint
from services.fees.models import FeeKind
from services.kernel.days import Month, month_of
from services.kernel.paths import PlacePath
from services.kernel.permissions import Permission
from services.statistics import actions
from services.statistics.models import By, Debts, Months, RatesView, Span, UnpaidHome


class UnpaidHomesQuery(Struct, forbid_unknown_fields=True):
    period: Month | None = None
    kind: FeeKind | None = None
    limit: cursors.Limit = 50
    cursor: cursors.Cursor | None = None


class RatesQuery(Struct, forbid_unknown_fields=True):
    """`months` counts from `period` on, which is this month unless said otherwise."""

    period: Month | None = None
    months: Months = 1
    kind: FeeKind | None = None
    by: By | None = None


class UnpaidHomesHandler(ApiHandler):
    @endpoint(needs=Permission.VIEW_UNPAID, errors=("ask_its_buildings",))
    async def get(self, place: PlacePath, query: UnpaidHomesQuery) -> Page[UnpaidHome]:
        """Homes under a place that owe something, by path."""
        items = await actions.unpaid_homes(
            self.deps,
            self.actor,
            place,
            Debts(query.period, query.kind),
            after=cursors.read(query.cursor),
            limit=query.limit,
        )
        return cursors.page(items, query.limit, lambda item: item.place)


class RatesHandler(ApiHandler):
    @endpoint(
        needs=Permission.VIEW_RATES,
        errors=("ask_its_buildings", "bad_breakdown", "too_many_parts"),
    )
    async def get(self, place: PlacePath, query: RatesQuery) -> RatesView:
        """The three collection rates of a place, and of its parts when asked for."""
        period = query.period or month_of(self.deps.now())
        span = Span(period, query.months, query.kind)
        return await actions.rates_of(self.deps, self.actor, place, span, by=query.by)


ROUTES = [
    Route("/api/v1/places/{place}/unpaid-homes", UnpaidHomesHandler),
    Route("/api/v1/places/{place}/rates", RatesHandler),
]
