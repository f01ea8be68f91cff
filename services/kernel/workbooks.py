"""Spreadsheets of several sheets that are written in a stream, in memory that does not grow.

services/kernel/tables.py keeps all cells until the file is closed; what does not, of the
libraries, writes to the disk, where rows that name people do not belong. The parts of such a
file (ECMA-376) are few: each sheet is written row by row into the archive, and what the archive
has is taken away. Texts stand in their cells as texts, so that none is a formula.
"""

import re
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, Final
from xml.sax.saxutils import escape

from services.kernel.csv_tables import PARTS, exact
from services.kernel.days import BEIJING
from services.kernel.tables import (
    FIRST_YEAR,
    LAST_YEAR,
    LONGEST_FOOT,
    LONGEST_NAME,
    Column,
    cut,
    date_of,
    width_of,
    written,
)

MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
RELATIONS: Final = "application/vnd.openxmlformats-package.relationships+xml"
TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
DECLARED: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
# Number of a format in STYLES; Excel's own or ours of what it shows.
HEADING: Final = 1
FORMATS: Final = {"yuan": 2, "area": 3, "percent": 4, "instant": 5, "day": 6}
NUMBERS: Final = (4, 2, 10, 164, 165)
EPOCH: Final = date(1899, 12, 30)  # of Excel's days, from March 1900 on
# What XML cannot hold, and what Excel would take for an escape of it.
UNWRITABLE: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff]|_(?=x[0-9A-Fa-f]{4}_)"
)
PLAIN: Final = 'numFmtId="0" fontId="0" fillId="0" borderId="0"'
STYLES: Final = (
    f'{DECLARED}<styleSheet xmlns="{MAIN}"><numFmts count="2">'
    '<numFmt numFmtId="164" formatCode="yyyy-mm-dd hh:mm"/>'
    '<numFmt numFmtId="165" formatCode="yyyy-mm-dd"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border/></borders>'
    f'<cellStyleXfs count="1"><xf {PLAIN}/></cellStyleXfs>'
    f'<cellXfs count="{len(NUMBERS) + 2}"><xf {PLAIN}/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" applyFont="1"/>'
    + "".join(
        f'<xf numFmtId="{each}" fontId="0" fillId="0" borderId="0" applyNumberFormat="1"/>'
        for each in NUMBERS
    )
    + "</cellXfs></styleSheet>"
)


