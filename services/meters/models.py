"""Meters: what is kept, sent and seen of them and of their readings."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.kernel.days import Day
from services.kernel.labels import Labelled
from services.kernel.pages import ListQuery
from services.kernel.types import LINE, Id, Reason
from services.photos.models import PhotoUrl

MOST_PHOTOS: Final = 3
SHOWN: Final = 12  # readings of a meter in a view

Serial = Annotated[
    str, Meta(min_length=1, max_length=40, pattern=LINE, examples=["2025-0012345"])
]
# What the dial shows, in 0.001 of its unit: 1234.567 m³ are 1234567.
DialValue = Annotated[int, Meta(ge=0, le=10**10, examples=[1_234_567])]


class MeterKind(Labelled):
    WATER = "water", "水表"
    HOT_WATER = "hot_water", "热水表"
    HEAT = "heat", "热量表"
    OTHER = "other", "其他计量表"


class Unit(Labelled):
    M3 = "m3", "立方米"
    KWH = "kwh", "千瓦时"
    GJ = "gj", "吉焦"


class ReadBy(Labelled):
    """Who read a meter; which person, says the audit."""

    OFFICE = "office", "工作人员抄表"
    RESIDENT = "resident", "住户自报"


class Reading(Struct, frozen=True, kw_only=True):
    """What a dial showed at the end of a day."""

    day: Day
    value: int
    by: ReadBy
    photos: list[str] = []
    at: datetime


class Meter(Struct, kw_only=True):
    """Meter of a home. Its readings only grow, and its dial never runs back.

    `slot`: the serial number while it hangs there, unique per compound. `billed_day`,
    `billed_value`: up to when and to which value of the dial its home was billed, also where
    that value was estimated. `version`: fence of whoever changes it.
    """

    id: str = field(name="_id")
    compound: str
    home: str
    slot: str
    kind: MeterKind
    serial: str
    unit: Unit
    from_day: Day
    first_value: int
    to_day: Day | None = None  # when it was replaced
    replaces: str = ""
    readings: list[Reading] = []  # by day
    billed_day: Day
    billed_value: int
    version: int = 0
    added_by: str
    added_at: datetime


class NewMeter(Struct, forbid_unknown_fields=True, kw_only=True):
    """Meter to write down for a home.

    `kind`: What it counts.
    `serial`: Number on the meter.
    `unit`: Unit of its dial.
    `from_day`: Day from whose end on it is billed.
    `first_value`: What its dial showed then, in 0.001 of the unit.
    """

    kind: MeterKind
    serial: Serial
    unit: Unit
    from_day: Day
    first_value: DialValue


class NewReading(Struct, forbid_unknown_fields=True, kw_only=True):
    """Reading of a meter.

    `day`: Day at whose end the dial showed it; today or before.
    `value`: What the dial showed, in 0.001 of the unit.
    `photo_ids`: Photos of the dial (purpose `charge`).
    """

    day: Day
    value: DialValue
    photo_ids: Annotated[list[Id], Meta(max_length=MOST_PHOTOS)] = []


class ReplaceMeter(Struct, forbid_unknown_fields=True, kw_only=True):
    """Replacement of a meter by a new one.

    `day`: Day on which it was replaced; today or before.
    `last_value`: What the dial of the old one showed, in 0.001 of the unit.
    `serial`: Number on the new meter.
    `first_value`: What the dial of the new one showed, in 0.001 of the unit.
    `reason`: Why.
    """

    day: Day
    last_value: DialValue
    serial: Serial
    first_value: DialValue
    reason: Reason


class MetersQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which meters to list, by home.

    `kind`: What they count; all without it.
    `unread_since`: Only those that hang there and were not read since that day; all without it.
    """

    kind: MeterKind | None = None
    unread_since: Day | None = None


class ReadingView(Struct, kw_only=True):
    """Reading of a meter.

    `day`: Day at whose end the dial showed it.
    `value`: What the dial showed, in 0.001 of the unit.
    `by`: Who read it.
    `photos`: Addresses of the photos; none in a list.
    """

    day: Day
    value: DialValue
    by: ReadBy
    photos: list[PhotoUrl]


class MeterView(Struct, kw_only=True):
    """Meter of a home.

    `meter_id`: Opaque id of the meter.
    `home`: Path of the home.
    `address`: Address of the home, as people say it.
    `kind`: What it counts.
    `serial`: Number on the meter.
    `unit`: Unit of its dial.
    `from_day`: Day from whose end on it is billed.
    `first_value`: What its dial showed then, in 0.001 of the unit.
    `to_day`: Day on which it was replaced; null while it hangs there.
    `read_day`: Day of the latest reading; null before the first.
    `read_value`: What the dial showed then; null before the first.
    `readings`: The latest twelve readings, the latest first.
    `billed_day`: Day up to whose end its home is billed.
    `billed_value`: Value of the dial up to which its home is billed, by reading or estimate.
    """

    meter_id: str
    home: str
    address: str
    kind: MeterKind
    serial: Serial
    unit: Unit
    from_day: Day
    first_value: DialValue
    to_day: Day | None
    read_day: Day | None
    read_value: Annotated[int | None, Meta(examples=[1_234_567])]
    readings: list[ReadingView]
    billed_day: Day
    billed_value: DialValue
