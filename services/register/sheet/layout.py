"""Layout of a sheet: what its XML says that the reader of workbooks leaves out.

The reader gives cells with errors as empty ones, and says nothing of hidden rows and columns: a
filtered row would be imported unseen, and a building whose formula failed would be filled with
the one above. So the XML is read once more, in a stream, for these marks alone.

Source: ECMA-376 part 1, 18.3.1.4 (c, `t`), 18.3.1.13 (col, `hidden`), 18.3.1.73 (row).
"""

import posixpath
import zipfile
from typing import Final

from msgspec import Struct, field

from services.register.sheet.headings import Headings, Range, letter
from services.register.sheet.models import Column, Field
from services.register.sheet.package import parse
from services.register.sheet.problems import NO_COLUMN, Refused

MOST_MARKS: Final = 200_000
TRUE: Final = frozenset({"1", "true"})


class Layout(Struct):
    """Marks of a sheet. Rows count from 1, as Excel shows them, columns from 0."""

    hidden_rows: set[int] = field(default_factory=set)  # only those that hold cells
    hidden_columns: list[tuple[int, int]] = []  # first and last
    broken: dict[int, set[int]] = field(default_factory=dict)  # row → columns with errors

    def is_hidden_column(self, column: int) -> bool:
        """Tell whether a column is hidden."""
        return any(first <= column <= last for first, last in self.hidden_columns)


class Frame(Struct, frozen=True, kw_only=True):
    """Sheet of a register without its rows. `first_column`: of the cells in a row, from 0.

    `number`: among the sheets that are read, from 1. `ranges`: merged cells, rows and columns
    from 0.
    """

    name: str
    number: int
    headings: Headings
    ranges: list[Range] = []
    first_column: int = 0
    layout: Layout = field(default_factory=Layout)

    def column(self, meaning: Field | None) -> Column:
        """Return the column of a meaning; an empty one for the whole row."""
        index = self.headings.columns.get(meaning) if meaning else None
        if index is None:
            return NO_COLUMN
        return Column(letter(index + self.first_column), self.headings.texts[index])

    def columns(self) -> list[Column]:
        """Return how each column with a heading was understood."""
        fields = {index: meaning for meaning, index in self.headings.columns.items()}
        return [
            Column(letter(i + self.first_column), text, fields.get(i, ""), self.name)
            for i, text in enumerate(self.headings.texts)
            if text
        ]


class _Scan:
    """Handler of the elements of a sheet, whose prefixes differ from program to program."""

    def __init__(self) -> None:
        self.layout = Layout()
        self._row = self._column = 0
        self._is_hidden = False
        self._pending = False  # a formula without a value so far
        self._marks = 0
        self._handlers = {"row": self._on_row, "c": self._on_cell, "col": self._on_column}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Handle the start of an element."""
        local = name.rpartition(":")[2]
        if local == "v":
            self._pending = False
        elif local == "f":
            self._pending = True
        elif handler := self._handlers.get(local):
            handler(attributes)

    def end(self) -> Layout:
        """Return the layout after the last element."""
        self._close_cell()
        return self.layout

    def _on_row(self, attributes: dict[str, str]) -> None:
        self._close_cell()
        self._row = int(attributes.get("r", self._row + 1))
        self._column = -1
        self._is_hidden = attributes.get("hidden") in TRUE or _is_zero(attributes, "ht")

    def _on_cell(self, attributes: dict[str, str]) -> None:
        self._close_cell()
        place = attributes.get("r", "")
        self._column = _column_of(place) if place else self._column + 1
        if self._is_hidden and self._row not in self.layout.hidden_rows:
            self.layout.hidden_rows.add(self._row)
            self._count()
        if attributes.get("t") == "e":
            self._mark()

    def _on_column(self, attributes: dict[str, str]) -> None:
        if attributes.get("hidden") in TRUE or _is_zero(attributes, "width"):
            first, last = int(attributes["min"]) - 1, int(attributes["max"]) - 1
            self.layout.hidden_columns.append((first, last))
            self._count()

    def _close_cell(self) -> None:
        """Mark a cell whose formula has no value: whoever wrote the file never computed it."""
        if self._pending:
            self._mark()
        self._pending = False

    def _mark(self) -> None:
        self.layout.broken.setdefault(self._row, set()).add(self._column)
        self._count()

    def _count(self) -> None:
        self._marks += 1
        if self._marks > MOST_MARKS:
            raise Refused.because("register_too_complex")


def _is_zero(attributes: dict[str, str], name: str) -> bool:
    return name in attributes and float(attributes[name]) == 0


def _column_of(place: str) -> int:
    """Return the column of a cell from 0: A5 → 0, AA5 → 26."""
    column = 0
    for character in place:
        if not character.isalpha():
            break
        column = column * 26 + ord(character) - ord("A") + 1
    return column - 1


def sheet_parts(package: zipfile.ZipFile) -> dict[str, str]:
    """Return sheet name → its part of the package."""
    found: list[tuple[str, str]] = []
    targets: dict[str, str] = {}

    def on_sheet(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == "sheet":
            keys = [key for key in attributes if key.endswith(":id")]
            found.append((attributes["name"], attributes[keys[0]]))

    def on_target(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == "Relationship":
            targets[attributes["Id"]] = posixpath.normpath(
                posixpath.join("/xl", attributes["Target"].replace("\\", "/"))
            ).lstrip("/")

    parse(package, "xl/workbook.xml", on_sheet)
    parse(package, "xl/_rels/workbook.xml.rels", on_target)
    return {name: targets.get(key, "") for name, key in found}


def layout_of(package: zipfile.ZipFile, part: str) -> Layout:
    """Return the layout of a sheet. Raises Refused."""
    scan = _Scan()
    parse(package, part, scan.start)
    return scan.end()
