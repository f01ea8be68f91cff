"""Marks of a sheet: cells with errors, hidden rows and columns."""

import io
import zipfile

import pytest
import xlsxwriter

from services.register.sheet import layout
from services.register.sheet.models import Code
from tests.build.registers import HEADINGS, LI, paths, read, refused, said, workbook


@pytest.mark.parametrize("column", range(len(HEADINGS)))
@pytest.mark.parametrize("text", ["#N/A", "#REF!", "＃DIV/0!", "#####", "Err:502"])
def test_an_error_in_any_column_is_an_error(column: int, text: str) -> None:
    row = [*LI]
    row[column] = text
    homes, problems, _ = read(workbook([LI, row, ("", "", 501, 60)]))
    assert said(problems)[0] == (3, "ABCDEFGH"[column], Code.CELL_ERROR)
    below = {0: Code.BUILDING_UNCLEAR, 1: Code.UNIT_UNCLEAR}.get(column)
    assert len(homes) == (1 if below else 2)
    if below:
        assert said(problems)[-1][2] == below


def with_marks(old: bytes, new: bytes) -> bytes:
    """Write a register of LI and of 501 below, with something changed in the sheet's XML."""
    buffer = io.BytesIO()
    given = workbook([LI, ("", "", "501", 60)])
    with (
        zipfile.ZipFile(io.BytesIO(given)) as source,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for name in source.namelist():
            part = source.read(name)
            if name.endswith("sheet1.xml"):
                assert part.count(old) == 1
                part = part.replace(old, new)
            made.writestr(name, part)
    return buffer.getvalue()


def test_a_formula_that_was_never_computed_is_an_error() -> None:
    row = b'<row r="3" spans="1:8">'
    _, problems, _ = read(with_marks(row, row + b'<c r="A3"><f>A2</f></c>'))
    assert said(problems)[0] == (3, "A", Code.CELL_ERROR)


def test_hidden_rows_and_columns_are_told() -> None:
    book = io.BytesIO()
    with xlsxwriter.Workbook(book, {"in_memory": True}) as writer:
        sheet = writer.add_worksheet()
        for index, row in enumerate((HEADINGS, LI, ("3号楼", "2单元", 501, 60))):
            sheet.write_row(index, 0, row)
        sheet.set_row(2, None, None, {"hidden": True})
        sheet.set_column("F:G", None, None, {"hidden": True})
        sheet.set_column("Z:Z", None, None, {"hidden": True})
    homes, problems, register = read(book.getvalue())
    assert paths(homes) == ["b3.u2.502", "b3.u2.501"]
    assert said(problems) == [
        (1, "F", Code.HIDDEN_COLUMN),
        (1, "G", Code.HIDDEN_COLUMN),
        (3, "", Code.HIDDEN_ROW),
    ]
    [building] = register.buildings()
    assert [(one.code, one.rows) for one in building.inferred] == [(Code.HIDDEN_ROW, 1)]


def test_a_row_without_height_is_hidden() -> None:
    row = b'<row r="3" spans="1:8"'
    _, problems, _ = read(with_marks(row, row + b' ht="0" customHeight="1"'))
    assert said(problems)[-1] == (3, "", Code.HIDDEN_ROW)


def test_a_sheet_with_too_many_marks_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "MOST_MARKS", 1)
    row = b'<row r="3" spans="1:8">'
    broken = b'<c r="A3" t="e"><v>#N/A</v></c><c r="B3" t="e"><v>#N/A</v></c>'
    assert refused(with_marks(row, row + broken)) == "register_too_complex"


def test_a_document_type_is_refused() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet'
    assert refused(with_marks(b"<worksheet", bomb)) == "register_broken"
