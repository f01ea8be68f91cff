"""Endpoints of register imports: uploaded, previewed, confirmed, undone, discarded."""

import asyncio
from typing import Final

from handlers.http.base import ApiHandler
from handlers.http.contract import Route, endpoint
from handlers.http.downloads import Download
from handlers.http.uploads import UploadHandler
from services.kernel.pages import Page
from services.kernel.paths import PlacePath
from services.kernel.permissions import Permission
from services.kernel.tables import XLSX
from services.limits.models import Rate
from services.register import actions as register
from services.register import uploads
from services.register.models import (
    ConfirmImport,
    Difference,
    DifferencesQuery,
    ImportId,
    ImportsQuery,
    ImportView,
    ProblemsQuery,
)
from services.register.sheet.models import RowProblem
from services.register.sheet.template import FILENAME, template

# 20 MB, which the service checks, in a form with one file.
LONGEST_FORM_BYTES: Final = 21 * 1024 * 1024


class TemplateHandler(ApiHandler):
    @endpoint("getRegisterTemplate", needs=Permission.IMPORT_REGISTER, media_type=XLSX)
    async def get(self) -> Download:
        """The empty register to fill in, with an example and notes."""
        return Download(await asyncio.to_thread(template), XLSX, FILENAME)


class ImportsHandler(UploadHandler):
    max_body_bytes = LONGEST_FORM_BYTES

    @endpoint(
        "uploadRegister",
        needs=Permission.IMPORT_REGISTER,
        status=202,
        media_type=XLSX,
        errors=("register_not_a_compound", "register_file_refused", "too_large"),
        rate=Rate.UPLOAD,
    )
    async def post(self, place: PlacePath, body: bytes) -> ImportView:
        """Upload a register of a compound. Nothing is written before it is confirmed."""
        return await uploads.upload(self.deps, self.actor, place, body)

    @endpoint("listRegisterImports", needs=Permission.IMPORT_REGISTER)
    async def get(self, place: PlacePath, query: ImportsQuery) -> Page[ImportView]:
        """The imports of a compound, newest first."""
        return await register.listing(self.deps, self.actor, place, query)


class ImportHandler(ApiHandler):
    @endpoint("getRegisterImport", needs=Permission.IMPORT_REGISTER)
    async def get(self, import_id: ImportId) -> ImportView:
        """How far an import is, and what the file holds."""
        return await register.get(self.deps, self.actor, import_id)


class ProblemsHandler(ApiHandler):
    @endpoint("listRegisterProblems", needs=Permission.IMPORT_REGISTER)
    async def get(self, import_id: ImportId, query: ProblemsQuery) -> Page[RowProblem]:
        """What is wrong with the file, by row and column."""
        return await register.problems(self.deps, self.actor, import_id, query)


class DifferencesHandler(ApiHandler):
    @endpoint("listRegisterDifferences", needs=Permission.IMPORT_REGISTER)
    async def get(self, import_id: ImportId, query: DifferencesQuery) -> Page[Difference]:
        """Homes that are there with another area or use than the file has, in its order."""
        return await register.differences(self.deps, self.actor, import_id, query)


class ConfirmHandler(ApiHandler):
    @endpoint(
        "confirmRegisterImport",
        needs=Permission.IMPORT_REGISTER,
        status=202,
        errors=(
            "register_wrong_state",
            "register_has_errors",
            "register_has_warnings",
            "register_busy",
            "bad_first_day",
            "no_such_difference",
            "own_home",
        ),
        example=ConfirmImport(accept_warnings=True),
    )
    async def post(self, import_id: ImportId, body: ConfirmImport) -> ImportView:
        """Write what the preview showed: new homes, their people, accepted corrections."""
        return await register.confirm(self.deps, self.actor, import_id, body)


class UndoHandler(ApiHandler):
    @endpoint(
        "undoRegisterImport",
        needs=Permission.IMPORT_REGISTER,
        status=202,
        errors=("register_wrong_state", "register_in_use", "register_busy"),
    )
    async def post(self, import_id: ImportId) -> ImportView:
        """Take an import back while nothing hangs on what it made."""
        return await register.undo(self.deps, self.actor, import_id)


class DiscardHandler(ApiHandler):
    @endpoint(
        "discardRegisterImport",
        needs=Permission.IMPORT_REGISTER,
        errors=("register_wrong_state",),
    )
    async def post(self, import_id: ImportId) -> ImportView:
        """Give an import up before it is confirmed."""
        return await register.discard(self.deps, self.actor, import_id)


ROUTES = [
    Route("/api/v1/register-template", TemplateHandler),
    Route("/api/v1/places/{place}/register-imports", ImportsHandler),
    Route("/api/v1/register-imports/{import_id}", ImportHandler),
    Route("/api/v1/register-imports/{import_id}/problems", ProblemsHandler),
    Route("/api/v1/register-imports/{import_id}/differences", DifferencesHandler),
    Route("/api/v1/register-imports/{import_id}/confirm", ConfirmHandler),
    Route("/api/v1/register-imports/{import_id}/undo", UndoHandler),
    Route("/api/v1/register-imports/{import_id}/discard", DiscardHandler),
]
