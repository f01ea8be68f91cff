"""Endpoints of exports: a list or one's own data as a file, asked for, followed, fetched."""

import msgspec

from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from handlers.http.downloads import Download, Signed
from services.exports import actions as exports
from services.exports.models import ExportId, ExportList, ExportView, ListView
from services.kernel.pages import Page, ShortListQuery
from services.kernel.paths import PlacePath
from services.limits.models import Rate


class ListsHandler(ApiHandler):
    @endpoint("listExportableLists", needs=Access.SIGNED_IN)
    async def get(self) -> Page[ListView]:
        """Lists that I may export, by name, with what each takes."""
        return Page(exports.readable_lists(self.deps, self.actor))


class ExportsHandler(ApiHandler):
    def place_asked_for(self) -> str:
        """Return the place of the wish: its auditor sees who tried, as with the list itself."""
        try:
            wish = msgspec.json.decode(self.request.body, type=ExportList)
            return msgspec.convert(wish.subject or "", PlacePath)
        except msgspec.DecodeError:
            return ""

    @endpoint("listMyExports", needs=Access.SIGNED_IN)
    async def get(self, query: ShortListQuery) -> Page[ExportView]:
        """The files that I asked for within a day, newest first."""
        return await exports.listing(self.deps, self.actor, query)

    @endpoint(
        "exportList",
        needs=Access.SIGNED_IN,
        status=202,
        errors=(
            "forbidden",
            "not_found",
            "bad_filters",
            "bad_subject",
            "exports_under_way",
            "exports_full",
        ),
        example=ExportList(list="refunds", filters={"sort": "newest"}),
        rate=Rate.EXPORT_LIST,
    )
    async def post(self, body: ExportList) -> ExportView:
        """Ask for a whole list as a spreadsheet or as CSV, with what I may see of it."""
        return await exports.ask_for_list(self.deps, self.actor, body)


class ExportHandler(ApiHandler):
    @endpoint("getExport", needs=Access.SIGNED_IN, errors=("confirmation_needed", "forbidden"))
    async def get(self, export_id: ExportId) -> ExportView:
        """How far a file of mine is; once it is ready, where it is for five minutes."""
        return await exports.get(self.deps, self.actor, export_id)


class ExportFileHandler(ApiHandler):
    @endpoint("getExportFile", needs=Access.PUBLIC, media_type="*/*")
    async def get(self, export_id: ExportId, query: Signed) -> Download:
        """The file, for whoever was given its address."""
        file = await exports.hand_out(self.deps, export_id, query.expires, query.signature)
        self.set_header("Cache-Control", "private, no-store")
        return Download(file.content, file.content_type, file.filename)


ROUTES = [
    Route("/api/v1/export-lists", ListsHandler),
    Route("/api/v1/exports", ExportsHandler),
    Route("/api/v1/exports/{export_id}", ExportHandler),
    Route("/exports/{export_id}", ExportFileHandler),
]
