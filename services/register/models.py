"""Imports of a register: what is kept, sent and seen."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.home_corrections.models import Facts
from services.kernel.days import Day
from services.kernel.labels import Labelled
from services.kernel.pages import ListQuery, ShortListQuery
from services.kernel.paths import PlacePath
from services.kernel.types import Id, Opaque, Reason
from services.kernel.vault import Sealed
from services.register.sheet.models import BuildingCount, Column, Counts, Refusal, Severity
from services.register.states import State

DOCUMENT: Final = Sealed("register_imports", "document")
REASON: Final = Sealed("register_imports", "reason")
MOST_ACCEPTED: Final = 1000  # named one by one; all of them are accepted without naming any

ImportId = Annotated[
    str,
    Meta(
        pattern=r"^[0-9a-z]{26}$(?!\n)",
        description="Id of the import, as the upload was answered.",
    ),
]


class Import(Struct, kw_only=True):
    """Import of one file into one compound; the same bytes are the same import."""

    id: str = field(name="_id")
    place: str
    state: State = State.UPLOADED
    busy: bool = False  # adding or removing homes: one import at a time in a compound
    round: int = 1  # goes up when the file is sent again after its end
    run: str = ""  # of the reading whose rows and problems count
    size_bytes: int
    uploaded_by: str
    uploaded_at: datetime
    confirmed_at: datetime | None = None
    done: int = 0  # of the step under way
    total: int = 0
    chunks: int = 0  # in which the rows are kept
    mark: str = ""  # how far applying or undoing has come
    columns: list[Column] = []
    counts: Counts = field(default_factory=Counts)
    buildings: list[BuildingCount] = []  # none in imports that were read before these were kept
    refusal: Refusal | None = None
    changed_chunks: list[int] = []  # in which the file has another area or use of a home
    confirmed_by: str = ""
    # What was accepted of the differences: these homes, or all (None), from this day on.
    accepted: list[str] | None = None
    accepted_count: int = 0
    corrects_from: Day | None = None
    document_sealed: str = ""
    reason_sealed: str = ""

    @property
    def file_id(self) -> str:
        """Id of the kept file: another one each time the file is sent."""
        return f"{self.id}:{self.round}"


# What clients send and see


class ImportSort(Labelled):
    NEWEST = "newest", "最新在前"
    OLDEST = "oldest", "最早在前"


class ImportsQuery(ShortListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which imports to list.

    `state`: How far they are; all without it.
    `uploaded_from`: First day on which they were uploaded.
    `uploaded_to`: Last day on which they were uploaded.
    `sort`: Order of the list.
    """

    state: State | None = None
    uploaded_from: Day | None = None
    uploaded_to: Day | None = None
    sort: ImportSort = ImportSort.NEWEST


class ProblemSort(Labelled):
    ROW = "row", "按表中顺序"
    SEVERITY = "severity", "错误在前"


class ProblemsQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which problems of a file to list.

    `severity`: Errors only or warnings only; both without it.
    `code`: Stable code of the problem; all without it.
    `sheet`: Name of the sheet; all without it.
    `sort`: Order of the list.
    """

    severity: Severity | None = None
    code: Id | None = None
    sheet: Opaque | None = None
    sort: ProblemSort = ProblemSort.ROW


class Differing(Labelled):
    """What a file says otherwise of a home."""

    AREA = "area", "面积"
    USAGE = "usage", "用途"


class DifferencesQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which differences to list, in the order of the file.

    `differs`: What the file says otherwise; both without it.
    `place`: Path of a building or unit; the whole compound without it.
    """

    differs: Differing | None = None
    place: PlacePath | None = None


class Progress(Struct):
    """Progress of a step.

    `done`: Rows that are done (homes, while undoing).
    `total`: Rows to do (homes, while undoing).
    """

    done: int
    total: int


class ImportView(Struct, kw_only=True):
    """Import of a register.

    `import_id`: Opaque id of the import.
    `place`: Path of the compound.
    `state`: How far the import is.
    `progress`: How far the present step is.
    `counts`: What the file holds, and what of it is new.
    `buildings`: What each of the first 300 buildings holds, and what of it was inferred.
    `columns`: How the columns were understood.
    `refusal`: Why the file could not be read; null when it could.
    `uploaded_at`: When the file was uploaded.
    `confirmed_at`: When the import was confirmed; null before.
    """

    import_id: str
    place: str
    state: State
    progress: Progress
    counts: Counts
    buildings: list[BuildingCount]
    columns: list[Column]
    refusal: Refusal | None
    uploaded_at: datetime
    confirmed_at: datetime | None


class Difference(Struct, kw_only=True):
    """Home that is there with another area or use than the file has.

    `home`: Path of the home.
    `address`: Address of the home, as people say it.
    `sheet`: Name of the sheet.
    `row`: Row of the file, from 1.
    `before`: What the register says.
    `after`: What the file says.
    """

    home: str
    address: str
    sheet: str
    row: int
    before: Facts
    after: Facts


class UnknownHomes(Struct, frozen=True, kw_only=True):
    """Homes that are not among the differences.

    `homes`: Paths of the homes.
    """

    homes: list[str]


class AcceptDifferences(Struct, forbid_unknown_fields=True, kw_only=True):
    """Differences in which the file is right: each is a correction of a home.

    `homes`: Paths of the homes; all that differ without it.
    `from_day`: First day on which the file's areas and uses count; today or earlier.
    `document`: Paper that shows it, e.g. 2026年测绘成果.
    `reason`: Why the register was wrong.
    """

    homes: Annotated[list[PlacePath], Meta(max_length=MOST_ACCEPTED)] | None = None
    from_day: Day
    document: Reason
    reason: Reason


class ConfirmImport(Struct, forbid_unknown_fields=True):
    """Confirmation of an import.

    `accept_warnings`: Whether warnings are accepted; errors cannot be.
    `corrections`: Differences in which the file is right; without it homes stay as they are.
    """

    accept_warnings: bool = False
    corrections: AcceptDifferences | None = None
