"""Tables for people: the rows of a list with its columns, as JSON shows them and as .xlsx.

What a cell shows is read off the type of the view's field, so that a screen and a file cannot
disagree: a code by its label, fen in yuan, an instant in Beijing's time, a day as a date that
sorts and filters. A text is written as a text whatever it begins with: a name like
=HYPERLINK(…) that somebody typed is no formula.
"""

import io
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, get_args, get_origin

import msgspec
from msgspec import Struct

from services.kernel.days import BEIJING, Day
from services.kernel.deferred import deferred
from services.kernel.labels import Labelled
from services.kernel.money import AREA_PER_SQUARE_METRE
from services.kernel.types import WHOLE, BasisPoints

if TYPE_CHECKING:
    import xlsxwriter
else:
    xlsxwriter = deferred("xlsxwriter")

FEN_PER_YUAN: Final = 100
# Excel's own bounds of a cell, in UTF-16 units, and of a sheet's name; its calendar begins in
# 1900, with a day too many in February.
LONGEST_TEXT: Final = 32_767
FIRST_YEAR, LAST_YEAR = 1901, 9998
LONGEST_NAME: Final = 31
LONGEST_FOOT: Final = 200  # of 255 with what lays it out
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

# Nothing is guessed from a text, and nothing is written to the disk: rows name people.
OPTIONS: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
# In signs of ASCII, of which a Han character takes two.
WIDTHS: Final = {
    "text": 18,
    "yuan": 12,
    "area": 10,
    "number": 10,
    "percent": 10,
    "instant": 18,
    "day": 12,
}
WIDEST: Final = 60
FILTER_BUTTON: Final = 3  # covers the end of a heading
A4: Final = 9  # as Excel numbers paper


class Column(Struct, frozen=True):
    """Column of a table. `read`: its value of a row. `unit`: how that is written.

    Units: `text`; `number`; `yuan` of fen; `area`, m² of 0.01 m²; `percent` of basis points;
    `instant`, Beijing's time; `day`, a date. A month is a text.
    """

    field: str
    label: str
    read: Callable[[Any], Any]
    unit: str = "text"


class Origin(Struct, frozen=True, kw_only=True):
    """Where a file comes from. `facts`: label and what is said; `foot`: the same on a line."""

    title: str
    facts: tuple[tuple[str, str], ...]
    foot: str


def columns(view: type[Struct], **labels: str) -> tuple[Column, ...]:
    """Return the columns of a view: field → label, in this order; `a__b` is field b of a.

    Raises ValueError for a field that the view has not.
    """
    return tuple(_column(view, name.split("__"), label) for name, label in labels.items())


def _column(view: type[Struct], path: Sequence[str], label: str) -> Column:
    kind: Any = view
    for name in path:
        fields = {field.name: field.type for field in msgspec.structs.fields(_bare(kind))}
        if name not in fields:
            message = f"{_bare(kind).__name__} has no {name}"
            raise ValueError(message)
        kind = fields[name]

    def read(row: Any) -> Any:
        for name in path:
            row = None if row is None else getattr(row, name)
        return row

    return Column(".".join(path), label, read, _unit(path[-1], kind))


def _bare(kind: Any) -> Any:
    """Return a type without Annotated and without `| None`."""
    while True:
        parts = [each for each in get_args(kind) if each is not type(None)]
        if hasattr(kind, "__metadata__"):
            kind = kind.__origin__
        elif parts and get_origin(kind) is not list and type(None) in get_args(kind):
            kind = parts[0]
        else:
            return get_origin(kind) if get_origin(kind) not in {None, list} else kind


def _unit(name: str, kind: Any) -> str:
    bare = _bare(kind)
    if bare is int and _is(kind, BasisPoints):
        return "percent"
    if bare is int:
        return "yuan" if name.endswith("_fen") else "area" if name == "area" else "number"
    if bare is str and _is(kind, Day):
        return "day"
    return "instant" if bare is datetime else "text"


def _is(kind: Any, meant: Any) -> bool:
    """Tell a type by its annotation, alone or beside None: to Python it is a text or number."""
    [mark] = meant.__metadata__
    if mark in getattr(kind, "__metadata__", ()):
        return True
    return any(_is(part, meant) for part in get_args(kind) if get_args(part))


def width_of(column: Column) -> int:
    """Return the width that shows the whole heading, at least that of the unit."""
    signs = [unicodedata.east_asian_width(sign) for sign in column.label]
    heading = sum(2 if sign in "WF" else 1 for sign in signs) + FILTER_BUTTON
    return min(max(WIDTHS[column.unit], heading), WIDEST)


