"""Headings of a bank's file: each bank names its columns in its own way."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

from services.bank_statements.files.models import Column, FileRefused
from services.register.sheet.cells import text_of

C = Column
SYNONYMS: Final[dict[Column, str]] = {
    C.DAY: "交易日期 记账日期 入账日期 交易时间 记账时间 入账时间 日期 交易日 记账日",
    C.NUMBER: "流水号 交易流水号 银行流水号 核心流水号 交易流水 流水 业务流水号 交易编号 "
    "账户明细编号-交易流水号 交易序号 全局流水号 检索参考号",
    C.INCOME: "收入 收入金额 贷方金额 贷方发生额 贷方 转入金额 贷方发生额/元 存入金额 入账金额",
    C.EXPENSE: "支出 支出金额 借方金额 借方发生额 借方 转出金额 借方发生额/元 支取金额",
    C.AMOUNT: "金额 交易金额 发生额",
    C.DIRECTION: "借贷标志 借贷 借贷方向 收支 收/支 收支方向 借/贷 收付标志",
    C.PAYER: "对方户名 对方名称 对方账户名称 对方账户名 付款人 付款人名称 付款人户名 "
    "对方姓名 对方单位名称 对方单位",
    C.REMARK: "摘要 附言 用途 备注 交易附言 交易摘要 交易用途 客户附言 留言",
}
MEANINGS: Final = {word: column for column, words in SYNONYMS.items() for word in words.split()}
NOTE: Final = re.compile(r"\(.*?\)|\[.*?\]|[\s*:：]")
SEARCHED_ROWS: Final = 40
FEWEST: Final = 3
REQUIRED: Final = (C.DAY, C.NUMBER)


class Headings(Struct, frozen=True):
    """Columns of a file. `columns`: meaning → indexes; only a remark may have several."""

    columns: Mapping[Column, list[int]]
    row: int

    def cells(self, cells: Sequence[Any], column: Column) -> list[Any]:
        """Return the cells of a row that hold what a column says."""
        return [cells[at] for at in self.columns.get(column, ()) if at < len(cells)]


def meaning(cell: Any) -> Column | None:
    """Return what a heading means, in any bank's words; None for what nobody needs."""
    return MEANINGS.get(NOTE.sub("", text_of(cell)))


def find(rows: Iterable[Sequence[Any]]) -> Headings:
    """Return the headings among the first rows: the row that names most of the columns.

    Raises FileRefused, naming the columns that are missing.
    """
    best = Headings({}, 0)
    for number, cells in enumerate(rows, 1):
        if number > SEARCHED_ROWS:
            break
        columns = _columns(cells)
        if len(columns) > len(best.columns):
            best = Headings(columns, number)
    if len(best.columns) < FEWEST:
        raise FileRefused.because("bank_file_no_headings")
    if lacking := _lacking(best.columns):
        raise FileRefused.because("bank_file_columns_missing", columns="、".join(lacking))
    return best


def _columns(cells: Sequence[Any]) -> dict[Column, list[int]]:
    found: dict[Column, list[int]] = {}
    for index, cell in enumerate(cells):
        column = meaning(cell)
        if column is C.REMARK or (column is not None and column not in found):
            found.setdefault(column, []).append(index)
    return found


def _lacking(columns: Mapping[Column, list[int]]) -> list[str]:
    lacking = [column.value for column in REQUIRED if column not in columns]
    if C.INCOME not in columns and C.AMOUNT not in columns:
        lacking.append("收入(或金额)")
    return lacking
