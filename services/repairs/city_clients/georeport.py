"""Reads of Open311 GeoReport v2: public fields of what all share, none of homes or people."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from services.dependencies import Dependencies
from services.kernel import errors
from services.kernel.documents import Document
from services.places import actions as places
from services.repairs.categories import actions as categories
from services.repairs.categories.models import CategoryView, Scope
from services.repairs.city_clients import requests_store
from services.repairs.city_clients.models import CityClient
from services.repairs.city_clients.shapes import (
    MOST_IDS,
    MOST_REQUESTS,
    GeoDefinition,
    GeoRequest,
    GeoRequestsQuery,
    GeoService,
)
from services.repairs.models import Repair
from services.repairs.states import OPEN, RepairState

LONGEST: Final = timedelta(days=90)
STATUSES: Final[dict[str, list[RepairState]]] = {
    "open": [*OPEN],
    "closed": [state for state in RepairState if state not in OPEN],
}


class BadGeoReport(errors.InvalidInput):
    """The request is not what the standard says, or asks for more than ninety days."""

    code = "bad_geo_report"


class ServiceUnknown(errors.NotFound):
    """No category of what all share has this code today."""

    code = "service_unknown"


class RequestUnknown(errors.NotFound):
    """There is no such request of what all share at the places of the client."""

    code = "service_request_unknown"


async def services(deps: Dependencies, client: CityClient) -> list[GeoService]:
    """Categories that can be chosen today for what all share."""
    tree = await categories.tree(deps, client.place)
    groups = {each.code: each.label for each in tree if each.is_group}
    return [
        GeoService(
            service_code=each.code,
            service_name=each.label,
            description=each.hint or each.label,
            metadata=False,
            type="realtime",
            keywords=group,
            group=group,
        )
        for each in tree
        if _is_offered(each)
        for group in [groups.get(each.parent or "", "")]
    ]


def _is_offered(category: CategoryView) -> bool:
    return not category.is_group and category.scope is not Scope.HOME


async def definition(deps: Dependencies, client: CityClient, code: str) -> GeoDefinition:
    """Definition of a service, which asks nothing. Raises ServiceUnknown."""
    tree = await categories.tree(deps, client.place)
    if not any(each.code == code and _is_offered(each) for each in tree):
        raise ServiceUnknown(f"没有这个 service_code:{code}")
    return GeoDefinition(service_code=code, attributes=[])


async def requests(
    deps: Dependencies, client: CityClient, query: GeoRequestsQuery
) -> list[GeoRequest]:
    """Requests under the place of a client, the newest first. Raises BadGeoReport."""
    if ids := _listed(query.service_request_id):
        if len(ids) > MOST_IDS:
            raise BadGeoReport(f"一次最多查询 {MOST_IDS} 个 service_request_id")
        return await _shown(deps, await requests_store.find_shared(deps.db, client.place, ids))
    skip = (query.page - 1) * query.page_size
    limit = min(query.page_size, MOST_REQUESTS - skip)
    if limit <= 0:
        raise BadGeoReport(f"一次查询最多 {MOST_REQUESTS} 条,请缩短时间范围")
    where = _where(deps, query)
    found = await requests_store.shared(deps.db, client.place, where, skip=skip, limit=limit)
    return await _shown(deps, found)


async def request(deps: Dependencies, client: CityClient, request_id: str) -> GeoRequest:
    """One request. Raises RequestUnknown."""
    found = await requests_store.find_shared(deps.db, client.place, [request_id])
    if not found:
        raise RequestUnknown("没有这个 service_request_id")
    [shown] = await _shown(deps, found)
    return shown


def _listed(text: str) -> list[str]:
    return [part for each in text.split(",") if (part := each.strip())]


def _where(deps: Dependencies, query: GeoRequestsQuery) -> Document:
    first, last = _range(deps, query)
    where: Document = {"created_at": {"$gte": first, "$lte": last}}
    if codes := _listed(query.service_code):
        where["category"] = {"$in": codes}
    if wanted := _listed(query.status):
        if unknown := {*wanted} - STATUSES.keys():
            raise BadGeoReport(f"没有这个 status:{min(unknown)}")
        where["state"] = {"$in": [state for each in wanted for state in STATUSES[each]]}
    return where


def _range(deps: Dependencies, query: GeoRequestsQuery) -> tuple[datetime, datetime]:
    """Return the first and the last instant that are asked for: ninety days by default."""
    first, last = _instant(query.start_date), _instant(query.end_date)
    if last is None:
        last = deps.now() if first is None else min(first + LONGEST, deps.now())
    first = first or last - LONGEST
    if last - first > LONGEST:
        raise BadGeoReport("start_date 和 end_date 最多相隔 90 天")
    return first, last


def _instant(text: str) -> datetime | None:
    """Read an instant with its offset. A + that nobody escaped is a blank in an address."""
    if not text:
        return None
    try:
        read = msgspec.convert(text.replace(" ", "+"), datetime)
    except msgspec.ValidationError:
        raise BadGeoReport("时间请写成 2026-03-02T04:00:00Z") from None
    if read.tzinfo is None:
        raise BadGeoReport("时间请带上时区,如 2026-03-02T04:00:00Z")
    return _bounded(read)


def _bounded(instant: datetime) -> datetime:
    """Return an instant that ninety days can be added to or taken from."""
    earliest, latest = datetime(1970, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)
    return min(max(instant, earliest), latest)


async def _shown(deps: Dependencies, found: Sequence[Repair]) -> list[GeoRequest]:
    addresses = await places.addresses(deps, sorted({repair.place for repair in found}))
    labels = await categories.labels(deps, {(each.place, each.category) for each in found})
    return [
        GeoRequest(
            service_request_id=repair.id,
            status="open" if repair.state in OPEN else "closed",
            status_notes=repair.state.label,
            service_name=labels[repair.place, repair.category],
            service_code=repair.category,
            description=repair.text if repair.text_shown else None,
            agency_responsible="物业" if repair.firm else "社区",
            requested_datetime=repair.created_at,
            updated_datetime=repair.entered_at or repair.created_at,
            expected_datetime=repair.due_at,
            address=addresses.get(repair.place, repair.place),
            address_id=repair.place,
        )
        for repair in found
    ]