def date_of(day: str) -> date | None:
    """Return a day as Excel's calendar has it; None for one that it has not."""
    try:
        found = date.fromisoformat(day)
    except ValueError:
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None


def written(value: Any) -> str:
    """Return a value as people read it."""
    match value:
        case None:
            said = ""
        case bool():
            said = "是" if value else "否"
        case Labelled():
            said = value.label
        case Enum():
            said = str(value.value)
        case list() | tuple():
            said = "、".join(written(each) for each in value)
        case _:
            said = str(value)
    return said


def cut(text: str) -> str:
    """Return as much of a text as a cell holds: a file with more is damaged to Excel."""
    if len(text) * 2 <= LONGEST_TEXT:
        return text
    return text.encode("utf-16-le")[: LONGEST_TEXT * 2].decode("utf-16-le", "ignore")


class Workbook:
    """Spreadsheet that is written row by row, with one sheet of them.

    Some 250 bytes of each cell stay in memory, and twice as many while the file is put
    together: 20,000 rows of 15 columns take 140 MB for some seconds, so callers bound the rows.
    Writing blocks: call it from a thread.
    """

    def __init__(self, title: str, columns: Sequence[Column]) -> None:
        self.columns = columns
        self._buffer = io.BytesIO()
        self._book = xlsxwriter.Workbook(self._buffer, OPTIONS)
        bold = self._book.add_format({"bold": True, "bottom": 1})
        self._formats = {
            "yuan": self._book.add_format({"num_format": "#,##0.00"}),
            "area": self._book.add_format({"num_format": "0.00"}),
            "percent": self._book.add_format({"num_format": "0.00%"}),
            "instant": self._book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
            "day": self._book.add_format({"num_format": "yyyy-mm-dd"}),
        }
        self._sheet = self._book.add_worksheet(title[:LONGEST_NAME])
        self._lay_out()
        for number, column in enumerate(columns):
            self._sheet.write_string(0, number, column.label, bold)
        self._row = 1

    def _lay_out(self) -> None:
        """Show each heading whole, and print all columns beside each other."""
        self._sheet.freeze_panes(1, 0)
        for number, column in enumerate(self.columns):
            self._sheet.set_column(number, number, width_of(column))
        self._sheet.set_paper(A4)
        self._sheet.set_landscape()
        self._sheet.fit_to_pages(1, 0)  # as many pages long as it takes
        self._sheet.repeat_rows(0)

    def add(self, rows: Iterable[Any]) -> None:
        for row in rows:
            for number, column in enumerate(self.columns):
                self._write(number, column, column.read(row))
            self._row += 1

    def _write(self, number: int, column: Column, value: Any) -> None:
        at, form = (self._row, number), self._formats.get(column.unit)
        match column.unit:
            case _ if value is None or value == "":
                self._sheet.write_blank(*at, None)
            case "yuan":
                self._sheet.write_number(*at, value / FEN_PER_YUAN, form)
            case "area":
                self._sheet.write_number(*at, value / AREA_PER_SQUARE_METRE, form)
            case "percent":
                self._sheet.write_number(*at, value / WHOLE, form)
            case "number":
                self._sheet.write_number(*at, value)
            case "instant" if FIRST_YEAR <= value.year <= LAST_YEAR:
                here = value.astimezone(BEIJING).replace(tzinfo=None)
                self._sheet.write_datetime(*at, here, form)
            case "day" if (day := date_of(value)) is not None:
                self._sheet.write_datetime(*at, day, form)
            case _:
                self._sheet.write_string(*at, cut(written(value)))

    def describe(self, origin: Origin) -> None:
        """Say where the file comes from: on a sheet of its own, and on each printed page."""
        sheet = self._book.add_worksheet(origin.title)
        sheet.set_column(0, 0, WIDTHS["text"])
        sheet.set_column(1, 1, WIDEST)
        for row, (label, said) in enumerate(origin.facts):
            sheet.write_string(row, 0, cut(label))
            sheet.write_string(row, 1, cut(said))
        escaped = origin.foot.replace("&", "&&")[:LONGEST_FOOT]
        self._sheet.set_footer(f"&L{escaped}&R&P/&N")

    def close(self, *notes: str) -> bytes:
        """Return the file, with some lines below the rows."""
        for note in notes:
            self._row += 1
            self._sheet.write_string(self._row, 0, note)
        if self._row > 1 and not notes:
            self._sheet.autofilter(0, 0, self._row - 1, len(self.columns) - 1)
        self._book.close()
        return self._buffer.getvalue()
