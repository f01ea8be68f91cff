"""Plans of rounds, and the round of each head: what is kept, sent and seen."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.cases.models import CaseFields
from services.kernel.days import Day
from services.kernel.documents import digest_id
from services.kernel.labels import Labelled
from services.kernel.pages import ListQuery
from services.kernel.paths import PlacePath
from services.kernel.permissions import Role
from services.kernel.types import LINE, TEXT, Id
from services.kernel.vault import Sealed
from services.photos.models import PhotoUrl
from services.tasks.models import MOST_PLACES, HeadRole, LastDay, Title
from services.tasks.rounds.rhythms import NewRoundRhythm, RoundRhythm
from services.tasks.rounds.states import RoundAction, RoundPlanState, RoundState

NOTE: Final = Sealed("rounds", "note")
MOST_ITEMS: Final = 30
MOST_PHOTOS: Final = 6
ItemKey = Annotated[str, Meta(pattern=r"^[a-z0-9_]{1,20}$(?!\n)", examples=["exit"])]
ItemLabel = Annotated[
    str, Meta(min_length=1, max_length=40, pattern=LINE, examples=["消防通道是否畅通"])
]
CheckNote = Annotated[
    str,
    Meta(min_length=1, max_length=200, pattern=TEXT, examples=["一楼堆了两辆旧自行车"]),
]
PhotoIds = Annotated[list[Id], Meta(max_length=MOST_PHOTOS)]
DaysLong = Annotated[int, Meta(ge=1, le=30, examples=[3])]
TargetName = Annotated[str, Meta(pattern=r"^[a-z_]{1,30}$(?!\n)", examples=["repair"])]
TargetCategory = Annotated[
    str, Meta(pattern=r"^[a-z][a-z0-9_]{1,39}$(?!\n)", examples=["stair_light"])
]


class RoundItemResult(Labelled):
    OK = "ok", "正常"
    FINDING = "finding", "发现问题"
    NOT_APPLICABLE = "not_applicable", "不适用"


class RoundItem(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Item of the checklist of a plan.

    `key`: Key of the item, once in a plan.
    `label`: What is looked at.
    `category`: Code of the category of a repair that comes of it; null for none, which whoever
    reports it then chooses.
    """

    key: ItemKey
    label: ItemLabel
    category: TargetCategory | None = None


class Check(Struct, kw_only=True):
    """Item of a round, with what was found; no result before it was looked at.

    `category`: of a repair that comes of it; "" for none. `target`, `filed`: what the finding
    became, and its id; "" for nothing.
    """

    key: str
    label: str
    category: str = ""
    result: RoundItemResult | None = None
    note_sealed: str = ""
    photo_ids: list[str] = []
    by: str = ""
    at: datetime | None = None
    target: str = ""
    filed: str = ""


class RoundPlan(Struct, kw_only=True):
    """Plan of rounds. `next_day`: the first due day whose rounds were not made yet."""

    id: str = field(name="_id")
    place: str
    places: list[str]
    role: HeadRole
    title: str
    items: list[RoundItem]
    rhythm: RoundRhythm
    days: int
    from_day: Day
    next_day: Day | None
    state: RoundPlanState = RoundPlanState.ACTIVE
    made_by: str
    made_at: datetime
    ended_by: str = ""
    ended_at: datetime | None = None


class Round(CaseFields, kw_only=True):
    """Round of one head by a plan: a case that lies with the office of its place.

    `run`: the due day, or the id of what was started by hand. `rung`, `held`: as of a part of a
    task. `lapses_at`: when it counts as not made. `findings`: how many checks found something.
    """

    id: str = field(name="_id")
    plan: str
    run: str
    place: str
    role: HeadRole
    rung: Role
    held: list[str]
    title: str
    checks: list[Check]
    until: LastDay
    state: RoundState = RoundState.OPEN
    person: str | None = None
    filed_by: str
    created_at: datetime
    entered_at: datetime | None = None
    steps: int = 0
    lapses_at: datetime | None = None
    findings: int = 0

    @property
    def photo_ids(self) -> list[str]:
        """All that is attached to it."""
        return [each for check in self.checks for each in check.photo_ids]

    @property
    def left(self) -> int:
        """How many items were not looked at."""
        return sum(check.result is None for check in self.checks)

    @property
    def unfiled(self) -> int:
        """How many findings became nothing."""
        found = [check for check in self.checks if check.result is RoundItemResult.FINDING]
        return sum(not check.filed for check in found)


def round_id(plan: str, run: str, place: str) -> str:
    """Return the id of the round of a place: made twice, it is the same."""
    return digest_id("round", plan, run, place)


# What clients send


class NewRoundPlan(Struct, forbid_unknown_fields=True, kw_only=True):
    """Plan of rounds to make.

    `title`: What is looked at, in a few words.
    `places`: Paths of units, buildings, grids or compounds.
    `role`: Head whose places have a round each.
    `items`: Checklist.
    `rhythm`: How often rounds are due.
    `days`: How many days a round has from its due day on, that day included.
    `from_day`: First day on which one may be due; today without it.
    """

    title: Title
    places: Annotated[list[PlacePath], Meta(min_length=1, max_length=MOST_PLACES)]
    role: HeadRole
    items: Annotated[list[RoundItem], Meta(min_length=1, max_length=MOST_ITEMS)]
    rhythm: NewRoundRhythm
    days: DaysLong = 3
    from_day: Day | None = None


class StartRounds(Struct, forbid_unknown_fields=True, kw_only=True):
    """Rounds that are started by hand.

    `places`: Paths of places of the plan; all of it without them.
    """

    places: Annotated[list[PlacePath], Meta(max_length=MOST_PLACES)] = []


