"""Table of a bank's file of unknown origin: a workbook, or text in one of two encodings."""

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any, Final

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from services.bank_statements.files.headings import Headings, find
from services.bank_statements.files.models import FileRefused
from services.bank_statements.files.rows import Row
from services.register.sheet.file_type import OLE, ZIP, check_file_type
from services.register.sheet.package import check_package
from services.register.sheet.problems import Refused

# GB18030 reads nearly any bytes: what is UTF-8 is asked first.
ENCODINGS: Final = ("utf-8-sig", "gb18030")
LONGEST_CELL: Final = 10_000
Table = tuple[Headings, Iterator[Row]]


def opened(content: bytes) -> Table:
    """Return the headings of a file and the rows below them. Raises FileRefused."""
    if content.startswith((ZIP, OLE)):
        return _workbook(content)
    return _text(content)


def _workbook(content: bytes) -> Table:
    """Open the first sheet that is shown and has the headings."""
    try:
        check_file_type(content)
        book = CalamineWorkbook.from_filelike(io.BytesIO(check_package(content)))
        return _sheet(book)
    except Refused as refused:
        raise FileRefused.because(renamed(refused.refusal.code)) from None
    except PasswordError:
        raise FileRefused.because("bank_file_encrypted") from None
    except (CalamineError, zipfile.BadZipFile):
        raise FileRefused.because("bank_file_broken") from None


def renamed(code: str) -> str:
    """Return a code of the reader of workbooks under the name that this one has for it."""
    return code.replace("register_", "bank_file_", 1)


def _sheet(book: CalamineWorkbook) -> Table:
    first: FileRefused | None = None
    for sheet in book.sheets_metadata:
        shown = sheet.visible is SheetVisibleEnum.Visible
        if sheet.typ is not SheetTypeEnum.WorkSheet or not shown:
            continue
        source = book.get_sheet_by_name(sheet.name)
        try:
            headings = find(source.iter_rows())
        except FileRefused as refused:
            first = first or refused
            continue
        return headings, _below(headings, source.iter_rows())
    raise first or FileRefused.because("bank_file_empty")


def _text(content: bytes) -> Table:
    text = _decoded(content)
    if not text.strip():
        raise FileRefused.because("bank_file_empty")
    csv.field_size_limit(LONGEST_CELL)
    separator = "\t" if _is_by_tabs(text) else ","
    try:
        headings = find(csv.reader(io.StringIO(text), delimiter=separator))
    except csv.Error:
        raise FileRefused.because("bank_file_broken") from None
    return headings, _below(headings, _lines(text, separator))


def _lines(text: str, separator: str) -> Iterator[Sequence[Any]]:
    try:
        yield from csv.reader(io.StringIO(text), delimiter=separator)
    except csv.Error:
        raise FileRefused.because("bank_file_broken") from None


def _decoded(content: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise FileRefused.because("bank_file_broken")


def _is_by_tabs(text: str) -> bool:
    """Tell whether columns are parted by tabs: some banks call such a file CSV, too."""
    lines = text.splitlines()[:40]
    return any(line.count("\t") > line.count(",") and line.count("\t") > 1 for line in lines)


def _below(headings: Headings, rows: Iterator[Sequence[Any]]) -> Iterator[Row]:
    for number, cells in enumerate(rows, 1):
        if number > headings.row:
            yield number, cells
