"""Registers as people keep them, written as real .xlsx files."""

import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter

HEADINGS = ("楼栋", "单元", "房号", "面积(㎡)", "用途", "业主姓名", "手机号", "关系")
LI = ("3号楼", "2单元", "502", 85.3, "住宅", "李明", "13800000001", "业主")
WANG = ("3号楼", "2单元", "501", 60, "住宅", "王芳", "13800000002", "")
MERGED = tuple[int, int, int, int, Any]  # first row, first column, last row, last column, value


def workbook(
    rows: Sequence[Sequence[Any]],
    *,
    headings: Sequence[str] = HEADINGS,
    titles: Sequence[str] = (),
    merged: Sequence[MERGED] = (),
    name: str = "Sheet1",
) -> bytes:
    """Write titles (each merged over the table), headings, rows; numbers stay numbers."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "default_date_format": "m-d"}) as book:
        sheet = book.add_worksheet(name)
        for index, title in enumerate(titles):
            sheet.merge_range(index, 0, index, len(headings) - 1, title)
        for index, row in enumerate([headings, *rows], len(titles)):
            sheet.write_row(index, 0, row)
        for first_row, first, last_row, last, value in merged:
            sheet.merge_range(first_row, first, last_row, last, value)
    return buffer.getvalue()


def _name(number: int) -> str:
    return "赵" + chr(0x4E00 + number // 200) + chr(0x4E00 + number % 200)


def large(rows: int) -> bytes:
    """Write a register of `rows` homes, 50 to a unit."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADINGS)
        for n in range(rows):
            building, unit = n // 500 + 1, n % 500 // 50 + 1
            home = (n % 50 // 4 + 1) * 100 + n % 4 + 1
            place = (f"{building}号楼", f"{unit}单元", home, 50 + n % 7000 / 100)
            sheet.write_row(n + 1, 0, (*place, "住宅", _name(n), 13800000000 + n, "业主"))
    return buffer.getvalue()
