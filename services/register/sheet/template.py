"""Template of a register: the empty .xlsx that people download, fill in and send back."""

import functools
import io
from typing import TYPE_CHECKING, Any, Final

from services.kernel.deferred import deferred
from services.places.models import Usage
from services.register.sheet.cells import RELATIONS
from services.register.sheet.headings import EXAMPLE, NOTES, SHEET
from services.register.sheet.models import Field

if TYPE_CHECKING:
    import xlsxwriter
else:
    xlsxwriter = deferred("xlsxwriter")

FILENAME: Final = "房屋业主登记表.xlsx"


WIDTHS: Final = {
    Field.BUILDING: 10,
    Field.UNIT: 8,
    Field.HOME: 12,
    Field.AREA: 11,
    Field.USAGE: 10,
    Field.OWNER: 18,
    Field.PHONE: 26,
    Field.RELATION: 10,
    Field.CO_OWNER: 14,
}
CHOICES: Final = {
    Field.USAGE: [usage.label for usage in Usage],
    Field.RELATION: [relation.label for relation in RELATIONS],
}
EXAMPLES: Final = (
    ("3号楼", "2单元", "501", "85.30", "住宅", "张三", "13800000001", "业主", "李四"),
    (
        "3号楼",
        "2单元",
        "502",
        "62.15",
        "住宅",
        "王五、赵六",
        "13800000002、13800000003",
        "",
        "",
    ),
    ("3号楼", "2单元", "502", "", "住宅", "钱七", "13800000004", "租户", ""),
    ("3号楼", "", "12", "120.50", "商铺", "孙八", "0431-80000000", "业主", ""),
    ("3号楼", "", "车库5", "18", "", "", "", "", ""),
)
GUIDE: Final = (
    "请在“登记表”里填写,一户一行;“填写示例”和“填写说明”上传时不会被读取,不必删除。",
    "楼栋、房号必填。单元没有可以不填,例如临街商铺、车库。",
    "面积填建筑面积,单位平方米,可以写两位小数。没有面积的房屋不能按面积计费。",
    "用途不填时按房号判断(如“车库5”是车库),判断不出的按住宅登记。",
    "一户有两位业主:写在一格里,用顿号隔开,电话也用顿号隔开并按同样的顺序;或写在“共有人”里。",
    "没有电话的业主,在电话的位置写“无”。",
    "租户、家属另起一行,楼栋、单元、房号写一样的,关系里写“租户”或“家属”。",
    "手机号只用来让本人在微信里认领自己的房屋,加密保存。",
    "上传后先看到检查结果,确认以前不会写入任何内容。已经登记过的房屋不会被改动,除非您在预览里选择按表更正。",
)
# Text, so that Excel neither makes a date of 3-2 nor drops the zero of 0431.
TEXT_FORMAT: Final = "@"
FORMATTED_ROWS: Final = 1_048_575


@functools.cache
def template() -> bytes:
    """Template as .xlsx bytes. Every cell is a string: nothing can become a formula."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        bold = book.add_format({"bold": True, "bg_color": "#E8F0E4", "border": 1})
        text = book.add_format({"num_format": TEXT_FORMAT})
        for name, rows in ((SHEET, ()), (EXAMPLE, EXAMPLES)):
            _table(book.add_worksheet(name), rows, bold=bold, text=text)
        notes = book.add_worksheet(NOTES)
        notes.set_column(0, 0, 100)
        for index, line in enumerate(GUIDE):
            notes.write_string(index, 0, f"{index + 1}. {line}")
    return buffer.getvalue()


def _table(sheet: Any, rows: tuple[tuple[str, ...], ...], *, bold: Any, text: Any) -> None:
    sheet.freeze_panes(1, 0)
    for column, (field, width) in enumerate(WIDTHS.items()):
        sheet.set_column(column, column, width, text)
        sheet.write_string(0, column, field, bold)
        if field in CHOICES:
            options = {"validate": "list", "source": CHOICES[field], "error_type": "warning"}
            sheet.data_validation(1, column, FORMATTED_ROWS, column, options)
    for index, row in enumerate(rows, 1):
        for column, value in enumerate(row):
            sheet.write_string(index, column, value, text)
