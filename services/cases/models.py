"""Cases: the fields that every kind keeps, their deadlines and their history."""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Protocol

from msgspec import Meta, Struct, field

from services.kernel.labels import Labelled
from services.kernel.vault import Sealed
from services.working_time.models import Pace

REMARK: Final = Sealed("case_events", "remark")
# MongoDB sorts null first; what has no deadline comes last.
NO_DEADLINE: Final = datetime(9999, 1, 1, tzinfo=UTC)


class CameBy(Labelled):
    """Way by which a case came in."""

    APP = "app", "小程序"
    SCAN = "scan", "扫码"
    PHONE = "phone", "电话"
    VISIT = "visit", "上门走访"
    MEETING = "meeting", "会议"
    COUNTER = "counter", "服务窗口"
    ROUND = "round", "巡查"  # found by a head on a round
    CITY = "city", "城市平台"  # another system, by Open311


class Clock(Struct, kw_only=True):
    """Deadline of a case: computed once, moved by pauses only.

    `total`: its length in minutes of its pace; `left`: those left at `running_since`, or while
    it is paused. `running_since`, `due_at`, `warn_at`: null while it is paused.
    `is_estimated`: part of it lies in a year whose holidays nobody has announced.
    `warned_at`, `overdue_at`: when that was told. `rung`: rungs of the ladder that were told.
    `climb_at`: when the next one is; `climb_left`: minutes until then, while it is paused.
    `began_at`: what tells it from the case's other deadlines of the same name, and the messages
    about it from theirs.
    """

    total: int
    pace: Pace
    left: int
    running_since: datetime | None
    due_at: datetime | None
    warn_at: datetime | None = None
    is_estimated: bool = False
    warned_at: datetime | None = None
    overdue_at: datetime | None = None
    rung: int = 0
    climb_at: datetime | None = None
    climb_left: int = 0
    began_at: datetime | None = None


class Case(Protocol):
    """What the engine reads of a case of any kind.

    `person`: whose case it is; None of somebody without an account. `filed_by`: who wrote it
    down. `steps`: rows of its history; two steps at once are told apart by it.
    `entered_at`: since when it is in its state. `holder`: who works on it; empty for nobody.
    `clocks`: deadline's name → deadline. `due_at`: of the one that runs. `sort_due`: the same,
    and far away for none, by which lists are sorted.
    `round`: how often everybody was asked. `joiners`: people who joined. `confirmed`: those
    asked who said yes in this round.
    """

    id: str
    state: Any
    person: str | None
    filed_by: str
    created_at: datetime
    steps: int
    entered_at: datetime | None


class CaseFields(Struct, kw_only=True):
    """Fields of a case that has deadlines, a holder and people who joined it."""

    holder: str = ""
    clocks: dict[str, Clock] = {}
    due_at: datetime | None = None
    sort_due: datetime = NO_DEADLINE
    overdue: bool = False
    round: int = 0
    joiners: int = 0
    confirmed: int = 0


class Event(Struct, kw_only=True):
    """Row of a case's history; never changed but for what erasure and retention take out.

    `action`: name of the step, or of the news (warned, overdue, climbed, asked).
    `by`: who took it; empty for the clock. `by_office`: whether an office let them.
    `by_joiner`: whether they joined a case of somebody else. `unnamed`: whether somebody took
    it who was taken out of `by`.
    `internal`: for those who work on it only.
    `holder`: who holds it since. `facts`: ids, days, counts; never what somebody typed.
    """

    id: str = field(name="_id")
    kind: str
    case: str
    at: datetime
    action: str
    source: str | None
    target: str | None
    by: str
    by_office: bool = False
    by_joiner: bool = False
    unnamed: bool = False
    holder: str = ""
    remark_sealed: str = ""
    internal: bool = False
    photo_ids: list[str] = []
    facts: dict[str, Any] = {}


class Spell(Struct, frozen=True, kw_only=True):
    """Part of a history that is somebody's own: how a case came into some states, and left.

    `states`: in which it was theirs. `rest`: whether they see the rest too, but for what is for
    those who work on it only.
    """

    states: frozenset[str]
    rest: bool


class Reading(Struct, frozen=True, kw_only=True):
    """What of a case's history somebody reads.

    `reader`: who. `internal`: also what is for those who work on it only. `rungs`: those, as
    the kind notes them, of which alone they read what is internal; empty for all. `remarks`:
    whether they read what residents typed and photographed; what offices and they themselves
    did they always do. `spell`: which part of the history they read, whatever `internal` says;
    None for all of it.
    """

    reader: str
    internal: bool
    remarks: bool = True
    spell: Spell | None = None
    rungs: Collection[str] = ()


class Who(Labelled):
    """Who took a step, without a name."""

    REPORTER = "reporter", "本人"  # whose case it is
    JOINER = "joiner", "邻居"
    PARTY = "party", "当事人"  # of a case that is several people's own
    OFFICE = "office", "工作人员"
    CLOCK = "clock", "系统"


class EventView(Struct, kw_only=True):
    """Row of the history of a case.

    `event_id`: Opaque id of the row.
    `at`: When it happened.
    `action`: What happened, for programs.
    `label`: What happened, for people.
    `state`: State of the case since then.
    `who`: Who did it.
    `detail`: What it was about, e.g. why the work rests; null for nothing.
    `remark`: What they wrote; null for nothing.
    `internal`: Whether only those who work on the case see this row.
    `photo_ids`: Ids of what was attached.
    `rung`: Rung of the ladder that was told, or with which it lies since; null for others.
    """

    event_id: str
    at: datetime
    action: Annotated[str, Meta(examples=["assign"])]
    label: Annotated[str, Meta(examples=["派工"])]
    state: Annotated[str, Meta(examples=["assigned"])]
    who: Who
    detail: Annotated[str, Meta(examples=["家中无人,到11月28日 9:00"])] | None
    remark: Annotated[str, Meta(examples=["配件周三到货"])] | None
    internal: bool
    photo_ids: Annotated[list[str], Meta(examples=[["01hzy3v7k2m4n6p8q0r2s4t6v8"]])]
    rung: Annotated[str, Meta(examples=["物业经理"])] | None
