"""Imports of a register: what is kept, sent and seen."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct, field

from services.register.sheet.models import Column, Counts, Refusal
from services.register.states import State

ImportId = Annotated[str, Meta(pattern=r"^[0-9a-z]{26}$(?!\n)")]


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
