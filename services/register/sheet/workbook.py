"""Workbook of unknown origin, opened in a separate process: child.py says why."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import Final

from msgspec import Struct
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from services.register.sheet.cells import Cell
from services.register.sheet.headings import (
    GUIDE_SHEETS,
    SEARCHED_ROWS,
    Headings,
    Range,
    find_headings,
)
from services.register.sheet.problems import Refused

MOST_UNPACKED_BYTES: Final = 256 * 1024 * 1024
MOST_PARTS: Final = 2_000
MOST_ROWS: Final = 100_000
BLOCK: Final = 1024 * 1024
# What zipfile raises over packages that are damaged, encrypted or compressed in odd ways.
BROKEN: Final = (
    *(zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError),
    *(RuntimeError, ValueError),
)
NEEDED_PARTS: Final = frozenset({"[Content_Types].xml", "xl/workbook.xml"})


class Sheet(Struct):
    """Sheet that has the register. `first_column`: of the cells in a row, from 0."""

    headings: Headings
    ranges: list[Range]
    first_column: int
    height: int
    source: CalamineSheet

    def rows(self) -> Iterator[tuple[int, list[Cell]]]:
        """Yield (number as Excel counts, cells) of every row below the headings."""
        for number, cells in enumerate(self.source.iter_rows(), 1):
            if number > self.headings.last_row:
                yield number, cells


def open_register(content: bytes) -> Sheet:
    """Open a workbook and return its one sheet with a register. Raises Refused."""
    check_package(content)
    try:
        return _choose(CalamineWorkbook.from_filelike(io.BytesIO(content)))
    except PasswordError:
        raise Refused.because("register_encrypted") from None
    except CalamineError:
        raise Refused.because("register_broken") from None


def check_package(content: bytes) -> None:
    """Raise Refused for no workbook or one that unpacks too large, before it is opened.

    The sizes a package states may lie, so each part is unpacked once, in blocks: zipfile stops
    at the stated size, and a part that goes on fails its checksum.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = package.infolist()
            if not NEEDED_PARTS.issubset(part.filename for part in parts):
                raise Refused.because("register_not_xlsx")
            unpacked = sum(part.file_size for part in parts)
            if len(parts) > MOST_PARTS or unpacked > MOST_UNPACKED_BYTES:
                raise Refused.because("register_unpacks_too_large")
            for part in parts:
                with package.open(part) as stream:
                    while stream.read(BLOCK):
                        pass
    except BROKEN:
        raise Refused.because("register_broken") from None


def _choose(workbook: CalamineWorkbook) -> Sheet:
    found: list[tuple[str, CalamineSheet, Headings]] = []
    written = False
    for sheet in workbook.sheets_metadata:
        shown = sheet.visible is SheetVisibleEnum.Visible
        if not shown or sheet.typ is not SheetTypeEnum.WorkSheet or sheet.name in GUIDE_SHEETS:
            continue
        source = workbook.get_sheet_by_name(sheet.name)
        written = written or source.start is not None
        headings = find_headings(_first_rows(source))
        if headings is not None:
            found.append((sheet.name, source, headings))
    if not found:
        raise Refused.because("register_no_headings" if written else "register_empty")
    if len(found) > 1:
        names = "、".join(name for name, _, _ in found)
        raise Refused.because("register_several_sheets", names=names)
    [(_, source, headings)] = found
    return _sheet(source, headings)


def _first_rows(source: CalamineSheet) -> Iterator[list[Cell]]:
    for _, cells in zip(range(SEARCHED_ROWS + 1), source.iter_rows(), strict=False):
        yield cells


def _sheet(source: CalamineSheet, headings: Headings) -> Sheet:
    _, first_column = source.start or (0, 0)
    last_row, _ = source.end or (0, 0)
    height = last_row + 1 - headings.last_row
    if height < 1:
        raise Refused.because("register_no_rows")
    ranges = source.merged_cell_ranges or []
    return Sheet(headings, ranges, first_column, height, source)
