"""Exports: files that people asked for; what is kept, sent and seen of them."""

from datetime import datetime, timedelta
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.exports.states import ExportState
from services.kernel.errors import NotFound
from services.kernel.labels import Labelled
from services.kernel.types import LINE, Id, Opaque
from services.kernel.vault import Sealed

KEY: Final = Sealed("exports", "key")
CONTENT: Final = Sealed("export_parts", "content")  # sealed under that key, not by the vault

KEPT: Final = timedelta(days=1)

ListName = Annotated[
    str, Meta(pattern=r"^[a-z][a-z_]{0,39}$(?!\n)", description="Name of the list.")
]
FilterName = Annotated[str, Meta(pattern=r"^[a-z][a-z_]{0,39}$(?!\n)")]
Subject = Annotated[str, Meta(max_length=120, pattern=LINE)]


class ExportFormat(Labelled):
    """What kind of file a list is written as."""

    XLSX = "xlsx", "Excel 表格"
    CSV = "csv", "CSV 文本"


class Export(Struct, kw_only=True):
    """File that somebody asked for.

    `kind`: which feature writes it. `subject`: what it is about: a place, a run. `attempt`: the
    try whose parts are the file; `key_sealed`: the key of its parts. `rows`: written so far.
    `problem`: the code of what came between. `asks_again`: whether the file is shown only to
    who proved in WeChat a moment ago that it is they who hold the phone.
    """

    id: str = field(name="_id")
    person: str
    kind: str
    title: str
    subject: str = ""
    filters: dict[str, str] = {}
    state: ExportState = ExportState.WRITING
    rows: int = 0
    complete: bool = True
    problem: str = ""
    attempt: str = ""
    key_sealed: str = ""
    filename: str
    content_type: str
    format: ExportFormat = ExportFormat.XLSX  # of a list
    asks_again: bool = False
    bytes: int = 0
    parts: int = 0
    created_at: datetime
    expires_at: datetime


class ExportList(Struct, forbid_unknown_fields=True, kw_only=True):
    """List to be exported whole, as whoever asks may see it.

    `list`: Name of the list, as the list of lists shows it.
    `subject`: What it is a list of: the path of a place, the id of a run; left out for none.
    `filters`: Filters and `sort`, as the list's own address takes them; `limit` is none.
    `format`: What kind of file; a spreadsheet unless asked otherwise.
    """

    list: ListName
    subject: Subject | None = None
    filters: Annotated[dict[FilterName, Opaque], Meta(max_length=20)] = {}
    format: ExportFormat = ExportFormat.XLSX


class ExportView(Struct, kw_only=True):
    """File that was asked for, kept for a day.

    `export_id`: Opaque id of the export.
    `title`: What it is, in Chinese.
    `list`: Name of the list; empty for any other file, e.g. one's own data.
    `subject`: What it is a list of; empty for none.
    `filters`: Filters and sort that were asked for.
    `format`: What kind of file a list is written as.
    `state`: How far it is; ask again every second or two until it is `ready` or `refused`.
    `rows`: Rows that are written so far.
    `complete`: Whether it holds everything; false until it is ready, and when there was more
        than a file may hold.
    `problem`: Stable code of why it was refused; empty when it was not.
    `bytes`: Size of the file; 0 until it is ready.
    `url`: Address, relative to the server, that gives the file to whoever has it; null in
        lists, and until it is ready. Ask again for a fresh one.
    `url_expires_at`: When that address gives nothing any more.
    `created_at`: When it was asked for.
    `expires_at`: When the file is removed.
    """

    export_id: str
    title: str
    list: str
    subject: str
    filters: dict[str, str]
    format: ExportFormat
    state: ExportState
    rows: int
    complete: bool
    problem: str
    bytes: int
    url: str | None = None
    url_expires_at: datetime | None = None
    created_at: datetime
    expires_at: datetime


class ListView(Struct, kw_only=True):
    """List that can be exported.

    `name`: Name of the list, for asking.
    `title`: What people call it.
    `subject`: What it is a list of, as its own address calls it; empty for none.
    `filters`: Filters and `sort` that it takes.
    `required`: Those of them that must be given.
    `columns`: Headings of its columns.
    """

    name: str
    title: str
    subject: str
    filters: list[str]
    required: list[str]
    columns: list[str]


class File(Struct, frozen=True):
    """File to be handed out."""

    content: bytes
    content_type: str
    filename: str


def part_id(export: Export, attempt: str, number: int) -> str:
    """Return the id of one part of a try."""
    return f"{export.id}:{attempt}:{number}"


ExportId = Annotated[Id, Meta(description="Id of the export, as it was answered.")]


def missing() -> NotFound:
    """Return the error for a file that is not there, not ready, or not the actor's."""
    return NotFound("没有找到导出的文件,或链接已过期")
