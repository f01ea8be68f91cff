"""Outages: what is kept of them, what is sent, and what is seen."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.kernel.labels import Labelled
from services.kernel.pages import ListQuery
from services.kernel.paths import PlacePath
from services.kernel.types import Instant, Reason, Remark
from services.places.models import Kind
from services.repairs.models import CategoryCode
from services.repairs.outages.states import OutageState

MOST_PLACES: Final = 50
MOST_CATEGORIES: Final = 10
# What stops for a single home is a repair.
PLACES: Final = frozenset({Kind.COMPOUND, Kind.BUILDING, Kind.UNIT})


class OutageKind(Labelled):
    """What does not work."""

    WATER = "water", "停水"
    ELECTRICITY = "electricity", "停电"
    HEATING = "heating", "停供暖"
    GAS = "gas", "停气"
    LIFT = "lift", "电梯停运"
    DRAINS = "drains", "排水停用"
    OTHER = "other", "设施停用"


class Outage(Struct, kw_only=True):
    """Outage of something that homes share.

    `places`: buildings and units of one compound, the outermost. `categories`: reports of these
    there are about it. `planned`: it was known before. `ends_at`: when it is expected to be
    over. `version`: counts what people were told; each is a broadcast of its own.
    `reports`: repairs that are attached to it.
    """

    id: str = field(name="_id")
    compound: str
    places: list[str]
    kind: OutageKind
    planned: bool
    categories: list[str]
    begins_at: datetime
    ends_at: datetime
    text: str
    state: OutageState = OutageState.ANNOUNCED
    version: int = 1
    reports: int = 0
    announced_by: str
    announced_at: datetime
    ended_by: str = ""
    ended_at: datetime | None = None
    cancelled_because: str = ""


# What clients send and see


class NewOutage(Struct, forbid_unknown_fields=True, kw_only=True):
    """Outage to announce.

    `places`: Paths of the compound, or of buildings and units of it.
    `kind`: What does not work.
    `planned`: Whether it was known before; everybody is woken for a sudden one.
    `categories`: Codes of the categories whose reports there are about it.
    `begins_at`: Since when, or from when on; now without it.
    `ends_at`: When it is expected to be over.
    `text`: What people should know, e.g. the reason, and what to do.
    """

    places: Annotated[list[PlacePath], Meta(min_length=1, max_length=MOST_PLACES)]
    kind: OutageKind
    planned: bool
    categories: Annotated[list[CategoryCode], Meta(max_length=MOST_CATEGORIES)] = []
    begins_at: Instant | None = None
    ends_at: Instant
    text: Remark


class PostponeOutage(Struct, forbid_unknown_fields=True, kw_only=True):
    """Another expected end of an outage.

    `ends_at`: When it is expected to be over now; earlier or later than before.
    `text`: What people should know; as before without it.
    """

    ends_at: Instant
    text: Remark | None = None


class CancelOutage(Struct, forbid_unknown_fields=True, kw_only=True):
    """Reason why a planned outage does not come.

    `reason`: Why; everybody who was told reads it.
    """

    reason: Reason


class OutagesAtQuery(Struct, forbid_unknown_fields=True, kw_only=True):
    """Place whose outages are asked for.

    `place`: Path of my home, or of the unit, building or compound.
    `category`: Code of what I am about to report: only outages that it is about.
    """

    place: PlacePath
    category: CategoryCode | None = None


class OutagesQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which outages to list, the latest beginning first.

    `kind`: What does not work; anything without it.
    `state`: State of the outages; any without it.
    `planned`: Only planned ones, or only sudden ones.
    """

    kind: OutageKind | None = None
    state: OutageState | None = None
    planned: bool | None = None


class OutageView(Struct, kw_only=True):
    """Outage of something that homes share.

    `outage_id`: Opaque id of the outage.
    `places`: Paths of the places.
    `address`: Addresses of the places, as people say them.
    `kind`: What does not work.
    `planned`: Whether it was known before.
    `categories`: Codes of the categories whose reports there are about it.
    `begins_at`: When it began or begins.
    `ends_at`: When it is expected to be over.
    `text`: What people should know.
    `state`: State of the outage.
    `running`: Whether it has begun and is not over.
    `overdue`: Whether it was expected to be over by now, and nobody has said that it is.
    `reports`: How many reports are attached to it.
    `announced_at`: When it was announced.
    `ended_at`: When it was over; null before.
    `cancelled_because`: Why it does not come; null unless it was cancelled.
    """

    outage_id: str
    places: Annotated[list[PlacePath], Meta(examples=[["cc.chaoyang.guilin.xincheng.c07.b3"]])]
    address: str
    kind: OutageKind
    planned: bool
    categories: Annotated[list[CategoryCode], Meta(examples=[["no_water"]])]
    begins_at: datetime
    ends_at: datetime
    text: Annotated[str, Meta(examples=["更换水泵,请提前存水"])]
    state: OutageState
    running: bool
    overdue: bool
    reports: int
    announced_at: datetime
    ended_at: datetime | None
    cancelled_because: Annotated[str, Meta(examples=["施工改期"])] | None
