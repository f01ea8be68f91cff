"""Repairs: what is kept of them, what is sent, and what is seen."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.cases.models import CameBy, CaseFields
from services.kernel.labels import Labelled
from services.kernel.paths import PlacePath
from services.kernel.types import Id, Instant, Phone, Reason, Remark
from services.kernel.vault import Sealed
from services.people.models import PersonName
from services.repairs.classes import Danger
from services.repairs.states import RepairAction, RepairState

MOST_PHOTOS: Final = 6
TEXT: Final = Sealed("repairs", "text")
NAME: Final = Sealed("repairs", "name")
PHONE: Final = Sealed("repairs", "phone")
ACCESS: Final = Sealed("repairs", "access")
OUTSIDE: Final = Sealed("repairs", "outside")

CategoryCode = Annotated[
    str, Meta(pattern=r"^[a-z][a-z0-9_]{1,39}$(?!\n)", examples=["stair_light"])
]
RepairNumber = Annotated[str, Meta(pattern=r"^\d\d-\d{4,7}$(?!\n)", examples=["26-0137"])]
# Its example is of a lamp that was just reported, which has no such thing.
NONE_HERE: Final = Meta(examples=[None])
PhotoIds = Annotated[list[Id], Meta(max_length=MOST_PHOTOS)]


class Part(Labelled):
    """Part of the building that is to be repaired."""

    HOME = "home", "室内"  # its household sees it, and those who work on it
    COMMON = "common", "公共部位"  # all who live under the place see it, without names


class PauseReason(Labelled):
    """Reason for which the work rests, and its deadline with it."""

    MATERIALS = "materials", "等配件或材料"
    NOBODY_HOME = "nobody_home", "家中无人"
    RESIDENT_ASKS = "resident_asks", "住户要求改期"
    WEATHER = "weather", "天气原因"
    OTHERS = "others", "等其他单位配合"
    APPROVAL = "approval", "等报价或资金确认"


class Wish(Struct, frozen=True, kw_only=True):
    """When somebody wishes that the repairer comes.

    `begins`: From when on somebody is there.
    `ends`: Until when.
    """

    begins: datetime
    ends: datetime


class Done(Struct, kw_only=True):
    """What was done. `before`, `after`: ids of photos. `materials`: as they were written."""

    summary: str
    before: list[str] = []
    after: list[str] = []
    materials: list[str] = []
    at: datetime


class Repair(CaseFields, kw_only=True):
    """Repair of a place.

    `number`: for people, beside the compound. `reported_category`: the first one, whatever it
    was reclassified as; "" of old ones. `text`: of what all share; of a home it is
    sealed. `person`: whose it is; None when somebody without an account reported it through
    `filed_by`, who is named by `name_sealed`. `phone_sealed`: whom to call. `wish`,
    `access_sealed`: when to come and how to get in. `code`: id of the code that was scanned.
    `firm`, `contract`: who serves the compound; empty where the community holds it.
    `terms`: version of the deadlines. `outside_sealed`: department or worker whom the community
    had do it. `visits`: how often work began. `returned`, `reopened`: how often it was not
    fixed, before and after it was closed. `words`: by which it is found,
    `under`: its place and all above, `rank`: of its class; see boards/keys.py.
    `guarantee_lifted`: the community decided that it is none of an earlier guarantee.
    `lifted_quotes`: paid quotes that it decided so of; missing in old decisions.
    `accepted_at`, `done_at`, `ended_at`: the first, and the last ones. `compound`, `month`: of
    the place and of the report, in which its figures count; written when it is inserted.
    """

    id: str = field(name="_id")
    number: str
    place: str
    part: Part
    category: str
    reported_category: str = ""
    danger: Danger
    state: RepairState
    person: str | None
    filed_by: str
    way: CameBy
    created_at: datetime
    steps: int = 0
    entered_at: datetime | None = None
    text: str = ""
    text_sealed: str = ""
    text_shown: bool = False  # whether neighbours may read it: it was checked
    photo_ids: list[str] = field(default_factory=list)
    name_sealed: str = ""
    phone_sealed: str = ""
    access_sealed: str = ""
    wish: Wish | None = None
    code: str = ""
    firm: str = ""
    contract: str = ""
    terms: str = ""
    outside_sealed: str = ""
    paused_until: datetime | None = None
    pause_reason: PauseReason | None = None
    done: Done | None = None
    visits: int = 0
    returned: int = 0
    reopened: int = 0
    urged: int = 0
    urged_day: str = ""
    appealed: bool = False
    merged_into: str = ""
    split_from: str = ""
    found_in: str = ""  # id of the round of a head
    outage: str = ""
    outage_asked: bool = False  # at the end of that; what was answered then holds
    guarantee_of: str = ""
    guarantee_lifted: bool = False
    lifted_quotes: list[str] = field(default_factory=list)
    holds: int = 0  # how often it was held for a quote or a merge
    words: list[str] = field(default_factory=list)
    under: list[str] = field(default_factory=list)
    rank: int = 0
    accepted_at: datetime | None = None
    done_at: datetime | None = None
    ended_at: datetime | None = None
    compound: str = ""
    month: str = ""
    erased: bool = False


# What clients send and see


class WishTime(Struct, forbid_unknown_fields=True, kw_only=True):
    """When the repairer shall come.

    `begins`: From when on somebody is there.
    `ends`: Until when.
    """

    begins: Instant
    ends: Instant


class ReportRepair(Struct, forbid_unknown_fields=True, kw_only=True):
    """Report of something that is to be repaired.

    `place`: Path of the home, or of the unit, building or compound for what all share.
    `category`: Code of the category.
    `danger`: How urgent it is; by the category without it.
    `text`: What is broken.
    `photo_ids`: Ids of photos, a short video or a voice note (purpose `case`).
    `wish`: When the repairer shall come.
    `access`: How to get in, for the repairer only.
    `phone`: Number for this repair; whoever does it and who hands it out read and call it.
    `code`: Token of the code that was scanned at a door, lift or pump.
    `on_behalf_of`: By heads and staff: name of somebody without the mini-program.
    `way`: By heads and staff for somebody else: how it came in; not by the city's system.
    """

    place: PlacePath
    category: CategoryCode
    danger: Danger | None = None
    text: Remark
    photo_ids: PhotoIds = []
    wish: WishTime | None = None
    access: Reason | None = None
    phone: Phone | None = None
    code: Id | None = None
    on_behalf_of: PersonName | None = None
    way: CameBy | None = None


class AddToRepair(Struct, forbid_unknown_fields=True, kw_only=True):
    """Words and photos that are added to a repair.

    `text`: What is to be added.
    `photo_ids`: Ids of photos, a short video or a voice note (purpose `case`).
    """

    text: Remark
    photo_ids: PhotoIds = []


class AnswerRepair(Struct, forbid_unknown_fields=True, kw_only=True):
    """Answer to the question at the end.

    `fixed`: Whether it is really fixed.
    `note`: Anything else, e.g. what still is not right.
    """

    fixed: bool
    note: Reason | None = None


class Why(Struct, forbid_unknown_fields=True, kw_only=True):
    """Reason of a step.

    `reason`: Why; whoever reported it and who works on it read it.
    """

    reason: Reason


class AppealDecision(Struct, forbid_unknown_fields=True, kw_only=True):
    """Decision on an appeal.

    `accept`: Whether the repair is done after all.
    `reason`: Why; its reporter reads it.
    """

    accept: bool
    reason: Reason


class AssignRepair(Struct, forbid_unknown_fields=True, kw_only=True):
    """Who shall do a repair.

    `person`: Id of the repairer, as the list of repairers shows it; whoever asks without it.
    `outside`: By the community: department or hired worker who does it, and how to reach them.
    `round_robin`: Whether the one with the right skill and the least to do is chosen.
    """

    person: Id | None = None
    outside: Reason | None = None
    round_robin: bool = False


class PauseRepair(Struct, forbid_unknown_fields=True, kw_only=True):
    """Pause of a repair, for at most thirty days.

    `reason`: Why the work rests.
    `until`: When it goes on by itself.
    `note`: Anything else.
    """

    reason: PauseReason
    until: Instant
    note: Reason | None = None


class FinishRepair(Struct, forbid_unknown_fields=True, kw_only=True):
    """What was done.

    `summary`: What was done.
    `before`: Ids of photos before the work (purpose `case`).
    `after`: Ids of photos after it (purpose `case`).
    `materials`: What was used, a line each.
    """

    summary: Remark
    before: PhotoIds = []
    after: PhotoIds = []
    materials: Annotated[list[Reason], Meta(max_length=20)] = []


class NoteRepair(Struct, forbid_unknown_fields=True, kw_only=True):
    """Remark of who works on a repair.

    `text`: The remark.
    `internal`: Whether only those who work on it read it.
    """

    text: Remark
    internal: bool = True


class SimilarQuery(Struct, forbid_unknown_fields=True, kw_only=True):
    """What somebody is about to report.

    `place`: Path of the place.
    `category`: Code of the category.
    """

    place: PlacePath
    category: CategoryCode


class RepairView(Struct, kw_only=True):
    """Repair as whoever asks may see it.

    `repair_id`: Opaque id of the repair.
    `number`: Number for people, beside the compound.
    `place`: Path of the place.
    `address`: Address of the place, as people say it.
    `part`: Whether it is in a home or common.
    `category`: Code of the category.
    `category_label`: Category as people read it.
    `danger`: How urgent it is.
    `state`: How far the repair is.
    `text`: What is broken; null for who may not read it, and until it was checked.
    `photo_ids`: Ids of what was attached; null for who may not see it.
    `is_being_checked`: Whether words and photos are there that I see once they were checked.
    `is_mine`: Whether I reported it or joined it.
    `is_held_by_me`: Whether I am the one who does it.
    `is_held`: Whether somebody does it.
    `joiners`: How many have joined it.
    `due_at`: Deadline that runs; null for none, and while it is paused.
    `is_due_estimated`: Whether the deadline lies in a year whose holidays are not announced.
    `overdue`: Whether the deadline has passed.
    `paused_until`: Until when the work rests; null for no pause.
    `pause_reason`: Why it rests; null for no pause.
    `done`: What was done; null before.
    `phone`: Number typed for this repair, for whoever does it and who hands it out, whatever
    the person's settings of calls say; null for others, and where one asks to call instead.
    `access`: How to get in, for the same; else null.
    `contact_name`: Whom to ask for, for the same; null for others, and where none was written.
    `outside`: Department or worker whom the community has do it, for the same and whoever works
    on repairs there; else null.
    `wish`: When somebody is there, for the same; null for any time.
    `merged_into`: Id of the repair that it was merged into; null for none.
    `outage_id`: Id of the outage that it is about; null for none.
    `found_in`: Id of the round on which a head found it, for who works on it; null for none.
    `is_guaranteed`: Whether it is free under the guarantee of an earlier repair.
    `guarantee_of`: Id of that repair; null for none, and for who may not see it.
    `urged`: How often people asked to hurry.
    `reopened`: How often it was opened again.
    `is_asked`: Whether I am asked if it is fixed.
    `may_join`: Whether I can join it.
    `may_rate`: Whether I can rate it.
    `steps`: What I may do with it now.
    `created_at`: When it was reported.
    `accepted_at`: When somebody said that it will be done; null before.
    `done_at`: When it was done, or its outage ended; null before, and when it was not fixed.
    """

    repair_id: str
    number: RepairNumber
    place: Annotated[str, Meta(examples=["cc.chaoyang.guilin.xincheng.c07.b3.u2"])]
    address: Annotated[str, Meta(examples=["春光小区3栋2单元"])]
    part: Annotated[Part, Meta(examples=["common"])]
    category: CategoryCode
    category_label: Annotated[str, Meta(examples=["楼道灯不亮"])]
    danger: Annotated[Danger, Meta(examples=["normal"])]
    state: Annotated[RepairState, Meta(examples=["reported"])]
    text: Annotated[str, Meta(examples=["三楼的灯不亮了"])] | None
    photo_ids: list[str] | None
    is_being_checked: bool
    is_mine: bool
    is_held_by_me: bool
    is_held: bool
    joiners: int
    due_at: Annotated[datetime | None, Meta(examples=["2026-03-03T04:00:00Z"])]
    is_due_estimated: bool
    overdue: bool
    paused_until: Annotated[datetime | None, NONE_HERE]
    pause_reason: Annotated[PauseReason | None, NONE_HERE]
    done: Annotated["DoneView | None", NONE_HERE]
    phone: Annotated[str | None, NONE_HERE]
    access: Annotated[str | None, NONE_HERE]
    contact_name: Annotated[str | None, NONE_HERE]
    outside: Annotated[str | None, NONE_HERE]
    wish: Annotated[Wish | None, NONE_HERE]
    merged_into: Annotated[str | None, NONE_HERE]
    outage_id: Annotated[str | None, NONE_HERE]
    found_in: Annotated[str | None, NONE_HERE]
    is_guaranteed: Annotated[bool, Meta(examples=[False])]
    guarantee_of: Annotated[str | None, NONE_HERE]
    urged: Annotated[int, Meta(examples=[0])]
    reopened: Annotated[int, Meta(examples=[0])]
    is_asked: bool
    may_join: bool
    may_rate: bool
    steps: Annotated[list[RepairAction], Meta(examples=[["add", "urge", "cancel"]])]
    created_at: datetime
    accepted_at: Annotated[datetime | None, NONE_HERE]
    done_at: Annotated[datetime | None, NONE_HERE]


class DoneView(Struct, kw_only=True):
    """What was done.

    `summary`: What was done.
    `materials`: What was used.
    `before`: Ids of the photos before.
    `after`: Ids of the photos after.
    `at`: When it was done.
    """

    summary: Annotated[str, Meta(examples=["换了灯泡"])]
    materials: Annotated[list[str], Meta(examples=[["灯泡 1 个"]])]
    before: Annotated[list[str], Meta(examples=[["01hzy3v7k2m4n6p8q0r2s4t6v8"]])]
    after: Annotated[list[str], Meta(examples=[["01hzy3v7k2m4n6p8q0r2s4t6v8"]])]
    at: datetime
