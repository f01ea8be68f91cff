"""Tasks that the community gives to heads: what is kept, sent and seen of them."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.kernel.days import Day
from services.kernel.labels import Labelled
from services.kernel.pages import ListQuery
from services.kernel.paths import PlacePath
from services.kernel.permissions import Role
from services.kernel.types import LINE, Remark
from services.tasks.states import TaskState

MOST_PLACES: Final = 500
# As the cell of a message holds it (services/wechat/template_values.py).
Title = Annotated[
    str, Meta(min_length=1, max_length=20, pattern=LINE, examples=["燃气软管检查"])
]
UnitLabel = Annotated[str, Meta(min_length=1, max_length=10, pattern=LINE, examples=["人"])]
LastDay = Annotated[Day, Meta(examples=["2026-12-20"])]
# What somebody reads off a meter or counts.
Number = Annotated[int, Meta(ge=-1_000_000_000, le=1_000_000_000, examples=[3])]


class TaskProofKind(Labelled):
    """What shows that a home was done; `done` asks for no home, the part is done as a whole."""

    TICK = "tick", "逐户打勾"
    PHOTO = "photo", "逐户拍照"
    NUMBER = "number", "逐户填数"
    DONE = "done", "整体完成"

    @property
    def by_home(self) -> bool:
        """Tell whether it is given from home to home."""
        return self is not TaskProofKind.DONE


class HeadRole(Labelled):
    """Head whose places get a part of a task each."""

    UNIT_HEAD = "unit_head", "单元长"
    BUILDING_HEAD = "building_head", "楼栋长"
    GRID_HEAD = "grid_head", "网格长"

    @property
    def role(self) -> Role:
        """The office of that name."""
        return Role(self.value)


class TaskProof(Struct, frozen=True, kw_only=True):
    """Proof that a task asks for.

    `kind`: What shows that a home was done.
    `unit_label`: What a number counts, for people; null unless it is a number.
    `least`: Smallest number that can be true; null for none.
    `most`: Largest number that can be true; null for none.
    """

    kind: TaskProofKind
    unit_label: UnitLabel | None = None
    least: Number | None = None
    most: Number | None = None


class Task(Struct, kw_only=True):
    """Task that was given.

    `place`: the smallest place around all of it. `places`: outermost paths; of grids, their
    buildings of that day. `role`: whose places get a part each. `after`: place of the last part
    that was made, while they are. `parts`, `homes`: how many were made.
    """

    id: str = field(name="_id")
    place: str
    places: list[str]
    role: HeadRole
    title: str
    text: str
    proof: TaskProof
    until: LastDay
    state: TaskState = TaskState.SPREADING
    after: str = ""
    parts: int = 0
    homes: int = 0
    given_by: str
    given_at: datetime
    withdrawn_by: str = ""
    withdrawn_at: datetime | None = None


class NewTaskProof(TaskProof, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Proof that a new task asks for.

    `kind`: What shows that a home was done.
    `unit_label`: What a number counts, for people; only for a number.
    `least`: Smallest number that can be true.
    `most`: Largest number that can be true.
    """


class NewTask(Struct, forbid_unknown_fields=True, kw_only=True):
    """Task for heads.

    `title`: What is to be done, in a few words.
    `text`: What is to be done, for whoever does it.
    `places`: Paths of homes, units, buildings, grids or compounds.
    `role`: Head whose places get a part of it each.
    `until`: Last day for it.
    `proof`: What shows that it was done.
    """

    title: Title
    text: Remark
    places: Annotated[list[PlacePath], Meta(min_length=1, max_length=MOST_PLACES)]
    role: HeadRole
    until: LastDay
    proof: NewTaskProof


class TasksQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which tasks to list, newest first.

    `place`: Path of a place where I give tasks: there and below; all of mine without it.
    `state`: State of the tasks; all without it.
    """

    place: PlacePath | None = None
    state: TaskState | None = None


class TaskView(Struct, kw_only=True):
    """Task that was given to heads.

    `task_id`: Opaque id of the task.
    `place`: Path of the smallest place around all of it.
    `address`: Address of that place.
    `role`: Head whose places have a part of it each.
    `title`: What is to be done, in a few words.
    `text`: What is to be done.
    `proof`: What shows that it was done.
    `until`: Last day for it.
    `state`: How far it is; its parts are made one after the other.
    `parts`: How many parts there are so far.
    `homes`: How many homes they have.
    `given_at`: When it was given.
    """

    task_id: str
    place: str
    address: str
    role: HeadRole
    title: Title
    text: Annotated[str, Meta(examples=["请逐户看燃气软管有没有老化,发现问题拍照"])]
    proof: TaskProof
    until: LastDay
    state: TaskState
    parts: int
    homes: int
    given_at: datetime