class CheckRoundItem(Struct, forbid_unknown_fields=True, kw_only=True):
    """What was found at an item; it takes the place of what was said before.

    `result`: What it looked like.
    `note`: What was found; needed for a finding.
    `photo_ids`: Ids of photos (purpose `case`); those that are left out of an earlier answer
    are removed.
    """

    result: RoundItemResult
    note: CheckNote | None = None
    photo_ids: PhotoIds = []


class FinishRound(Struct, forbid_unknown_fields=True, kw_only=True):
    """That a round is done.

    `leave_findings`: Whether findings that became nothing are left as they are.
    """

    leave_findings: bool = False


class FileRoundFinding(Struct, forbid_unknown_fields=True, kw_only=True):
    """What a finding is to become.

    `target`: Name of what it becomes: `repair`, or `feedback`, which has no categories.
    `category`: Code of the category there, where it has some.
    """

    target: TargetName
    category: TargetCategory | None = None


class RoundPlansQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which plans of rounds to list, newest first.

    `place`: Path of a place where I give tasks: there and below; all of mine without it.
    `state`: State of the plans; all without it.
    """

    place: PlacePath | None = None
    state: RoundPlanState | None = None


class RoundsQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which rounds to list, newest first.

    `place`: Path of a place where I give tasks: there and below; all of mine without it.
    `plan_id`: Rounds that this plan made; all without it.
    `state`: State of the rounds; all without it.
    `overdue`: Only those whose day has passed, or only the rest.
    `has_findings`: Only those where something was found, or only the rest.
    """

    place: PlacePath | None = None
    plan_id: Id | None = None
    state: RoundState | None = None
    overdue: bool | None = None
    has_findings: bool | None = None


class MyRoundsQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which rounds of mine to list.

    `state`: State of the rounds, the newest first; without it the open ones, by their day.
    """

    state: RoundState | None = None


# What clients see


class RoundPlanItem(Struct, kw_only=True):
    """Item of the checklist of a plan.

    `key`: Key of the item, once in a plan.
    `label`: What is looked at.
    `category`: Code of the category of a repair that comes of it; null for none.
    """

    key: ItemKey
    label: ItemLabel
    category: TargetCategory | None


class RoundPlanView(Struct, kw_only=True):
    """Plan of rounds.

    `plan_id`: Opaque id of the plan.
    `place`: Path of the smallest place around all of it.
    `address`: Address of that place.
    `role`: Head whose places have a round each.
    `title`: What is looked at, in a few words.
    `items`: Checklist.
    `rhythm`: How often rounds are due.
    `days`: How many days a round has.
    `next_day`: Next due day; null when none is planned.
    `state`: Whether rounds are made by it.
    `made_at`: When it was made.
    """

    plan_id: str
    place: str
    address: str
    role: HeadRole
    title: Title
    items: list[RoundPlanItem]
    rhythm: RoundRhythm
    days: DaysLong
    next_day: LastDay | None
    state: RoundPlanState
    made_at: datetime


class StartedRounds(Struct, kw_only=True):
    """Rounds that were started by hand and are made within a short time.

    `plan_id`: Id of the plan by which they are made.
    `run_id`: Id of what was started.
    `until`: Last day for them.
    """

    plan_id: str
    run_id: str
    until: LastDay


class RoundItemView(Struct, kw_only=True):
    """Item of a round.

    `key`: Key of the item.
    `label`: What is looked at.
    `category`: Code of the category of a repair that comes of it; null for none.
    `result`: What it looked like; null before it was looked at.
    `note`: What was found; null for nothing.
    `photo_ids`: Ids of photos.
    `at`: When it was looked at; null for not yet.
    `target`: What the finding became, e.g. `repair`; null for nothing.
    `filed`: Id of that; null for nothing.
    """

    key: ItemKey
    label: ItemLabel
    category: TargetCategory | None
    result: RoundItemResult | None
    note: CheckNote | None
    photo_ids: list[str]
    at: datetime | None
    target: TargetName | None
    filed: Annotated[str, Meta(examples=["01hzy3v7k2m4n6p8q0r2s4t6v8"])] | None


class RoundPhotos(Struct, kw_only=True):
    """Photos of a round.

    `items`: Addresses, in the order of the items.
    """

    items: list[PhotoUrl]


class RoundView(Struct, kw_only=True):
    """Round of a head.

    `round_id`: Opaque id of the round.
    `plan_id`: Id of its plan.
    `place`: Path of the place of the head.
    `address`: Address of that place.
    `role`: Office whose round it is.
    `rung`: Office that has it in hand now; the next one above while that one is vacant.
    `title`: What is looked at, in a few words.
    `until`: Last day for it.
    `state`: How far it is.
    `left`: How many items were not looked at.
    `findings`: At how many something was found.
    `unfiled`: How many of these were not filed as anything.
    `due_at`: Until when it is to be made; null when it is over.
    `overdue`: Whether that has passed.
    `lapses_at`: When it counts as not made; null when it is over.
    `steps`: What I can do with it now.
    `created_at`: When it was made ready.
    """

    round_id: str
    plan_id: str
    place: str
    address: str
    role: HeadRole
    rung: Role
    title: Title
    until: LastDay
    state: RoundState
    left: int
    findings: int
    unfiled: int
    due_at: datetime | None
    overdue: bool
    lapses_at: datetime | None
    steps: list[RoundAction]
    created_at: datetime


class WholeRoundView(RoundView, kw_only=True):
    """Round of a head, with its items.

    `checks`: Items, in the order of the plan.
    """

    checks: list[RoundItemView]
