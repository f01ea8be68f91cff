"""Endpoints of place codes: made, printed and ended for a place, read by who scans them."""

from typing import Annotated, Final

from msgspec import Meta

from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from handlers.http.downloads import Download, fixed
from services.kernel.pages import Page
from services.kernel.paths import PlacePath
from services.kernel.permissions import Permission
from services.kernel.sheets import PDF
from services.kernel.types import OPAQUE
from services.limits.models import Rate
from services.place_codes import actions, sheets
from services.place_codes.models import (
    NewPlaceCode,
    PlaceCodeKind,
    PlaceCodesQuery,
    PlaceCodeView,
    ScannedCode,
    SheetsQuery,
)

CodeId = Annotated[
    str, Meta(min_length=1, max_length=64, description="Id of the code, as lists show it.")
]
CodeToken = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=64,
        pattern=OPAQUE,
        description="Token of the code: the last part of the address that was scanned.",
    ),
]
# The same whatever the token is: it tells nobody which codes there are.
PAGE: Final = fixed(
    """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>报修码</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body style="font: 1.5em sans-serif; margin: 2em; text-align: center">
<p>请用微信“扫一扫”扫这个码</p></body></html>
""".encode(),
    "text/html; charset=utf-8",
)


class PlaceCodesHandler(ApiHandler):
    @endpoint("listPlaceCodes", needs=Permission.MANAGE_CODES)
    async def get(self, place: PlacePath, query: PlaceCodesQuery) -> Page[PlaceCodeView]:
        """Codes at a place and below it, in the order of places."""
        return await actions.listing(self.deps, self.actor, place, query)

    @endpoint(
        "createPlaceCode",
        needs=Permission.MANAGE_CODES,
        status=201,
        errors=("place_code_wrong_place", "place_code_exists"),
        example=NewPlaceCode(kind=PlaceCodeKind.LIFT, label="2号电梯", suggests="lift_stuck"),
    )
    async def post(self, place: PlacePath, body: NewPlaceCode) -> PlaceCodeView:
        """Make a code for a compound, a building or a unit, or for a thing there."""
        return await actions.add(self.deps, self.actor, place, body)


class PlaceCodeSheetsHandler(ApiHandler):
    @endpoint(
        "getPlaceCodeSheets",
        needs=Permission.MANAGE_CODES,
        media_type=PDF,
        errors=("no_place_codes", "paper_too_long"),
    )
    async def get(self, place: PlacePath, query: SheetsQuery) -> Download:
        """Sheets to hang up: one page for each code in use at a place and below it."""
        made = await sheets.printed(self.deps, self.actor, place, query)
        return Download(made, PDF, "报修码.pdf")


class PlaceCodeRenewalHandler(ApiHandler):
    @endpoint(
        "replacePlaceCodeToken", needs=Permission.MANAGE_CODES, errors=("place_code_ended",)
    )
    async def post(self, code_id: CodeId) -> PlaceCodeView:
        """Replace what a code says: sheets that were printed before lead nowhere."""
        return await actions.renew(self.deps, self.actor, code_id)


class PlaceCodeEndHandler(ApiHandler):
    @endpoint("endPlaceCode", needs=Permission.MANAGE_CODES, errors=("place_code_ended",))
    async def post(self, code_id: CodeId) -> PlaceCodeView:
        """End a code: its sheets lead nowhere."""
        return await actions.end(self.deps, self.actor, code_id)


class ScannedCodeHandler(ApiHandler):
    @endpoint(
        "getScannedPlaceCode",
        needs=Access.SIGNED_IN,
        errors=("place_code_unknown",),
        rate=Rate.GUESS,
    )
    async def get(self, token: CodeToken) -> ScannedCode:
        """The place that a scanned code stands for, to begin a report with."""
        return await actions.get_scanned(self.deps, token)


class PlaceCodePageHandler(ApiHandler):
    @endpoint("getPlaceCodePage", needs=Access.PUBLIC, media_type="text/html")
    async def get(self, token: CodeToken) -> Download:  # noqa: ARG002  # in the address
        """Page for who scans a printed code with anything but WeChat."""
        return PAGE


ROUTES = [
    Route("/api/v1/places/{place}/codes", PlaceCodesHandler),
    Route("/api/v1/places/{place}/codes/sheet", PlaceCodeSheetsHandler),
    Route("/api/v1/place-codes/by-token/{token}", ScannedCodeHandler),
    Route("/api/v1/place-codes/{code_id}/renewal", PlaceCodeRenewalHandler),
    Route("/api/v1/place-codes/{code_id}/end", PlaceCodeEndHandler),
    Route("/c/{token}", PlaceCodePageHandler),
]
