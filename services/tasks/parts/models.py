"""Parts of a task, one for the place of each head, and the homes in it."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.cases.models import CaseFields
from services.kernel.documents import digest_id
from services.kernel.labels import Labelled
from services.kernel.pages import ListQuery
from services.kernel.paths import PlacePath
from services.kernel.permissions import Role
from services.kernel.types import TEXT, Id, Reason
from services.kernel.vault import Sealed
from services.tasks.models import HeadRole, LastDay, Number, TaskProof, Title
from services.tasks.parts.states import TaskPartAction, TaskPartState

NOTE: Final = Sealed("task_homes", "note")
MOST_PHOTOS: Final = 3
HomeNote = Annotated[
    str, Meta(min_length=1, max_length=100, pattern=TEXT, examples=["软管已换新"])
]
PhotoIds = Annotated[list[Id], Meta(max_length=MOST_PHOTOS)]


class HomeAnswer(Labelled):
    """Answer about one home. The first is what was asked for."""

    DONE = "done", "已完成"
    NOBODY_THERE = "nobody_there", "家中无人"


class TaskPart(CaseFields, kw_only=True):
    """Part of a task: a case that lies with the head of its place, whoever that is then.

    `role`: office whose part it is. `rung`: office that has it in hand now, the next one above
    while that one is vacant; `held`: the same with the places where it can be held, by which
    whoever holds it finds it. `title`, `proof`: of the task.
    `until`: last day, the task's unless the part was made or returned too late for it.
    `homes`, `done`, `nobody_there`: how many there are and how many have which answer.
    `last_at`: of the latest answer. `returned`: whether the community sent it back.
    `reported_by`: who reported it last, `reported_at`: when, and `reported_late`: whether its
    day had passed then; empty once it was returned.
    """

    id: str = field(name="_id")
    task: str
    place: str
    role: HeadRole
    rung: Role
    held: list[str]
    title: str
    proof: TaskProof
    until: LastDay
    state: TaskPartState = TaskPartState.OPEN
    person: str | None = None
    filed_by: str
    created_at: datetime
    entered_at: datetime | None = None
    steps: int = 0
    homes: int = 0
    done: int = 0
    nobody_there: int = 0
    last_at: datetime | None = None
    returned: bool = False
    reported_by: str = ""
    reported_at: datetime | None = None
    reported_late: bool = False

    @property
    def left(self) -> int:
        """How many homes have no answer."""
        return self.homes - self.done - self.nobody_there


class TaskHome(Struct, kw_only=True):
    """Home of a part, with what was answered about it; None for nothing yet.

    `by`: head who answered. `role`: the office by which they did. `has_traces`: whether there
    is a note or a photo, which go after a time.
    """

    id: str = field(name="_id")
    task: str
    part: str
    home: str
    answer: HomeAnswer | None = None
    number: int | None = None
    note_sealed: str = ""
    photo_ids: list[str] = []
    by: str = ""
    role: Role | None = None
    at: datetime | None = None
    has_traces: bool = False


def part_id(task: str, place: str) -> str:
    """Return the id of the part of a place: made twice, it is the same."""
    return digest_id("task_part", task, place)


def home_id(task: str, home: str) -> str:
    return digest_id("task_home", task, home)


# What clients send


class AnswerTaskHome(Struct, forbid_unknown_fields=True, kw_only=True):
    """Answer about one home of a part; it takes the place of the one before.

    `home`: Path of the home.
    `answer`: What came of it.
    `number`: What was counted or read, where the task asks for a number.
    `photo_ids`: Ids of photos (purpose `case`); those that are left out of an earlier answer
    are removed.
    `note`: What helps the next time, in a few words.
    """

    home: PlacePath
    answer: HomeAnswer
    number: Number | None = None
    photo_ids: PhotoIds = []
    note: HomeNote | None = None


class FinishTaskPart(Struct, forbid_unknown_fields=True, kw_only=True):
    """End of the work on a part.

    `reason`: Why homes are left; needed when there are any.
    `photo_ids`: Ids of photos of the whole (purpose `case`).
    """

    reason: Reason | None = None
    photo_ids: PhotoIds = []


class ReturnTaskPart(Struct, forbid_unknown_fields=True, kw_only=True):
    """Return of a part to its head, once.

    `reason`: What is still to be done; the head reads it.
    """

    reason: Reason


class MyPartsQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which parts of mine to list.

    `state`: State of the parts, the newest first; without it the open ones, by their day.
    """

    state: TaskPartState | None = None


class PartsQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which parts of a task to list, by place.

    `place`: Path of a place: there and below; all without it.
    `state`: State of the parts; all without it.
    `overdue`: Only those whose day has passed, or only the rest.
    """

    place: PlacePath | None = None
    state: TaskPartState | None = None
    overdue: bool | None = None


class HomesQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which homes of a part to list, by path.

    `answered`: Only homes with an answer, or only those without; all without it.
    """

    answered: bool | None = None


class TaskLevel(Labelled):
    """Places by which progress is counted."""

    COMPOUND = "compound", "小区"
    BUILDING = "building", "楼栋"
    UNIT = "unit", "单元"


class TaskProgressQuery(Struct, forbid_unknown_fields=True, kw_only=True):
    """How progress is counted.

    `by`: Places by which it is counted; not smaller than those of the heads.
    """

    by: TaskLevel = TaskLevel.COMPOUND


# What clients see


class TaskPartView(Struct, kw_only=True):
    """Part of a task, for whoever does it and for the community.

    `part_id`: Opaque id of the part.
    `task_id`: Id of the task that it is a part of.
    `place`: Path of the place of the head.
    `address`: Address of that place.
    `role`: Office whose part it is.
    `rung`: Office that has it in hand now; the next one above while that one is vacant.
    `title`: What is to be done, in a few words.
    `proof`: What shows that it was done.
    `until`: Last day for it.
    `state`: How far it is.
    `homes`: How many homes there are.
    `done`: How many of them are done.
    `nobody_there`: At how many nobody was there.
    `left`: How many have no answer.
    `last_at`: When a home was answered last; null for none yet.
    `due_at`: Until when it is to be done; null when nothing is.
    `overdue`: Whether that has passed.
    `returned`: Whether the community sent it back once.
    `passes_at`: When it counts as accepted unless it is returned; null unless reported.
    `steps`: What I can do with it now.
    """

    part_id: str
    task_id: str
    place: str
    address: str
    role: HeadRole
    rung: Role
    title: Title
    proof: TaskProof
    until: LastDay
    state: TaskPartState
    homes: int
    done: int
    nobody_there: int
    left: int
    last_at: datetime | None
    due_at: datetime | None
    overdue: bool
    returned: bool
    passes_at: datetime | None
    steps: list[TaskPartAction]


class WholeTaskPartView(TaskPartView, kw_only=True):
    """Part of a task, with what the community wrote.

    `text`: What is to be done.
    `returned_because`: Why the community sent it back; null where it did not.
    """

    returned_because: Annotated[str, Meta(examples=["3户没有拍照"])] | None
    text: Annotated[str, Meta(examples=["请逐户看燃气软管有没有老化,发现问题拍照"])]


class TaskHomeView(Struct, kw_only=True):
    """Home of a part of a task.

    `home`: Path of the home.
    `address`: Address of the home.
    `answer`: What came of it; null for nothing yet.
    `number`: What was counted or read; null for nothing.
    `note`: What was added; null for nothing.
    `photo_ids`: Ids of photos.
    `by`: Office of who answered; null for nobody yet.
    `at`: When it was answered; null for not yet.
    """

    home: PlacePath
    address: str
    answer: HomeAnswer | None
    number: Annotated[int, Meta(examples=[3])] | None
    note: Annotated[str, Meta(examples=["软管已换新"])] | None
    photo_ids: list[str]
    by: Role | None
    at: datetime | None


class TaskProgressRow(Struct, kw_only=True):
    """Progress of a task at one place.

    `place`: Path of the place.
    `address`: Address of the place.
    `parts`: How many parts lie there.
    `open_parts`: How many of them are not reported yet.
    `overdue_parts`: How many of those are overdue.
    `homes`: How many homes there are.
    `done`: How many of them are done.
    `nobody_there`: At how many nobody was there.
    `left`: How many have no answer.
    `last_at`: When a home was answered last; null for none yet.
    """

    place: str
    address: str
    parts: int
    open_parts: int
    overdue_parts: int
    homes: int
    done: int
    nobody_there: int
    left: int
    last_at: datetime | None


class TaskProgress(Struct, kw_only=True):
    """Progress of a task by place. Withdrawn parts do not count.

    `items`: Places in which it has parts, by path.
    """

    items: list[TaskProgressRow]
