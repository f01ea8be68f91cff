"""Contents of a bank's file: its rows, what is wrong with some, and why a file is refused."""

from enum import StrEnum
from typing import Annotated, Final, Self

from msgspec import Meta, Struct

from services.kernel.days import Day

MOST_ROWS: Final = 10_000
MOST_BYTES: Final = 5 * 1024 * 1024
MOST_PROBLEMS: Final = 100
LONGEST_NUMBER: Final = 40  # as long as the number of a counter payment


class Column(StrEnum):
    """Column of a bank's file, named as people know it."""

    DAY = "交易日期"
    NUMBER = "流水号"
    INCOME = "收入"
    EXPENSE = "支出"
    AMOUNT = "金额"
    DIRECTION = "借贷标志"
    PAYER = "对方户名"
    REMARK = "摘要"


class Movement(Struct, frozen=True, kw_only=True):
    """Row of a file by which money came in, or left. `row`: as Excel counts, from 1.

    `payer`: who stands on the other side, of money that left, too. `number`: the bank's; of
    money that left, which may share one with its fee, with a count from the second on.
    """

    row: int
    number: str
    day: Day
    amount_fen: int
    payer: str
    remark: str
    leaves: bool = False


class BadRow(Struct, frozen=True, kw_only=True):
    """Row that cannot be read. It names no payer.

    `row`: Row of the file, from 1.
    `column`: What the cell should hold; empty for the whole row.
    `message`: What is wrong, to be shown to people.
    """

    row: int
    column: Annotated[str, Meta(examples=["流水号"])]
    message: Annotated[str, Meta(examples=["流水号重复,与第 5 行相同"])]


class BankFileTotals(Struct, kw_only=True):
    """What a file holds.

    `received`: Number of rows by which money came in.
    `received_fen`: Their sum, in fen.
    `paid_out`: Number of rows by which money went out; a refund, or an expense.
    `paid_out_fen`: Their sum, in fen.
    """

    received: int = 0
    received_fen: int = 0
    paid_out: int = 0
    paid_out_fen: int = 0


class BankFileRefusal(Struct, frozen=True, kw_only=True):
    """Why a file was not taken.

    `code`: Stable code, e.g. `bank_file_columns_missing`.
    `message`: What is wrong, to be shown to people.
    """

    code: Annotated[str, Meta(examples=["bank_file_columns_missing"])]
    message: Annotated[str, Meta(examples=["没有找到这些列:流水号"])]


# The codes of what the reader of workbooks refuses are its own ones under this product's name.
REFUSALS: Final = {
    "bank_file_empty": "文件是空的",
    "bank_file_not_xlsx": "请上传银行导出的 .xlsx 或 .csv 文件",
    "bank_file_old_xls": "这是旧版 .xls 文件,请在 Excel 里另存为 .xlsx",
    "bank_file_encrypted": "文件设了密码,请去掉密码后再上传",
    "bank_file_broken": "文件已损坏或编码看不懂,请从网银重新导出",
    "bank_file_unpacks_too_large": "文件解压后太大,请按月导出",
    "bank_file_too_complex": "文件内容太复杂,读不了,请从网银重新导出",
    "bank_file_too_many_rows": "行数太多,一次最多 {most} 行,请按月导出",
    "bank_file_no_headings": "没有找到表头,需要有 交易日期、流水号、收入 等列名",
    "bank_file_columns_missing": "没有找到这些列:{columns}",
    "bank_file_no_rows": "表头下面没有交易",
    "bank_file_bad_rows": "有 {count} 行看不懂,整份文件没有导入,请核对后重新上传",
    "bank_file_unread": "文件没有读完,请重新上传",
    "bank_file_expired": "文件放得太久,已删除,请重新上传",
}


class FileRefused(Exception):
    """Refusal of a whole file. `problems`: the rows that are the reason, if some are."""

    def __init__(self, refusal: BankFileRefusal, problems: list[BadRow] | None = None) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal
        self.problems = problems or []

    @classmethod
    def because(cls, code: str, problems: list[BadRow] | None = None, **words: object) -> Self:
        """Return the refusal of a code of REFUSALS, its sentence filled with `words`."""
        refusal = BankFileRefusal(code=code, message=REFUSALS[code].format(**words))
        return cls(refusal, problems)


# Messages of the child process that reads a file


class Batch(Struct, frozen=True, tag=True):
    rows: list[Movement]


class Done(Struct, frozen=True, tag=True):
    """End of a file. `first`, `last`: days of its first and last row, whatever it moved."""

    totals: BankFileTotals
    first: Day
    last: Day


class Failed(Struct, frozen=True, tag=True):
    refusal: BankFileRefusal
    problems: list[BadRow]


Message = Batch | Done | Failed
