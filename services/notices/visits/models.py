"""Visits about notices: what somebody who knocked at a home's door met there."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.kernel.labels import Labelled
from services.kernel.pages import ListQuery
from services.kernel.paths import PlacePath
from services.kernel.permissions import Role
from services.kernel.types import TEXT, Id
from services.kernel.vault import Sealed

REMARK: Final = Sealed("notice_visits", "remark")
MOST_VISITS: Final = 20  # of one home about one notice
MOST_PHOTOS: Final = 3
VisitRemark = Annotated[
    str, Meta(min_length=1, max_length=200, pattern=TEXT, examples=["晚上七点后在家"])
]


class VisitResult(Labelled):
    """Result of a visit. After the first two the home counts as reached."""

    TOLD = "told", "已当面告知"
    PAPER_LEFT = "paper_left", "已张贴或留单"
    NOBODY_THERE = "nobody_there", "家中无人"
    REFUSED = "refused", "拒绝接收"


REACHED: Final = frozenset({VisitResult.TOLD, VisitResult.PAPER_LEFT})


class ToldWhom(Labelled):
    """Who was told at the door; by relation and never by name."""

    OWNER = "owner", "业主"
    FAMILY = "family", "家属"
    TENANT = "tenant", "租户"
    NEIGHBOUR = "neighbour", "邻居转告"
    OTHER = "other", "其他人"


class Visit(Struct, kw_only=True):
    """Visit of one home about one notice.

    `number`: of the visits of this home, from 1; with notice and home it is the id, so that of
    two who write at once one counts again. `remark_sealed`: whoever types may name somebody.
    `by`: head or staff who was there. `role`: the office by which they were; None where it was
    not kept.
    """

    id: str = field(name="_id")
    notice: str
    home: str
    number: int
    result: VisitResult
    told_whom: ToldWhom | None = None
    remark_sealed: str = ""
    photos: list[str] = []
    by: str
    role: Role | None = None
    at: datetime


def visit_id(notice: str, home: str, number: int) -> str:
    return f"{notice}@{home}@{number:02d}"


# What clients send


class NewVisit(Struct, forbid_unknown_fields=True, kw_only=True):
    """Visit that somebody made.

    `result`: What came of it.
    `told_whom`: Who was told; needed for `told`, and for nothing else.
    `remark`: What helps the next time, in one's own words.
    `photo_ids`: Photos of the paper that was left (purpose `visit`); for `paper_left` alone.
    """

    result: VisitResult
    told_whom: ToldWhom | None = None
    remark: VisitRemark | None = None
    photo_ids: Annotated[list[Id], Meta(max_length=MOST_PHOTOS)] = []


class VisitsQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which visits to list.

    `result`: Visits with this result; all without it.
    """

    result: VisitResult | None = None


# What clients see


class VisitView(Struct, kw_only=True):
    """Visit of a home about a notice.

    `visit_id`: Opaque id of the visit.
    `home`: Path of the home.
    `address`: Address of the home.
    `number`: Number among the visits of this home about the notice, from 1.
    `result`: What came of it.
    `told_whom`: Who was told; null where nobody was.
    `remark`: What was added; empty for nothing.
    `photo_ids`: Photos of the paper that was left.
    `by`: Office of the head or staff who was there; null where it was not kept.
    `at`: When it was recorded.
    """

    visit_id: str
    home: PlacePath
    address: str
    number: Annotated[int, Meta(examples=[1])]
    result: VisitResult
    told_whom: ToldWhom | None
    remark: Annotated[str, Meta(examples=["晚上七点后在家"])]
    photo_ids: list[str]
    by: Role | None
    at: datetime


class HomeVisits(Struct, kw_only=True):
    """Visits of one home about one notice, twenty at most.

    `items`: The visits, the first one in front.
    """

    items: list[VisitView]
