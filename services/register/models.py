"""Imports of a register: what is kept, sent and seen."""

from datetime import datetime
from enum import StrEnum, auto
from typing import Annotated, Any

from msgspec import Meta, Struct, field

from services.places.models import Usage
from services.register.states import State
from services.residencies.models import Relation

ImportId = Annotated[str, Meta(pattern=r"^[0-9a-z]{26}$(?!\n)")]


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


class Import(Struct, kw_only=True):
    """One file for one compound. The same bytes for the same compound are the same import."""

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
    chunks: int = 0  # how many parts the rows were put away in
    mark: str = ""  # how far applying or undoing has come
    columns: list[Column] = []
    counts: Counts = field(default_factory=Counts)
    refusal: Refusal | None = None


class Progress(Struct):
    """Rows (or homes, while undoing) of the step under way."""

    done: int
    total: int


class ImportView(Struct, kw_only=True):
    import_id: str
    place: str
    state: State
    progress: Progress
    counts: Counts
    columns: list[Column]
    refusal: Refusal | None
    uploaded_at: datetime
    confirmed_at: datetime | None


class Confirm(Struct, forbid_unknown_fields=True):
    """Warnings must be accepted; errors cannot be."""

    accept_warnings: bool = False


Cell = Any  # what the reader of workbooks returns: str, float, bool, date, …
