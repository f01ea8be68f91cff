"""Endpoints of Open311 GeoReport v2: a city's system reads and files repairs of common parts.

JSON only. Source: wiki.open311.org/GeoReport_v2; what we do otherwise:
docs/reference/open311.md.
"""

from typing import Annotated, Any, Final
from urllib.parse import parse_qsl

import msgspec
from msgspec import Meta

from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from handlers.http.problems import Problem, UnreadableRequest
from services.repairs.city_clients import actions as clients
from services.repairs.city_clients import filings, georeport
from services.repairs.city_clients.georeport import BadGeoReport
from services.repairs.city_clients.shapes import (
    FiledRequest,
    GeoDefinition,
    GeoError,
    GeoRequest,
    GeoRequestsQuery,
    GeoService,
    KeyQuery,
    RequestForm,
)

FORM: Final = "application/x-www-form-urlencoded"
MOST_FIELDS: Final = 100
# Whatever else cannot be done as asked is 400, says the standard.
KEPT: Final = frozenset({403, 404, 405, 429, 500, 503})

ServiceCode = Annotated[
    str, Meta(min_length=1, max_length=100, description="Code of a service, as listed.")
]
RequestId = Annotated[
    str, Meta(min_length=1, max_length=100, description="Id of a request, as listed.")
]


class Open311Handler(ApiHandler):
    """No session here: a client proves itself by its key."""

    failure = list[GeoError]

    def query_arguments(self) -> dict[str, str]:
        """Return what was asked; an empty parameter is none, says the standard."""
        return {name: value for name, value in super().query_arguments().items() if value}

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        problem = self.problem_told(status_code, **kwargs)
        status = problem.status if problem.status in KEPT else 400
        self.set_status(status)
        if "retry_after_seconds" in problem.details:
            self.set_header("Retry-After", str(problem.details["retry_after_seconds"]))
        self.finish(msgspec.json.encode([GeoError(code=status, description=_said(problem))]))


def _said(problem: Problem) -> str:
    fields = [f"{each.field}:{each.message}" for each in problem.errors]
    return ";".join([problem.title, *fields])


class GeoServicesHandler(Open311Handler):
    @endpoint("listGeoServices", needs=Access.PUBLIC, errors=("city_client_unknown",))
    async def get(self, query: KeyQuery) -> list[GeoService]:
        """Open311: services, which are our categories of what all share."""
        client = await clients.access(self.deps, query.api_key)
        return await georeport.services(self.deps, client)


class GeoServiceHandler(Open311Handler):
    @endpoint(
        "getGeoService",
        needs=Access.PUBLIC,
        errors=("city_client_unknown", "service_unknown"),
    )
    async def get(self, service_code: ServiceCode, query: KeyQuery) -> GeoDefinition:
        """Open311: definition of one service; nothing more is asked of any."""
        client = await clients.access(self.deps, query.api_key)
        return await georeport.definition(self.deps, client, service_code)


class GeoRequestsHandler(Open311Handler):
    @endpoint(
        "listGeoRequests",
        needs=Access.PUBLIC,
        errors=("city_client_unknown", "bad_geo_report"),
    )
    async def get(self, query: GeoRequestsQuery) -> list[GeoRequest]:
        """Open311: repairs of what all share at the places of the client, the newest first."""
        client = await clients.access(self.deps, query.api_key)
        return await georeport.requests(self.deps, client, query)

    @endpoint(
        "createGeoRequest",
        needs=Access.PUBLIC,
        status=201,
        media_type=FORM,
        errors=("city_client_unknown", "bad_geo_report", "service_unknown", "not_found"),
    )
    async def post(self, body: bytes) -> list[FiledRequest]:
        """Open311: file a repair of what all share; the same again is the same repair."""
        form = _form(body)
        client = await clients.access(self.deps, form.api_key)
        return [await filings.file(self.deps, client, form)]


class GeoRequestHandler(Open311Handler):
    @endpoint(
        "getGeoRequest",
        needs=Access.PUBLIC,
        errors=("city_client_unknown", "service_request_unknown"),
    )
    async def get(self, request_id: RequestId, query: KeyQuery) -> list[GeoRequest]:
        """Open311: one repair of what all share, as a list of one."""
        client = await clients.access(self.deps, query.api_key)
        return [await georeport.request(self.deps, client, request_id)]


def _form(body: bytes) -> RequestForm:
    """Read a form. Raises BadGeoReport, UnreadableRequest."""
    try:
        pairs = parse_qsl(body.decode(), max_num_fields=MOST_FIELDS)
    except ValueError:
        raise BadGeoReport("请用 UTF-8 的表单(application/x-www-form-urlencoded)") from None
    try:
        return msgspec.convert(dict(pairs), RequestForm)
    except msgspec.ValidationError as error:
        raise UnreadableRequest(error) from error


ROUTES = [
    Route("/open311/v2/services.json", GeoServicesHandler),
    Route("/open311/v2/services/{service_code}.json", GeoServiceHandler),
    Route("/open311/v2/requests.json", GeoRequestsHandler),
    Route("/open311/v2/requests/{request_id}.json", GeoRequestHandler),
]