class _Taken:
    """File that is written once, and of which what is there is taken away."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, content: bytes) -> int:
        self._parts.append(bytes(content))
        return len(content)

    def flush(self) -> None:
        """Nothing waits."""

    def take(self) -> bytes:
        found, self._parts = b"".join(self._parts), []
        return found


class StreamedWorkbook:
    """Spreadsheet of sheets that are written one after another. `foot`: of each page.

    Writing blocks: call it from a thread. Whoever writes takes what there is after each step.
    """

    def __init__(self, foot: str = "") -> None:
        self._foot = escape(foot.replace("&", "&&")[:LONGEST_FOOT])
        self._file = _Taken()
        self._archive = zipfile.ZipFile(self._file, "w", zipfile.ZIP_DEFLATED)  # type: ignore[call-overload]
        self._names: list[str] = []
        self._part: Any = None
        self._columns: Sequence[Column] = ()
        self._row = 0

    def begin(self, name: str, columns: Sequence[Column]) -> None:
        """Begin the next sheet; the one before is over."""
        self._end()
        self._names.append(name[:LONGEST_NAME])
        self._columns, self._row = columns, 0
        path = f"xl/worksheets/sheet{len(self._names)}.xml"
        self._part = self._archive.open(path, "w")
        widths = "".join(
            f'<col min="{at}" max="{at}" width="{width_of(column)}" customWidth="1"/>'
            for at, column in enumerate(columns, start=1)
        )
        self._write(
            f'{DECLARED}<worksheet xmlns="{MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/>'
            '</sheetPr><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" '
            'topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
            f"<cols>{widths}</cols><sheetData>"
        )
        self._write_row(_text(column.label, HEADING) for column in columns)

    def add(self, rows: Iterable[Any]) -> None:
        for row in rows:
            self._write_row(cell(column.read(row), column.unit) for column in self._columns)

    def take(self) -> bytes:
        """Return what is written and was not taken before."""
        return self._file.take()

    def close(self) -> bytes:
        """End the file; return what was not taken before."""
        self._end()
        for path, content in _frame(self._names).items():
            self._archive.writestr(path, content)
        self._archive.close()
        return self.take()

    def _end(self) -> None:
        if self._part is not None:
            self._write(
                '</sheetData><pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>'
                f"<headerFooter><oddFooter>&amp;L{self._foot}&amp;R&amp;P/&amp;N</oddFooter>"
                "</headerFooter></worksheet>"
            )
            self._part.close()
            self._part = None

    def _write_row(self, cells: Iterable[str]) -> None:
        self._row += 1
        self._write(f'<row r="{self._row}">{"".join(cells)}</row>')

    def _write(self, text: str) -> None:
        self._part.write(text.encode())


def _frame(names: Sequence[str]) -> dict[str, str]:
    """Return path → what else the file has: which parts there are, and what they are called."""
    sheets = [f"worksheets/sheet{at}.xml" for at in range(1, len(names) + 1)]
    parts = {"xl/workbook.xml": "sheet.main", "xl/styles.xml": "styles"}
    parts |= {f"xl/{sheet}": "worksheet" for sheet in sheets}
    kinds = "".join(
        f'<Override PartName="/{path}" ContentType="{TYPE}.{kind}+xml"/>'
        for path, kind in parts.items()
    )
    named = "".join(
        f'<sheet name="{escape(name)}" sheetId="{at}" r:id="rId{at}"/>'
        for at, name in enumerate(names, start=1)
    )
    main = f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{named}</sheets></workbook>'
    return {
        "xl/styles.xml": STYLES,
        "xl/workbook.xml": DECLARED + main,
        "xl/_rels/workbook.xml.rels": _relations(
            [("worksheet", sheet) for sheet in sheets] + [("styles", "styles.xml")]
        ),
        "_rels/.rels": _relations([("officeDocument", "xl/workbook.xml")]),
        "[Content_Types].xml": f'{DECLARED}<Types xmlns="{PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="{RELATIONS}"/>{kinds}</Types>',
    }


def _relations(parts: Iterable[tuple[str, str]]) -> str:
    """Return what belongs to a part of the file: (kind, path), numbered from 1 on."""
    found = "".join(
        f'<Relationship Id="rId{at}" Type="{OFFICE}/{kind}" Target="{path}"/>'
        for at, (kind, path) in enumerate(parts, start=1)
    )
    return f'{DECLARED}<Relationships xmlns="{PACKAGE}/relationships">{found}</Relationships>'


def cell(value: Any, unit: str) -> str:
    """Return a value as a cell: a number as a number, to the fen, and a day as a day."""
    if value is None or value == "":
        return "<c/>"
    said = _counted(value, unit)
    if said is None:
        return _text(written(value))
    return f'<c s="{FORMATS.get(unit, 0)}"><v>{said}</v></c>'


def _counted(value: Any, unit: str) -> str | None:
    """Return the number that a cell holds; None where it holds a text."""
    match unit:
        case "yuan" | "area" | "percent":
            whole, decimals = PARTS[unit]
            return exact(value, whole, decimals)
        case "number":
            return str(value)
        case "instant" if FIRST_YEAR <= value.year <= LAST_YEAR:
            return _days_of(value)
        case "day" if (day := date_of(value)) is not None:
            return str((day - EPOCH).days)
    return None


def _days_of(instant: datetime) -> str:
    """Return an instant as Excel has it: days in Beijing's time, with their parts."""
    here = instant.astimezone(BEIJING)
    seconds = here.hour * 3600 + here.minute * 60 + here.second
    return f"{(here.date() - EPOCH).days + seconds / 86_400:.8f}"


def _text(text: str, style: int = 0) -> str:
    safe = escape(UNWRITABLE.sub(_escaped, cut(text)))
    return f'<c s="{style}" t="inlineStr"><is><t xml:space="preserve">{safe}</t></is></c>'


def _escaped(found: re.Match[str]) -> str:
    return f"_x{ord(found.group()):04X}_"
