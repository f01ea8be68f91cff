"""Headings of a sheet: what each column means, and the titles above them."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct

from services.register.sheet.cells import Cell, text_of
from services.register.sheet.models import Field

SHEET: Final = "登记表"
EXAMPLE: Final = "填写示例"
NOTES: Final = "填写说明"
GUIDE_SHEETS: Final = frozenset({EXAMPLE, NOTES})


F = Field
SYNONYMS: Final[dict[Field, str]] = {
    F.BUILDING: "楼栋 楼号 楼栋号 楼幢 楼幢号 楼 栋 栋号 幢 幢号 座 楼座 楼宇 楼宇号 楼房号",
    F.UNIT: "单元 单元号 门洞 门洞号 楼门 楼门号 门栋 单元门",
    F.HOME: "房号 室号 门牌 门牌号 房间号 房屋号 房屋编号 房间 户号 室 住址 房屋坐落 房门号",
    F.AREA: "面积 建筑面积 房屋面积 产权面积 房屋建筑面积 建面 计费面积 收费面积",
    F.USAGE: "用途 房屋用途 使用性质 房屋性质 性质 房屋类型 类型 户型用途",
    F.OWNER: "业主 业主姓名 业主名称 产权人 产权人姓名 姓名 户主 户主姓名 房主 所有权人 权利人",
    F.PHONE: "手机 手机号 手机号码 电话 电话号码 联系电话 联系方式 业主电话 移动电话",
    F.RELATION: "关系 与业主关系 与产权人关系 与房屋关系 身份 人员类别",
    F.CO_OWNER: "共有人 共有权人 共有人姓名 共同共有人 其他产权人",
}
MEANINGS: Final = {word: field for field, words in SYNONYMS.items() for word in words.split()}
UNIT_NOTE: Final = re.compile(r"\(.*?\)|\[.*?\]|平方米|平米|m2|[\s*:：★]")
SEARCHED_ROWS: Final = 30
FEWEST_HEADINGS: Final = 2
LONGEST_SHOWN: Final = 30


Range = tuple[tuple[int, int], tuple[int, int]]  # first and last cell: row, column from 0


class Headings(Struct, frozen=True):
    """Headings of a sheet. `columns`: meaning → index of the cell in its row.

    `first_row`, `last_row`: rows of the headings, counted from 1. `titles`: (row, index of the
    cell, text) of what stands above.
    """

    columns: dict[Field, int]
    texts: list[str]
    first_row: int
    last_row: int
    titles: list[tuple[int, int, str]] = []


def meaning(cell: Cell) -> Field | None:
    """Return the column that a heading names, in any of its synonyms; None for none."""
    return MEANINGS.get(UNIT_NOTE.sub("", text_of(cell).replace("\n", "")))


def meanings(cells: Sequence[Cell]) -> dict[Field, int]:
    """Return meaning → index of the column; of two with one meaning the first counts."""
    found: dict[Field, int] = {}
    for index, cell in enumerate(cells):
        field = meaning(cell)
        if field is not None:
            found.setdefault(field, index)
    return found


def is_header(columns: dict[Field, int]) -> bool:
    return Field.HOME in columns and len(columns) >= FEWEST_HEADINGS


def find_headings(rows: Iterable[Sequence[Cell]]) -> Headings | None:
    """Return the headings among the first rows of a sheet; None when no row has them.

    A second row of headings (姓名 and 电话 below a merged 业主信息) is read with the first.
    """
    above: Headings | None = None
    titles: list[tuple[int, int, str]] = []
    for number, cells in enumerate(rows, 1):
        columns = meanings(cells)
        if above is not None:
            return _with_second_row(above, columns, cells)
        if is_header(columns):
            texts = [_shown(cell) for cell in cells]
            above = Headings(columns, texts, number, number, titles)
        elif number >= SEARCHED_ROWS:
            break
        titles += [(number, i, text) for i, c in enumerate(cells) if (text := text_of(c))]
    return above


def _with_second_row(
    above: Headings, columns: dict[Field, int], cells: Sequence[Cell]
) -> Headings:
    words = sum(1 for cell in cells if text_of(cell))
    fresh = {field: index for field, index in columns.items() if field not in above.columns}
    if not fresh or len(columns) < words:
        return above
    texts = [_shown(cell) or text for text, cell in zip(above.texts, cells, strict=False)]
    columns = {**above.columns, **fresh}
    return Headings(columns, texts, above.first_row, above.last_row + 1, above.titles)


def _shown(cell: Cell) -> str:
    """Return a heading as people wrote it, on one line."""
    return "".join(str(cell).split())[:LONGEST_SHOWN]


def letter(index: int) -> str:
    """Return the name of a column as Excel writes it: 0 → A, 26 → AA."""
    name = ""
    number = index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
