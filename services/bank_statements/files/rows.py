"""Rows of a bank's file, read one by one: each is money that came in, or that left."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from services.bank_statements.files import cells as values
from services.bank_statements.files.cells import Unreadable
from services.bank_statements.files.headings import Headings
from services.bank_statements.files.models import (
    MOST_PROBLEMS,
    MOST_ROWS,
    BadRow,
    BankFileTotals,
    Column,
    FileRefused,
    Movement,
)
from services.kernel.vouchers import key

C = Column
# What a bank says of money that comes into the account, and of money that leaves it.
COMES: Final = frozenset(
    ["贷", "收", "收入", "贷方", "C", "CR", "转入", "存入", "来账", "入账", "+"]
)
LEAVES: Final = frozenset(
    ["借", "支", "支出", "借方", "D", "DR", "转出", "支取", "往账", "出账", "付", "-"]
)
AMOUNTS: Final = (C.INCOME, C.EXPENSE, C.AMOUNT)
# Lines of sums and balances begin so in the files of banks.
SUMS: Final = ("合计", "总计", "小计", "累计", "共计", "本页", "总笔数", "期初", "期末", "承前")
Row = tuple[int, Sequence[Any]]


class Reader:
    """Reader of the rows below the headings. It keeps all of them: they are bounded."""

    def __init__(self, headings: Headings) -> None:
        self._headings = headings
        self._numbers: dict[str, int] = {}
        self._left: list[Movement] = []
        self._came: list[Movement] = []
        self.rows: list[Movement] = []
        self.problems: list[BadRow] = []
        self.bad_rows = 0
        self.totals = BankFileTotals()
        self.days: set[str] = set()

    def read(self, rows: Iterable[Row]) -> None:
        """Read all rows. Raises FileRefused for too many, for none, and for bad ones."""
        for row, cells in rows:
            self._read(row, cells)
            if self.totals.received + self.totals.paid_out > MOST_ROWS:
                raise FileRefused.because("bank_file_too_many_rows", most=MOST_ROWS)
        if self.bad_rows:
            raise FileRefused.because(
                "bank_file_bad_rows", self.problems[:MOST_PROBLEMS], count=self.bad_rows
            )
        if not self.days:
            raise FileRefused.because("bank_file_no_rows")
        self.rows = [*self._came, *self._left]

    def _read(self, row: int, cells: Sequence[Any]) -> None:
        if self._is_a_note(cells):
            return
        column = C.DAY
        try:
            day = values.day(self._cell(cells, C.DAY))
            column = C.NUMBER
            number = values.number(self._cell(cells, C.NUMBER))
            column = C.INCOME if C.INCOME in self._headings.columns else C.AMOUNT
            fen = self._fen(cells)
        except Unreadable as why:
            self._refuse(row, column, str(why))
            return
        if day and number:
            self._take(row, cells, day, number, fen)
        else:
            self._refuse(row, C.NUMBER if day else C.DAY, "这一格是空的")

    def _is_a_note(self, cells: Sequence[Any]) -> bool:
        """Tell whether a row is no movement: a sum, a page number, a signature, or empty."""
        said = [text for cell in cells if (text := values.plain(cell))]
        if said and said[0].startswith(SUMS):
            return True
        amounts = [values.plain(self._cell(cells, each)) for each in AMOUNTS]
        is_dated = bool(values.plain(self._cell(cells, C.DAY)))
        is_numbered = bool(values.plain(self._cell(cells, C.NUMBER)))
        return not (any(amounts) or (is_dated and is_numbered))

    def _take(
        self, row: int, cells: Sequence[Any], day: str, number: str, fen: int | None
    ) -> None:
        self.days.add(day)
        if fen is None or fen == 0:
            self._refuse(row, C.AMOUNT, "没有金额")
        elif fen < 0:
            self.totals.paid_out += 1
            self.totals.paid_out_fen -= fen
            self._left.append(self._moved(row, cells, day, number, fen))
        elif earlier := self._numbers.get(key(number)):
            self._refuse(row, C.NUMBER, f"流水号重复,与第 {earlier} 行相同")
        else:
            self._numbers[key(number)] = row
            self.totals.received += 1
            self.totals.received_fen += fen
            self._came.append(self._moved(row, cells, day, number, fen))

    def _moved(
        self, row: int, cells: Sequence[Any], day: str, number: str, fen: int
    ) -> Movement:
        return Movement(
            row=row,
            number=number,
            day=day,
            amount_fen=abs(fen),
            payer=values.words(self._headings.cells(cells, C.PAYER)),
            remark=values.words(self._headings.cells(cells, C.REMARK)),
            leaves=fen < 0,
        )

    def _cell(self, cells: Sequence[Any], column: Column) -> Any:
        return next(iter(self._headings.cells(cells, column)), None)

    def _fen(self, cells: Sequence[Any]) -> int | None:
        """Return what came in; below 0 what went out. Raises Unreadable."""
        came = values.fen(self._cell(cells, C.INCOME))
        left = values.fen(self._cell(cells, C.EXPENSE))
        if came and left:
            raise Unreadable("收入和支出都有金额")
        if came or left:
            return came or -abs(left or 0)
        amount = values.fen(self._cell(cells, C.AMOUNT))
        if amount is None or C.DIRECTION not in self._headings.columns:
            return amount
        word = values.plain(self._cell(cells, C.DIRECTION)).upper()
        if word not in COMES | LEAVES:
            raise Unreadable("看不出是收入还是支出")
        return abs(amount) if word in COMES else -abs(amount)

    def _refuse(self, row: int, column: Column, message: str) -> None:
        self.bad_rows += 1
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(BadRow(row=row, column=column.value, message=message))


def batches(rows: Sequence[Movement], size: int) -> Iterator[list[Movement]]:
    """Yield the rows, so many at a time."""
    for start in range(0, len(rows), size):
        yield list(rows[start : start + size])
