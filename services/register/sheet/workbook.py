"""Workbook of unknown origin, opened in a separate process: child.py says why."""

import io
import zipfile
from collections.abc import Iterator
from typing import Final

from msgspec import Struct
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetMetadata,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from services.register.rows.merged import repeated_homes, tall
from services.register.rows.sums import PLACES
from services.register.sheet.cells import Cell, word_of
from services.register.sheet.headings import (
    GUIDE_SHEETS,
    SEARCHED_ROWS,
    Headings,
    Range,
    find_headings,
)
from services.register.sheet.layout import Frame, layout_of, sheet_parts
from services.register.sheet.models import Code, Field, RowProblem
from services.register.sheet.package import check_package
from services.register.sheet.problems import Refused, problem

MOST_ROWS: Final = 100_000
MOST_SHEETS: Final = 60


class Sheet(Struct):
    """Sheet that has rows of the register. `height`: rows below the headings."""

    frame: Frame
    height: int
    source: CalamineSheet

    def rows(self) -> Iterator[tuple[int, list[Cell]]]:
        """Yield (number as Excel counts, cells) of every row below the headings."""
        for number, cells in enumerate(self.source.iter_rows(), 1):
            if number > self.frame.headings.last_row:
                yield number, cells


class Book(Struct):
    """Sheets of a register, one for each building as often as not.

    `problems`: what is to be said of sheets that were not read, or read together.
    """

    sheets: list[Sheet]
    problems: list[RowProblem]

    @property
    def height(self) -> int:
        """Rows below the headings, of all sheets."""
        return sum(sheet.height for sheet in self.sheets)


def open_register(content: bytes) -> Book:
    """Open a workbook and return its sheets with a register. Raises Refused."""
    content = check_package(content)
    try:
        return _Choice(content).book()
    except PasswordError:
        raise Refused.because("register_encrypted") from None
    except (CalamineError, zipfile.BadZipFile):
        raise Refused.because("register_broken") from None


class _Choice:
    """Choice of the sheets that are read: all that are shown and have headings."""

    def __init__(self, content: bytes) -> None:
        self._workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        self._content = content
        self._sheets: list[tuple[str, CalamineSheet, Headings]] = []
        self._skipped: list[str] = []
        self._hidden: list[str] = []

    def book(self) -> Book:
        """Return the sheets. Raises Refused for none, or too many."""
        for sheet in self._workbook.sheets_metadata:
            if sheet.typ is SheetTypeEnum.WorkSheet and sheet.name not in GUIDE_SHEETS:
                self._sort(sheet)
        if len(self._sheets) > MOST_SHEETS:
            words = {"count": len(self._sheets), "most": MOST_SHEETS}
            raise Refused.because("register_several_sheets", **words)
        if not self._sheets:
            raise self._none()
        sheets = [sheet for sheet in self._opened() if sheet.height > 0]
        if not sheets:
            raise Refused.because("register_no_rows")
        return Book(sheets, [*self._problems([sheet.frame for sheet in sheets])])

    def _sort(self, sheet: SheetMetadata) -> None:
        source = self._workbook.get_sheet_by_name(sheet.name)
        headings = find_headings(_first_rows(source))
        if sheet.visible is not SheetVisibleEnum.Visible:
            self._hidden += [sheet.name] if headings else []
        elif headings is not None:
            self._sheets.append((sheet.name, source, headings))
        elif source.start is not None:
            self._skipped.append(sheet.name)

    def _none(self) -> Refused:
        """Return why no sheet can be read."""
        if self._hidden:
            return Refused.because("register_hidden_sheets", names="、".join(self._hidden))
        return Refused.because("register_no_headings" if self._skipped else "register_empty")

    def _opened(self) -> Iterator[Sheet]:
        with zipfile.ZipFile(io.BytesIO(self._content)) as package:
            parts = sheet_parts(package)
            for number, (name, source, headings) in enumerate(self._sheets, 1):
                _, first_column = source.start or (0, 0)
                last_row, _ = source.end or (0, 0)
                frame = Frame(
                    name=name,
                    number=number,
                    headings=headings,
                    ranges=_ranges(source, headings),
                    first_column=first_column,
                    layout=layout_of(package, parts.get(name, "")),
                )
                yield Sheet(frame, last_row + 1 - headings.last_row, source)

    def _problems(self, frames: list[Frame]) -> Iterator[RowProblem]:
        first = (frames[0].number, frames[0].name)
        row = frames[0].headings.first_row
        if len(frames) > 1:
            names = "、".join(frame.name for frame in frames)
            yield problem(Code.SHEETS_JOINED, first, row, names=names)
        if self._hidden:
            yield problem(Code.HIDDEN_SHEET, first, row, name="、".join(self._hidden))
        if self._skipped:
            yield problem(Code.SHEET_SKIPPED, first, row, name="、".join(self._skipped))


def _ranges(source: CalamineSheet, headings: Headings) -> list[Range]:
    ranges = source.merged_cell_ranges or []
    _, first_column = source.start or (0, 0)
    columns = {f: index + first_column for f, index in headings.columns.items()}
    areas = dict(tall(ranges, columns.get(Field.AREA, -1)))
    if not areas:
        return ranges
    places = [headings.columns[field] for field in PLACES if field in columns]
    rows = ([word_of(cells[i]) for i in places] for cells in source.iter_rows())
    home = columns[Field.HOME]
    return ranges + [((a, home), (z, home)) for a, z in repeated_homes(rows, areas)]


def _first_rows(source: CalamineSheet) -> Iterator[list[Cell]]:
    for _, cells in zip(range(SEARCHED_ROWS + 1), source.iter_rows(), strict=False):
        yield cells
