"""Feedback (民情): what is kept of it, what is sent, and what is seen."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.cases.models import CameBy, CaseFields
from services.feedback.states import FeedbackAction, FeedbackState
from services.kernel.labels import Labelled
from services.kernel.paths import PlacePath
from services.kernel.permissions import Role
from services.kernel.types import Id, Reason, Remark
from services.kernel.vault import Sealed
from services.people.models import PersonName
from services.photos.models import PhotoUrl

MOST_PHOTOS: Final = 6
TEXT: Final = Sealed("feedback", "text")
NAME: Final = Sealed("feedback", "name")
HOME: Final = Sealed("feedback", "home")
DEPARTMENT: Final = Sealed("feedback", "department")

FeedbackNumber = Annotated[str, Meta(pattern=r"^\d\d-\d{4,7}$(?!\n)", examples=["26-0137"])]
NONE_HERE: Final = Meta(examples=[None])
PhotoIds = Annotated[list[Id], Meta(max_length=MOST_PHOTOS)]


class FeedbackKind(Labelled):
    """What somebody has to say."""

    COMPLAINT = "complaint", "投诉"
    SUGGESTION = "suggestion", "建议"
    HELP_REQUEST = "help_request", "求助"  # 便民服务
    OBSERVATION = "observation", "监督"
    PRAISE = "praise", "表扬"


class Rung(Labelled):
    """Rung of the ladder, the lowest first: the office with which a case lies."""

    UNIT_HEAD = "unit_head", Role.UNIT_HEAD.label
    BUILDING_HEAD = "building_head", Role.BUILDING_HEAD.label
    GRID_HEAD = "grid_head", Role.GRID_HEAD.label
    COMMUNITY_STAFF = "community_staff", "社区"
    SUBDISTRICT_STAFF = "subdistrict_staff", "街道"


class About(Labelled):
    """Office whose holder a complaint is about."""

    UNIT_HEAD = "unit_head", Role.UNIT_HEAD.label
    BUILDING_HEAD = "building_head", Role.BUILDING_HEAD.label
    GRID_HEAD = "grid_head", Role.GRID_HEAD.label
    FIRM_MANAGER = "firm_manager", Role.FIRM_MANAGER.label
    COMMUNITY_STAFF = "community_staff", Role.COMMUNITY_STAFF.label


class Feedback(CaseFields, kw_only=True):
    """What somebody said about a place.

    `number`: for people, beside the compound. `place`: of one without a name no more exact than
    a unit of five homes. `person`: whose it is; None of somebody without an account, for whom
    `filed_by` wrote it down. `name_sealed`, `home_sealed`: who said it and of which home.
    `straight`: whether nobody below the community ever has it, as who said it chose, or because
    they act in an office over its place; only without a name.
    `about`, `about_substitute`: the office that it is about; `about_people`: its holders of
    that day, from whom it is kept; `about_desks`: where one of them had not signed in, the
    office at its places as "role:place", from whose holders it is kept whenever they hold it.
    `rung`: with which it lies, or to which it comes back from a firm or a department;
    `came_from`: the one before; `handed_back`: rungs that handed it back. `is_top`: whether it
    climbs no further by itself; `rung_due`: when it does, else. `desks`: offices at places with
    whom it lies, and `seen_at`: with whom it lay or who look after those, as "role:place".
    `solved_by`: who said that it is solved. `returned`, `reopened`: how often it was not.
    `under`: places at which a board has it: of one without a name none below its building.
    `words`: keyed fingerprints by which it is found; see boards/keys.py. `found_in`: id of the
    round on which a head found it.
    """

    id: str = field(name="_id")
    number: str
    place: str
    kind: FeedbackKind
    state: FeedbackState
    person: str | None
    filed_by: str
    way: CameBy
    anonymous: bool = False
    straight: bool = False
    created_at: datetime
    steps: int = 0
    entered_at: datetime | None = None
    text_sealed: str = ""
    name_sealed: str = ""
    home_sealed: str = ""
    photo_ids: list[str] = field(default_factory=list)
    about: About | None = None
    about_substitute: bool = False
    about_people: list[str] = field(default_factory=list)
    about_desks: list[str] = field(default_factory=list)
    rung: Rung
    first_rung: Rung | None = None
    came_from: Rung | None = None
    handed_back: list[Rung] = field(default_factory=list)
    is_top: bool = False
    rung_due: datetime | None = None
    desks: list[str] = field(default_factory=list)
    seen_at: list[str] = field(default_factory=list)
    under: list[str] = field(default_factory=list)
    department_sealed: str = ""
    solved_by: str = ""
    solved_at: datetime | None = None
    solved_rung: Rung | None = None
    returned: int = 0
    reopened: int = 0
    words: list[str] = field(default_factory=list)
    ended_at: datetime | None = None
    found_in: str = ""
    erased: bool = False


# What clients send and see


class FileFeedback(Struct, forbid_unknown_fields=True, kw_only=True):
    """What somebody has to say.

    `place`: Path of the home, unit, building or compound that it is about.
    `kind`: What it is.
    `text`: What they say.
    `photo_ids`: Ids of photos, a short video or a voice note (purpose `case`); only photos
    without a name.
    `anonymous`: Whether nobody below the community learns who said it.
    `straight`: Without a name only: whether it goes to the community at once, and nobody below
    ever has it.
    `about`: Office whose holder a complaint is about: it never comes to them.
    `about_substitute`: Whether it is about who stands in for the holder.
    `on_behalf_of`: By heads and staff: name of the person who said it.
    `way`: By heads and staff for somebody else: how it came in; a visit without it.
    """

    place: PlacePath
    kind: FeedbackKind
    text: Remark
    photo_ids: PhotoIds = []
    anonymous: bool = False
    straight: bool = False
    about: About | None = None
    about_substitute: bool = False
    on_behalf_of: PersonName | None = None
    way: CameBy | None = None


class SimilarFeedbackQuery(Struct, forbid_unknown_fields=True, kw_only=True):
    """What somebody is about to say.

    `place`: Path of the place.
    `kind`: What it is.
    """

    place: PlacePath
    kind: FeedbackKind


class SayMore(Struct, forbid_unknown_fields=True, kw_only=True):
    """Words and photos that are added.

    `text`: What is to be added.
    `photo_ids`: Ids of photos, a short video or a voice note (purpose `case`).
    """

    text: Remark
    photo_ids: PhotoIds = []


class AnswerFeedback(Struct, forbid_unknown_fields=True, kw_only=True):
    """Answer to the question at the end.

    `solved`: Whether it is really solved.
    `note`: Anything else, e.g. what still is not right.
    """

    solved: bool
    note: Reason | None = None


class BecauseFeedback(Struct, forbid_unknown_fields=True, kw_only=True):
    """Reason of a step.

    `reason`: Why; whoever said it and who handles it read it.
    """

    reason: Reason


class ToDepartment(Struct, forbid_unknown_fields=True, kw_only=True):
    """Department outside of the product that handles a case.

    `department`: Which department, and whom to ask there.
    `reason`: Why; whoever said it reads it.
    """

    department: Reason
    reason: Reason


class ThankForFeedback(Struct, forbid_unknown_fields=True, kw_only=True):
    """Thanks for praise, which ends it.

    `text`: The thanks; whoever said it reads it.
    """

    text: Remark


class NoteFeedback(Struct, forbid_unknown_fields=True, kw_only=True):
    """Remark of who handles a case.

    `text`: The remark.
    `internal`: Whether only those who handle it read it.
    """

    text: Remark
    internal: bool = True


class FeedbackPhotos(Struct, kw_only=True):
    """What is attached to feedback, and may be seen by whoever asks.

    `items`: Addresses: of what was said first, then in the order of the history.
    """

    items: list[PhotoUrl]


class FeedbackView(Struct, kw_only=True):
    """Feedback as whoever asks may see it.

    `feedback_id`: Opaque id of the feedback.
    `number`: Number for people, beside the compound.
    `place`: Path of the place; of one without a name no more than the building.
    `address`: Address of that place, as people say it.
    `kind`: What it is.
    `state`: How far it is.
    `progress`: How far it is and who has it now, in plain words.
    `text`: What was said; empty once it is over and was without a name, below the community.
    `photo_ids`: Ids of what was attached; of that the same.
    `anonymous`: Whether it was said without a name.
    `author_name_masked`: Who said it, masked; null without a name.
    `way`: How it came in.
    `found_in`: Id of the round on which it was found, for who found and who handles it;
    else null.
    `about`: Office whose holder it is about; null for none.
    `rung`: Rung with which it lies.
    `is_mine`: Whether I said it or wrote it down.
    `lies_with_me`: Whether it lies with my office.
    `is_held`: Whether somebody has taken it.
    `is_held_by_me`: Whether I have taken it.
    `department`: Department that handles it, for those who handle it; without a name for the
    community and above alone; else null.
    `due_at`: Deadline of the rung; null for none, and while the reporter is asked for more.
    `overdue`: Whether it has passed with nobody above to climb to.
    `returned`: How often it was said not to be solved.
    `reopened`: How often it came again.
    `is_asked`: Whether I am asked if it is solved.
    `may_reopen`: Whether I can say that it is there again.
    `steps`: What I may do with it now.
    `created_at`: When it was said.
    """

    feedback_id: str
    number: FeedbackNumber
    place: Annotated[str, Meta(examples=["cc.chaoyang.guilin.xincheng.c07.b3.u2"])]
    address: Annotated[str, Meta(examples=["春光小区3栋2单元"])]
    kind: Annotated[FeedbackKind, Meta(examples=["suggestion"])]
    state: Annotated[FeedbackState, Meta(examples=["waiting"])]
    progress: Annotated[str, Meta(examples=["单元长已收到,等待办理"])]
    text: Annotated[str, Meta(examples=["楼道里的灯太暗了,老人上下楼不方便"])]
    photo_ids: list[str]
    anonymous: Annotated[bool, Meta(examples=[False])]
    author_name_masked: Annotated[str | None, Meta(examples=["李*"])]
    way: Annotated[CameBy, Meta(examples=["app"])]
    found_in: Annotated[str | None, NONE_HERE]
    about: Annotated[About | None, NONE_HERE]
    rung: Annotated[Rung, Meta(examples=["unit_head"])]
    is_mine: bool
    lies_with_me: Annotated[bool, Meta(examples=[False])]
    is_held: Annotated[bool, Meta(examples=[False])]
    is_held_by_me: Annotated[bool, Meta(examples=[False])]
    department: Annotated[str | None, NONE_HERE]
    due_at: Annotated[datetime | None, Meta(examples=["2026-03-03T04:00:00Z"])]
    overdue: Annotated[bool, Meta(examples=[False])]
    returned: Annotated[int, Meta(examples=[0])]
    reopened: Annotated[int, Meta(examples=[0])]
    is_asked: Annotated[bool, Meta(examples=[False])]
    may_reopen: Annotated[bool, Meta(examples=[False])]
    steps: Annotated[list[FeedbackAction], Meta(examples=[["add", "withdraw"]])]
    created_at: datetime
