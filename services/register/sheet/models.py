"""Contents of a register's sheet: columns, homes, people, problems, and their messages."""

from enum import StrEnum, auto

from msgspec import Struct

from services.kernel.labels import Labelled
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
    """Code of a problem of a row; problems.py has what people read."""

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
    CELL_ERROR = auto()
    HOME_UNREADABLE = auto()
    PLACE_CONTRADICTS = auto()
    BUILDING_UNCLEAR = auto()
    UNIT_UNCLEAR = auto()
    HOME_SEVERAL = auto()

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
    HOME_RENAMED = auto()
    HOME_RETIRED = auto()
    SECTION_ROW = auto()
    BUILDING_FROM_TITLE = auto()
    BUILDING_FROM_SHEET = auto()
    BUILDING_FROM_HOME = auto()
    UNIT_FROM_HOME = auto()
    NOTE_LEFT_OUT = auto()
    SAME_ROOM = auto()
    MAY_BE_SAME = auto()
    DUPLICATE_PHONE = auto()
    AREA_COMMA = auto()
    AREA_MERGED = auto()
    OWNER_MERGED = auto()
    SHEET_DIFFERS = auto()
    HIDDEN_ROW = auto()
    HIDDEN_COLUMN = auto()
    HIDDEN_SHEET = auto()
    SHEET_SKIPPED = auto()
    SHEETS_JOINED = auto()
    BUILDING_UNUSUAL = auto()
    PHONE_SHARED = auto()


class Severity(Labelled):
    """An error stops the import; a warning must be accepted."""

    ERROR = "error", "错误"
    WARNING = "warning", "提醒"


class RowProblem(Struct, kw_only=True):
    """Problem of one cell. Never holds a name or a phone number.

    `row`: Row of the file, from 1.
    `column`: Letter of the column; empty for the whole row.
    `heading`: Heading of the column; empty for the whole row.
    `code`: Stable code of the problem.
    `severity`: Whether it stops the import.
    `message`: What is wrong, in Chinese, to be shown to people.
    `sheet`: Name of the sheet; empty for files that were read before sheets were told.
    `sheet_number`: Number of the sheet among those that were read, from 1.
    """

    row: int  # as Excel counts, from 1
    column: str = ""  # the letter, e.g. D; empty when the whole row is meant
    heading: str = ""
    code: str
    severity: Severity
    message: str
    sheet: str = ""
    sheet_number: int = 1

    @property
    def key(self) -> str:
        """Sort key among the problems of one reading: sheet, row, column, code.

        The first sheet is not named, as in keys that were kept before others were read; a
        letter sorts behind all digits.
        """
        sheet = f"s{self.sheet_number:03d}:" if self.sheet_number > 1 else ""
        return f"{sheet}{self.row:07d}:{self.column:>3}:{self.code}"


class ListedPerson(Struct, frozen=True):
    """Person whom a row names for its home."""

    name: str
    phone: str | None  # E.164
    relation: Relation


class Known(Struct, frozen=True, kw_only=True):
    """Area in 0.01 m² and use that the register had of a home when a file was compared."""

    area: int | None = None
    usage: Usage | None = None


class ListedHome(Struct, kw_only=True):
    """Home of a row. `number`: how many people earlier rows listed for it.

    `shown`: what the register had where the row says otherwise; None for no difference, and in
    rows that were read before this was kept.
    """

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
    sheet: str = ""
    sheet_number: int = 1
    shown: Known | None = None

    def path(self, compound: str) -> str:
        """Path of the home in its compound."""
        return f"{compound}.{self.building}.{self.unit}.{self.home}"


class Column(Struct):
    """Column of the file, as it was understood.

    `letter`: Letter of the column in the file.
    `heading`: Heading as the file has it.
    `meaning`: What the column holds; empty when it is ignored.
    `sheet`: Name of the sheet; empty for files that were read before sheets were told.
    """

    letter: str
    heading: str
    meaning: str = ""
    sheet: str = ""


class Inference(Struct, kw_only=True):
    """What was inferred for homes of a building, and not written in their rows.

    `code`: Stable code, the same as in the problems.
    `what`: What was inferred, in Chinese, to be shown to people.
    `rows`: Number of rows it was inferred for.
    """

    code: str
    what: str
    rows: int


class BuildingCount(Struct, kw_only=True):
    """Building of the file, as it was understood: a wrong reading shows at a glance.

    `building`: Segment of the building's path below the compound.
    `name`: Name of the building.
    `sheets`: Names of the sheets it is on.
    `units`: Units of the building in the file.
    `homes`: Homes of the building in the file.
    `area`: Sum of their areas in 0.01 m².
    `homes_without_area`: How many of the homes have no area.
    `people`: People in these homes.
    `inferred`: What was not written in the rows but inferred.
    """

    building: str
    name: str
    sheets: list[str] = []
    units: int = 0
    homes: int = 0
    area: int = 0
    homes_without_area: int = 0
    people: int = 0
    inferred: list[Inference] = []


class Counts(Struct, kw_only=True):
    """Counts of what the file holds, and what of it is new.

    `rows`: Rows with homes.
    `buildings`: Buildings in the file.
    `units`: Units in the file.
    `homes`: Homes in the file.
    `people`: People in the file.
    `skipped_rows`: Rows that hold no home, e.g. sums.
    `new_homes`: Homes that are not registered yet.
    `existing_homes`: Homes that are registered already.
    `changed_homes`: Registered homes of which the file says something else.
    `errors`: Problems that stop the import.
    `warnings`: Problems that must be accepted.
    `kept_homes`: Homes that stayed when the import was undone.
    `corrected_homes`: Homes that the import corrected, because that was accepted; an undo
        leaves them corrected.
    `left_out_homes`: New homes that were not written: another home got their number meanwhile.
    """

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
    corrected_homes: int = 0
    left_out_homes: int = 0
    kept_homes: int = 0  # what an undo had to leave because it was used meanwhile


class Refusal(Struct, frozen=True):
    """Why a file could not be read.

    `code`: Stable code of the refusal, e.g. `register_old_xls`.
    `message`: What is wrong, in Chinese, to be shown to people.
    """

    code: str
    message: str


class Begun(Struct, tag="begun"):
    """Message: the sheets are found, with these columns."""

    columns: list[Column]


class Batch(Struct, tag="batch"):
    """Message: some more homes and problems. `seen` of `total` rows are read."""

    seen: int
    total: int
    homes: list[ListedHome]
    problems: list[RowProblem]


class Done(Struct, tag="done"):
    """Message: all is read. `peak_kib`: the most memory it took, in KiB."""

    counts: Counts
    peak_kib: int
    buildings: list[BuildingCount] = []


class Failed(Struct, tag="failed"):
    """Message: the file as a whole cannot be read."""

    refusal: Refusal


Message = Begun | Batch | Done | Failed
