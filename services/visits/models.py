"""Visits (走访): what is kept, sent and seen of them."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.kernel.days import Day
from services.kernel.labels import Labelled
from services.kernel.pages import ListQuery
from services.kernel.paths import PlacePath
from services.kernel.permissions import Role
from services.kernel.types import TEXT, Id
from services.kernel.vault import Sealed
from services.photos.models import PhotoUrl
from services.visits.states import VisitState

MINUTES: Final = Sealed("visits", "minutes")
MOST_PHOTOS: Final = 6
FARTHEST_DAYS: Final = 366
Minutes = Annotated[
    str, Meta(min_length=1, max_length=500, pattern=TEXT, examples=["老人身体好,想装扶手"])
]
EveryDays = Annotated[int, Meta(ge=7, le=365, examples=[30])]


class VisitPurpose(Labelled):
    GREETING = "greeting", "上门问候"
    POLICY = "policy", "政策宣传"
    CHECK_IN = "check_in", "关爱看望"
    FEE = "fee", "催缴提醒"
    SURVEY = "survey", "征求意见"
    COMPLAINT = "complaint", "诉求回访"
    SAFETY = "safety", "安全检查"
    OTHER = "other", "其他"


class VisitOutcome(Labelled):
    """What came of a visit."""

    MET = "met", "见到住户"
    NOBODY_THERE = "nobody_there", "家中无人"
    REFUSED = "refused", "住户不愿接待"
    MOVED = "moved", "已搬走"  # whoever was to be visited does not live there any more


class WhoGoes(Labelled):
    """Who goes to a visit."""

    HEAD = "head", "本人"
    SUBSTITUTE = "substitute", "代理人"


class Visit(Struct, kw_only=True):
    """Visit of a home, planned or made.

    `keeper`: whose it is, see offices/keepers.py; `role`, `office`: that office, for counting.
    `due_at`: the end of the day for which it is planned. `every_days`: the next one is planned
    so many days after this one was made. `people`: who was bound to the home when it was made,
    whom the minutes may be about. `minutes_until`: when these go.
    """

    id: str = field(name="_id")
    home: str
    keeper: str
    role: Role
    office: str
    purpose: VisitPurpose
    goes: WhoGoes = WhoGoes.HEAD
    day: Day
    due_at: datetime
    every_days: int | None = None
    state: VisitState
    planned_by: str
    planned_at: datetime
    outcome: VisitOutcome | None = None
    minutes_sealed: str = ""
    minutes_until: datetime | None = None
    photos: list[str] = []
    people: list[str] = []
    made_by: str = ""
    made_at: datetime | None = None
    next_id: str = ""


# What clients send


class PlanVisit(Struct, forbid_unknown_fields=True, kw_only=True):
    """Visit to plan.

    `home`: Path of the home.
    `purpose`: What it is for.
    `day`: Day for which it is planned, today at the earliest.
    `goes`: Whether the head goes or who stands in for them on that day.
    `every_days`: How many days after each visit the next one is planned; null for once.
    """

    home: PlacePath
    purpose: VisitPurpose
    day: Day
    goes: WhoGoes = WhoGoes.HEAD
    every_days: EveryDays | None = None


class Postponed(Struct, forbid_unknown_fields=True, kw_only=True):
    """Another day for a visit.

    `day`: Day for which it is planned now, today at the earliest.
    """

    day: Day


class RecordVisit(Struct, forbid_unknown_fields=True, kw_only=True):
    """What came of a visit.

    `outcome`: What came of it.
    `minutes`: What was said, in short; nobody else reads it.
    `photo_ids`: Photos that were taken (purpose `visit`).
    `next_day`: Day of the next visit for the same purpose; for a recurring one instead of its
    own day.
    """

    outcome: VisitOutcome
    minutes: Minutes | None = None
    photo_ids: Annotated[list[Id], Meta(max_length=MOST_PHOTOS)] = []
    next_day: Day | None = None


class UnplannedVisit(RecordVisit, forbid_unknown_fields=True, kw_only=True):
    """Visit that was made today without a plan.

    `home`: Path of the home.
    `purpose`: What it was for.
    """

    home: PlacePath
    purpose: VisitPurpose


class VisitSort(Labelled):
    SOONEST = "soonest", "日期早的在前"
    LATEST = "latest", "日期晚的在前"


class HeadVisitsQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which of my visits to list.

    `state`: Planned, made or cancelled ones.
    `purpose`: What they are for.
    `outcome`: What came of them.
    `home`: Path of a home: its visits only.
    `day_from`: First day.
    `day_to`: Last day.
    `sort`: Order of the list.
    """

    state: VisitState | None = None
    purpose: VisitPurpose | None = None
    outcome: VisitOutcome | None = None
    home: PlacePath | None = None
    day_from: Day | None = None
    day_to: Day | None = None
    sort: VisitSort = VisitSort.SOONEST


# What clients see


class HeadVisitView(Struct, kw_only=True):
    """Visit of a home, as whoever makes it sees it.

    `visit_id`: Opaque id of the visit.
    `home`: Path of the home.
    `address`: Address of the home.
    `purpose`: What it is for.
    `goes`: Whether the head goes or who stands in for them.
    `day`: Day for which it is planned; of one that was made, the day it was made.
    `every_days`: How many days after it the next one is planned; null for once.
    `state`: Whether it is planned, made or cancelled.
    `outcome`: What came of it; null before.
    `minutes`: What was said; empty for nothing, and after a year.
    `photo_ids`: Photos that were taken.
    `photos`: Their addresses; none in a list.
    `made_at`: When it was recorded; null before.
    `next_visit_id`: Id of the visit that was planned after it; null for none.
    """

    visit_id: str
    home: PlacePath
    address: str
    purpose: VisitPurpose
    goes: WhoGoes
    day: Day
    every_days: Annotated[int, Meta(examples=[30])] | None
    state: VisitState
    outcome: VisitOutcome | None
    minutes: Annotated[str, Meta(examples=["老人身体好,想装扶手"])]
    photo_ids: list[str]
    photos: list[PhotoUrl]
    made_at: datetime | None
    next_visit_id: str | None
