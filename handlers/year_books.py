"""Endpoints of year-end books (年度账册): a compound's books of a year for its accountant."""

from handlers.http.base import ApiHandler
from handlers.http.contract import Route, endpoint
from services.exports.models import ExportView
from services.kernel.paths import PlacePath
from services.kernel.permissions import Permission
from services.limits.models import Rate
from services.year_books import actions as year_books
from services.year_books.models import NewYearBook


class YearBooksHandler(ApiHandler):
    @endpoint(
        "exportYearBook",
        needs=Permission.VIEW_DEBTORS,
        status=202,
        errors=("exports_full", "exports_under_way", "not_a_compound", "year_not_begun"),
        example=NewYearBook(year=2025),
        rate=Rate.EXPORT_LIST,
    )
    async def post(self, place: PlacePath, body: NewYearBook) -> ExportView:
        """Ask for the books of a year as a spreadsheet: sums, bills, payments, arrears."""
        return await year_books.ask(self.deps, self.actor, place, body)


ROUTES = [Route("/api/v1/places/{place}/year-books", YearBooksHandler)]
