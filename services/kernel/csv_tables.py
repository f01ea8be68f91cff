"""Tables for people as CSV: the same columns as a spreadsheet, for programs that read no .xlsx.

A spreadsheet program that opens a CSV file takes a cell that begins with =, +, -, @, a tab or a
line break for a formula, also one in double width (OWASP, CSV Injection). What people typed so
gets an apostrophe before it. Numbers are written by us and are numbers.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any, Final

from services.kernel.days import BEIJING
from services.kernel.money import AREA_PER_SQUARE_METRE
from services.kernel.tables import FEN_PER_YUAN, Column, Origin, written
from services.kernel.types import WHOLE

CSV: Final = "text/csv; charset=utf-8"
# Without it Excel takes UTF-8 for the code page of the computer.
BYTE_ORDER_MARK: Final = "\ufeff"
BEGINS_A_FORMULA: Final = frozenset("=+-@\uff1d\uff0b\uff0d\uff20")
BREAKS: Final = frozenset("\t\r\n")
# Unit → what makes one of it, and decimals.
PARTS: Final = {
    "yuan": (FEN_PER_YUAN, 2),
    "area": (AREA_PER_SQUARE_METRE, 2),
    "percent": (WHOLE, 4),
}


class CsvTable:
    """CSV file that is written row by row, as services.kernel.tables.Workbook is."""

    def __init__(self, _title: str, columns: Sequence[Column]) -> None:
        self.columns = columns
        self._origin: Origin | None = None
        self._buffer = io.StringIO()
        self._buffer.write(BYTE_ORDER_MARK)
        self._rows = csv.writer(self._buffer)
        self._rows.writerow([safe(column.label) for column in columns])

    def add(self, rows: Iterable[Any]) -> None:
        self._rows.writerows(
            [cell(column.read(row), column.unit) for column in self.columns] for row in rows
        )

    def describe(self, origin: Origin) -> None:
        """Say where the file comes from, below the rows."""
        self._origin = origin

    def close(self, *notes: str) -> bytes:
        """Return the file, with notes and where it comes from behind an empty line."""
        about = self._origin.facts if self._origin else ()
        if notes or about:
            self._rows.writerow([])
        self._rows.writerows([safe(note)] for note in notes)
        self._rows.writerows([safe(label), safe(said)] for label, said in about)
        return self._buffer.getvalue().encode()


def cell(value: Any, unit: str) -> str:
    """Return a value as a cell: a number without signs for thousands, a text made safe."""
    if value is None or value == "":
        return ""
    match unit:
        case "yuan" | "area" | "percent":
            whole, decimals = PARTS[unit]
            return exact(value, whole, decimals)
        case "number":
            return str(value)
        case "instant":
            return f"{value.astimezone(BEIJING):%Y-%m-%d %H:%M}"
        case _:
            return safe(written(value))


def exact(amount: int, whole: int, decimals: int) -> str:
    """Return a share of a whole as decimals, e.g. 1234 of 100 as 12.34, without rounding."""
    sign, (left, rest) = "-" if amount < 0 else "", divmod(abs(amount), whole)
    return f"{sign}{left}.{rest:0{decimals}d}"


def safe(text: str) -> str:
    """Return a text that no program takes for a formula."""
    begins = text[:1] in BREAKS or text.lstrip()[:1] in BEGINS_A_FORMULA
    return f"'{text}" if text and begins else text
