"""Shapes of Open311 GeoReport v2: names and types are the standard's, not ours.

Source: wiki.open311.org/GeoReport_v2. Instants in RFC 3339.
"""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct

from services.kernel.types import TEXT, Opaque

MOST_REQUESTS: Final = 1000
MOST_IDS: Final = 100

# Some fifty ids; ids and codes are ASCII. An address of more than 16 KB is refused before
# anybody reads it, and other letters take up to twelve bytes there.
Listed = Annotated[str, Meta(max_length=1400, pattern=r"^[!-~]*$(?!\n)")]
Text = Annotated[str, Meta(examples=["三楼的灯不亮"])]
Code = Annotated[str, Meta(examples=["stair_light"])]
Label = Annotated[str, Meta(examples=["楼道灯不亮"])]


class KeyQuery(Struct, kw_only=True):
    """Who asks. Other parameters are ignored, as the standard has it.

    `api_key`: Key of the client.
    `jurisdiction_id`: Ignored: there is one city.
    """

    api_key: Opaque = ""
    jurisdiction_id: Opaque = ""


class GeoRequestsQuery(KeyQuery, kw_only=True):
    """Which requests to list, the newest first.

    `service_request_id`: Ids, separated by commas; whatever else is asked for is ignored then.
    `service_code`: Codes of services, separated by commas.
    `start_date`: Earliest instant of the request; ninety days before the last without it.
    `end_date`: Latest instant of the request; now without it.
    `status`: `open`, `closed` or both, separated by commas.
    `page`: Number of the page.
    `page_size`: Requests of a page.
    """

    service_request_id: Listed = ""
    service_code: Listed = ""
    start_date: Opaque = ""
    end_date: Opaque = ""
    status: Opaque = ""
    page: Annotated[int, Meta(ge=1, le=MOST_REQUESTS)] = 1
    page_size: Annotated[int, Meta(ge=1, le=MOST_REQUESTS)] = MOST_REQUESTS


class RequestForm(Struct, kw_only=True):
    """Fields of a form that files a request. Who reported is not taken over.

    `api_key`: Key of the client. `service_code`: what is broken. `address_id`: path of the
    place. `address_string`: where it is, in words. `lat`, `long`: not enough alone.
    """

    api_key: Opaque = ""
    service_code: Annotated[str, Meta(max_length=100)] = ""
    address_id: Annotated[str, Meta(max_length=200)] = ""
    address_string: Annotated[str, Meta(max_length=300)] = ""
    description: Annotated[str, Meta(max_length=4000)] = ""


class Described(Struct):
    """What was typed into a form, as it is checked before it is kept."""

    text: Annotated[str, Meta(min_length=1, max_length=4400, pattern=TEXT)]


class GeoService(Struct, kw_only=True):
    """Service: a category of repairs of what all share.

    `service_code`: Code of the category.
    `service_name`: Category as people read it.
    `description`: Advice before it is reported.
    `metadata`: Whether more than a description is asked; never.
    `type`: `realtime`: the id is answered at once.
    `keywords`: Words that lead to it.
    `group`: Group that it lies in.
    """

    service_code: Code
    service_name: Label
    description: Annotated[str, Meta(examples=["请小心脚下"])]
    metadata: bool
    type: Annotated[str, Meta(examples=["realtime"])]
    keywords: Annotated[str, Meta(examples=["电和灯"])]
    group: Annotated[str, Meta(examples=["电和灯"])]


class GeoDefinition(Struct, kw_only=True):
    """Definition of a service.

    `service_code`: Code of the category.
    `attributes`: What more is asked; nothing.
    """

    service_code: Code
    attributes: Annotated[list[str], Meta(examples=[[]])]


class GeoRequest(Struct, kw_only=True):
    """Request: a repair of what all share, as the public may see it.

    `service_request_id`: Opaque id of the repair.
    `status`: `open` or `closed`.
    `status_notes`: How far it is.
    `service_name`: Category as people read it.
    `service_code`: Code of the category.
    `description`: What is broken; null until it was checked.
    `agency_responsible`: Who sees to it: the firm or the community.
    `service_notice`: Null: nothing.
    `requested_datetime`: When it was reported.
    `updated_datetime`: Since when it is in its state.
    `expected_datetime`: Deadline; null for none.
    `address`: Address of the place, as people say it.
    `address_id`: Path of the place.
    `zipcode`: Null: not kept.
    `lat`: Null: not kept.
    `long`: Null: not kept.
    `media_url`: Null: photos are not public.
    """

    service_request_id: str
    status: Annotated[str, Meta(examples=["open"])]
    status_notes: Annotated[str, Meta(examples=["待派工"])]
    service_name: Label
    service_code: Code
    description: Text | None
    agency_responsible: Annotated[str, Meta(examples=["物业"])]
    service_notice: str | None = None
    requested_datetime: datetime
    updated_datetime: datetime
    expected_datetime: datetime | None
    address: str
    address_id: Annotated[str, Meta(examples=["cc.chaoyang.guilin.xincheng.c07.b3.u2"])]
    zipcode: str | None = None
    lat: float | None = None
    long: float | None = None
    media_url: str | None = None


class FiledRequest(Struct, kw_only=True):
    """Request that was filed.

    `service_request_id`: Opaque id of the repair.
    `service_notice`: What happens next.
    `account_id`: Null: nobody has an account here.
    """

    service_request_id: str
    service_notice: Annotated[str, Meta(examples=["编号 26-0137,处理进展可随时查询"])]
    account_id: str | None = None


class GeoError(Struct, kw_only=True):
    """Failure, as the standard has it: the answer is a list of them.

    `code`: Status of the answer.
    `description`: What went wrong, in Chinese.
    """

    code: int
    description: Annotated[str, Meta(examples=["api_key 缺失或无效"])]
