"""Endpoints of statements: what was billed of a home in a year, and paid."""

from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from handlers.http.downloads import Download
from handlers.http.ids import HomePath
from services.kernel.sheets import PDF
from services.kernel.tables import XLSX
from services.payments.statements import actions as statements
from services.payments.statements.models import Statement, StatementQuery


class HomeStatementHandler(ApiHandler):
    @endpoint("getHomeStatement", needs=Access.SIGNED_IN, errors=("forbidden",))
    async def get(self, home: HomePath, query: StatementQuery) -> Statement:
        """What was billed of a home in a year, paid, given back and is owed, by fee."""
        return await statements.of_home(self.deps, self.actor, home, query)


class HomeStatementSheetHandler(ApiHandler):
    @endpoint(
        "getHomeStatementSheet",
        needs=Access.SIGNED_IN,
        media_type=PDF,
        errors=("forbidden", "paper_too_long"),
    )
    async def get(self, home: HomePath, query: StatementQuery) -> Download:
        """The statement of a home for a year, on paper."""
        made = await statements.printed(self.deps, self.actor, home, query)
        return Download(made, PDF, f"对账单{query.year}.pdf")


class HomeStatementTableHandler(ApiHandler):
    @endpoint(
        "getHomeStatementTable",
        needs=Access.SIGNED_IN,
        media_type=XLSX,
        errors=("forbidden",),
    )
    async def get(self, home: HomePath, query: StatementQuery) -> Download:
        """The statement of a home for a year, as a spreadsheet."""
        made = await statements.workbook(self.deps, self.actor, home, query)
        return Download(made, XLSX, f"对账单{query.year}.xlsx")


ROUTES = [
    Route("/api/v1/homes/{home}/statement", HomeStatementHandler),
    Route("/api/v1/homes/{home}/statement/sheet", HomeStatementSheetHandler),
    Route("/api/v1/homes/{home}/statement/table", HomeStatementTableHandler),
]
