"""Contents of a register's sheet: columns, homes, people, problems, and their messages."""

from enum import StrEnum, auto

from msgspec import Struct

from services.places.models import Usage
from services.residencies.models import Relation


class Field(StrEnum):
    """A column, named as our template heads it."""

    BUILDING = "楼栋"
    UNIT = "单元"
    HOME = "房号"
    AREA = "面积(㎡)"
    USAGE = "用途"
    OWNER = "业主姓名"
    PHONE = "手机号"
    RELATION = "关系"
    CO_OWNER = "共有人"


class Code(StrEnum):
    HOME_MISSING = auto()
    BUILDING_MISSING = auto()
    CELL_IS_DATE = auto()
    NAME_TOO_LONG = auto()
    AREA_UNREADABLE = auto()
    AREA_IMPOSSIBLE = auto()
    DUPLICATE_DIFFERENT = auto()
    SAME_SEGMENT = auto()
    RELATION_UNKNOWN = auto()
    OWNER_TOO_LONG = auto()

    AREA_MISSING = auto()
    AREA_COLUMN_MISSING = auto()
    AREA_LARGE = auto()
    PHONE_UNREADABLE = auto()
    PHONE_LANDLINE = auto()
    PHONE_EXTRA = auto()
    PHONE_WITHOUT_OWNER = auto()
    OWNER_NOTE = auto()
    OWNERS_BY_SPACE = auto()
    USAGE_UNKNOWN = auto()
    DUPLICATE_SAME = auto()
    FILLED_DOWN = auto()
    ROW_SKIPPED = auto()
    HOME_DIFFERS = auto()


class Severity(StrEnum):
    """An error stops the import; a warning must be accepted."""

    ERROR = auto()
    WARNING = auto()


class RowProblem(Struct, kw_only=True):
    """What is wrong with one cell. Never holds a name or a phone number."""

    row: int  # as Excel counts, from 1
    column: str = ""  # the letter, e.g. D; empty when the whole row is meant
    heading: str = ""
    code: str
    severity: Severity
    message: str


class ListedPerson(Struct, frozen=True):
    """Somebody named in the file."""

    name: str
    phone: str | None  # E.164
    relation: Relation


class ListedHome(Struct, kw_only=True):
    """One home of the file, in our words. `number` counts the people listed for it before."""

    row: int
    building: str
    building_name: str
    unit: str
    unit_name: str
    home: str
    name: str
    usage: Usage
    area: int | None  # 0.01 m²
    people: list[ListedPerson]
    number: int = 0
    repeats: bool = False  # a later row that only adds people


class Column(Struct):
    """How a column of the file was understood; `meaning` is empty when it is ignored."""

    letter: str
    heading: str
    meaning: str = ""


class Counts(Struct, kw_only=True):
    """What the file holds, and what of it is new."""

    rows: int = 0
    buildings: int = 0
    units: int = 0
    homes: int = 0
    people: int = 0
    skipped_rows: int = 0
    new_homes: int = 0
    existing_homes: int = 0  # already there: they stay as they are
    changed_homes: int = 0  # of these, the ones the file describes differently
    errors: int = 0
    warnings: int = 0
    kept_homes: int = 0  # what an undo had to leave because it was used meanwhile


class Refusal(Struct, frozen=True):
    """Why a file could not be read."""

    code: str
    message: str


class Begun(Struct, tag="begun"):
    """The sheet is found; these are its columns."""

    columns: list[Column]


class Batch(Struct, tag="batch"):
    """Some more of the file. `seen` of `total` rows are read."""

    seen: int
    total: int
    homes: list[ListedHome]
    problems: list[RowProblem]


class Done(Struct, tag="done"):
    counts: Counts
    peak_kib: int


class Failed(Struct, tag="failed"):
    refusal: Refusal


Message = Begun | Batch | Done | Failed
