"""Calendar: what is kept, sent and seen of days off and days at work."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.kernel.days import Day
from services.kernel.labels import Labelled
from services.kernel.types import LINE


class DayKind(Labelled):
    HOLIDAY = "holiday", "放假"
    WORKDAY = "workday", "上班"


class Festival(Labelled):
    """Holidays of all citizens (《全国年节及纪念日放假办法》第二条)."""

    NEW_YEAR = "new_years_day", "元旦"
    SPRING = "spring_festival", "春节"
    TOMB_SWEEPING = "tomb_sweeping_day", "清明节"
    LABOUR = "labour_day", "劳动节"
    DRAGON_BOAT = "dragon_boat_festival", "端午节"
    MID_AUTUMN = "mid_autumn_festival", "中秋节"
    NATIONAL = "national_day", "国庆节"
    OTHER = "other", "其他"  # what one city or one year has beside them


# A year is announced when all of these have their days off.
YEARLY: Final = frozenset(Festival) - {Festival.OTHER}


class Origin(Labelled):
    """Where it is from that a day is off, or at work."""

    ENTERED = "entered", "本市登记"
    PUBLISHED = "published", "国务院办公厅通知"
    STATUTE = "statute", "法定节假日,当年安排尚未公布"


DayName = Annotated[str, Meta(min_length=1, max_length=40, pattern=LINE, examples=["春节调休"])]
DocumentNumber = Annotated[
    str, Meta(min_length=1, max_length=60, pattern=LINE, examples=["国办发明电〔2025〕7号"])
]
DocumentTitle = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=120,
        pattern=LINE,
        examples=["国务院办公厅关于2026年部分节假日安排的通知"],
    ),
]
DocumentUrl = Annotated[
    str,
    Meta(
        max_length=300,
        pattern=r"^https://[!-~]+$(?!\n)",
        examples=["https://www.gov.cn/zhengce/content/notice.htm"],
    ),
]


class CalendarSource(Struct, frozen=True, kw_only=True):
    """Document that says so.

    `number`: Number of the document (文号).
    `title`: Title of the document.
    `url`: Where it is published; null for nowhere.
    """

    number: DocumentNumber
    title: DocumentTitle
    url: DocumentUrl | None


class SetCalendarSource(CalendarSource, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Document that says so.

    `number`: Number of the document (文号).
    `title`: Title of the document.
    `url`: Where it is published; nowhere without it.
    """

    url: DocumentUrl | None = None


class CalendarDay(Struct, kw_only=True):
    """Day that the city entered. It wins over what is published."""

    id: Day = field(name="_id")
    kind: DayKind
    name: str
    festival: Festival = Festival.OTHER
    source: CalendarSource
    entered_by: str
    entered_at: datetime


class NamedDay(Struct, frozen=True):
    """Day of which somebody says that it is off or at work, whatever day of the week it is."""

    kind: DayKind
    name: str
    festival: Festival
    origin: Origin


class SetCalendarDay(Struct, forbid_unknown_fields=True, kw_only=True):
    """Day off, or at work, with the document that says so.

    `kind`: Whether it is a day off or at work.
    `name`: What people call it.
    `festival`: Holiday that it belongs to. A year counts as announced once each of the seven
    has a day off.
    `source`: Document that says so.
    """

    kind: DayKind
    name: DayName
    festival: Festival = Festival.OTHER
    source: SetCalendarSource


class CalendarQuery(Struct, forbid_unknown_fields=True, kw_only=True):
    """Which days to show.

    `year`: Year of the days, e.g. 2026.
    """

    year: Annotated[int, Meta(ge=2004, le=2099)]


class CalendarDayView(Struct, kw_only=True):
    """Day off, or at work, whatever day of the week it is.

    `day`: Beijing day that is meant.
    `kind`: Whether it is a day off or at work.
    `name`: What people call it.
    `festival`: Holiday that it belongs to.
    `origin`: Where that is from.
    `source`: Document that says so, of a day that the city entered; null for others.
    `entered_at`: When the city entered it; null for others.
    """

    day: Day
    kind: DayKind
    name: DayName
    festival: Festival
    origin: Origin
    source: CalendarSource | None = None
    entered_at: datetime | None = None


class CalendarYear(Struct, kw_only=True):
    """Days of a year that are off, or at work, whatever day of the week they are.

    `year`: Year that was asked for.
    `is_announced`: Whether its holidays are known; while not, deadlines in it are estimated.
    `days`: Those days, in their order; all others go by the day of the week.
    """

    year: Annotated[int, Meta(examples=[2026])]
    is_announced: bool
    days: Sequence[CalendarDayView]
