"""The list of what a head has to do: what is put off, sent and seen."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.kernel.days import Day
from services.kernel.pages import ListQuery
from services.kernel.paths import PlacePath
from services.kernel.types import OPAQUE

MOST_ENTRIES: Final = 50
MOST_BADGED: Final = 100  # of each kind: a badge says 99+ from there
MOST_PUT_OFF: Final = 500  # at a time, by one person
MOST_DAYS: Final = 7  # for which something is put off
EntryId = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=600,
        pattern=OPAQUE,
        description="Opaque id of the entry, as the list shows it.",
    ),
]


class PutOff(Struct, kw_only=True):
    """Entry that one person does not want to see before a day.

    `entry`: key of the entry of that kind. `until`: when it comes back; the row goes then.
    """

    id: str = field(name="_id")
    person: str
    kind: str
    entry: str
    place: str
    until: datetime


# What clients send


class MyTodayQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which part of what I have to do.

    `limit`: Most entries of a page.
    `by_midnight`: Only what is overdue or ends today.
    """

    limit: Annotated[int, Meta(ge=1, le=MOST_ENTRIES)] = 20
    by_midnight: bool = False


class PutOffUntil(Struct, forbid_unknown_fields=True, kw_only=True):
    """Until when to put an entry off.

    `until_day`: Day on which it comes back: tomorrow at the earliest, within seven days, and
    before its end.
    """

    until_day: Day


class TodayCountsQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which places' counts to list.

    `place`: Path of a place: what lies directly below it; of a grid, its buildings. Without it
    what lies directly below all that I answer for.
    """

    place: PlacePath | None = None


# What clients see


class TodayEntry(Struct, kw_only=True):
    """One thing to do.

    `entry_id`: Opaque id of the entry, for whoever has it on the list.
    `kind`: Kind of the entry.
    `label`: What people call the kind.
    `place`: Path of the place that it is about.
    `address`: Address of the place.
    `title`: What is to be done, in a few words.
    `subject`: Id of what it is about: of the notice, the request, the case.
    `due_at`: Until when; null for no end.
    `overdue`: Whether that has passed.
    `operations`: Operations of this API by which it is done.
    `can_be_done`: Whether it is done by saying so.
    `can_be_put_off`: Whether it can be put off until a later day.
    """

    entry_id: str
    kind: Annotated[str, Meta(examples=["notices.unreached"])]
    label: Annotated[str, Meta(examples=["上门告知"])]
    place: PlacePath
    address: Annotated[str, Meta(examples=["春光小区3栋2单元502号"])]
    title: Annotated[str, Meta(examples=["上门告知:停水通知"])]
    subject: Annotated[str, Meta(examples=["01kt9a7c4m8q2v5x1z3b6d0e9n"])]
    due_at: datetime | None
    overdue: bool
    operations: Annotated[list[str], Meta(examples=[["createHomeVisit"]])]
    can_be_done: bool
    can_be_put_off: bool


class KindCount(Struct, kw_only=True):
    """How much there is to do of one kind.

    `kind`: Kind of the entries.
    `label`: What people call it.
    `count`: Number of entries; the largest that is told stands for all that are more.
    """

    kind: Annotated[str, Meta(examples=["notices.unreached"])]
    label: Annotated[str, Meta(examples=["上门告知"])]
    count: Annotated[int, Meta(examples=[12])]


class TodayBadge(Struct, kw_only=True):
    """How much I have to do, for the badge. A number of 100 stands for all that are more.

    `total`: Number of entries.
    `overdue`: Those of them whose end has passed.
    `by_midnight`: Those of them that are overdue or end today.
    `kinds`: Entries of each kind that has any.
    """

    total: Annotated[int, Meta(examples=[12])]
    overdue: Annotated[int, Meta(examples=[1])]
    by_midnight: Annotated[int, Meta(examples=[3])]
    kinds: list[KindCount]


class PutOffView(Struct, kw_only=True):
    """Entry that was put off.

    `entry_id`: Opaque id of the entry.
    `until_day`: Day on which it comes back.
    """

    entry_id: str
    until_day: Day


class PlaceCounts(Struct, kw_only=True):
    """How much the heads of a place have to do, without what it is about.

    `place`: Path of the place.
    `address`: Address of the place.
    `total`: Number of entries of all kinds; null where it would tell of fewer than five homes
    to somebody who may not see the residents.
    `kinds`: Entries of each kind that has any, up to 1,000; null as well.
    """

    place: PlacePath
    address: Annotated[str, Meta(examples=["春光小区3栋"])]
    total: Annotated[int | None, Meta(examples=[12])]
    kinds: list[KindCount] | None
