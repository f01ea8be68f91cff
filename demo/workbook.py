"""Register of the demo compound as an Excel file: a title row, then one row a home."""

import io
from datetime import datetime
from typing import Final

import xlsxwriter

from demo.people import COMPOUND_NAME, households

TITLE: Final = f"{COMPOUND_NAME}房屋业主登记表"
HEADINGS: Final = ("楼栋", "单元", "房号", "面积(㎡)", "用途", "业主姓名", "手机号")


def workbook() -> bytes:
    """Write the register as a community keeps it, with the same bytes each time."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties({"created": datetime(2021, 5, 6)})  # noqa: DTZ001  # same bytes each time
    sheet = book.add_worksheet("房屋业主登记表")
    sheet.merge_range(0, 0, 0, len(HEADINGS) - 1, TITLE, book.add_format())
    sheet.write_row(1, 0, HEADINGS)
    for number, home in enumerate(households(), 2):
        row = (
            f"{home.building}栋",
            f"{home.unit}单元",
            home.room,
            home.area,
            home.usage,
            home.owner,
            home.phone,
        )
        sheet.write_row(number, 0, row)
    book.close()
    return content.getvalue()
