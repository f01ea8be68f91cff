"""Imports of a register: what is kept, sent and seen."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct, field

from services.register.sheet.models import BuildingCount, Column, Counts, Refusal
from services.register.states import State

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

    @property
    def file_id(self) -> str:
        """Id of the kept file: another one each time the file is sent."""
        return f"{self.id}:{self.round}"


# What clients send and see


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


class ConfirmImport(Struct, forbid_unknown_fields=True):
    """Confirmation of an import.

    `accept_warnings`: Whether warnings are accepted; errors cannot be.
    """

    accept_warnings: bool = False
