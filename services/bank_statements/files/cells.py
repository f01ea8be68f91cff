"""Values of a bank's file as programs and people write them: days, amounts, numbers, texts."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from services.bank_statements.files.models import LONGEST_NUMBER
from services.register.sheet.cells import is_error, text_of

EXACT: Final = 2**53
EXCEL_BEGINS: Final = date(1899, 12, 30)
FIRST_SERIAL, LAST_SERIAL = 36_526, 73_050  # 2000-01-01 to the end of 2099
DAY: Final = re.compile(
    r"(20\d\d)[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?(?:[T ,]*[\d:.时分秒]*)?"
)
# ="123": how some banks keep Excel from making a number of a text.
AS_FORMULA: Final = re.compile(r'=?"(.*)"')
AMOUNT: Final = re.compile(r"[+-]?\d{1,12}(?:\.\d{1,2}0*)?")
THOUSANDS: Final = re.compile(r"(?<=\d),(?=\d{3}(?:\D|$))")
NO_AMOUNT: Final = frozenset({"", "-", "--", "—", "/"})
MOST_FEN: Final = 10**13
LONGEST_TEXT: Final = 120
LOST: Final = "流水号被 Excel 变成了数字,末几位已丢失,请从网银重新导出"
BY_POWERS: Final = re.compile(r"\d(?:\.\d+)?[Ee]\+\d+")
SHOWN_NUMBER: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z\-_./|]*")


class Unreadable(Exception):
    """A cell holds something else than it should. The argument is a sentence for people."""


def plain(cell: Any) -> str:
    """Return a cell as text on one line, without the marks that keep it a text for Excel."""
    text = " ".join(text_of(cell).split()).lstrip("'`\t").strip()
    found = AS_FORMULA.fullmatch(text)
    return found[1].strip() if found else text


def day(cell: Any) -> str:
    """Return a day; "" for an empty cell. Raises Unreadable."""
    match cell:
        case datetime():
            return cell.date().isoformat()
        case date():
            return cell.isoformat()
        case float() | int() if not isinstance(cell, bool) and _is_serial(cell):
            return (EXCEL_BEGINS + timedelta(days=int(cell))).isoformat()
    text = plain(cell)
    found = DAY.fullmatch(text)
    if found is None:
        if text:
            raise Unreadable("日期看不懂,请写成 2026-03-01")
        return ""
    try:
        return date(*map(int, found.groups())).isoformat()
    except ValueError:
        raise Unreadable("没有这一天") from None


def _is_serial(number: float) -> bool:
    return FIRST_SERIAL <= number <= LAST_SERIAL


def fen(cell: Any) -> int | None:
    """Return an amount in fen; None for none. Raises Unreadable."""
    if is_error(cell):
        raise Unreadable("单元格里是公式错误,请从网银重新导出")
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _exact(f"{cell:.4f}")
    text = plain(cell).replace("¥", "").replace("元", "").replace(" ", "")
    text = THOUSANDS.sub("", text)
    if text in NO_AMOUNT:
        return None
    if not AMOUNT.fullmatch(text):
        raise Unreadable("金额看不懂")
    return _exact(text)


def _exact(text: str) -> int:
    """Return fen of yuan, not rounded. Raises Unreadable for parts of a fen."""
    try:
        found = Decimal(text) * 100
    except InvalidOperation:
        raise Unreadable("金额看不懂") from None
    if found != found.to_integral_value():
        raise Unreadable("金额的小数超过两位")
    if abs(found) > MOST_FEN:
        raise Unreadable("金额太大")
    return int(found)


def number(cell: Any) -> str:
    """Return the bank's number of a row; "" for none. Raises Unreadable.

    Excel keeps fifteen digits of a number: of a longer one the rest is lost, and two transfers
    would get one number.
    """
    if isinstance(cell, int | float) and not isinstance(cell, bool) and abs(cell) >= EXACT:
        raise Unreadable(LOST)
    text = plain(cell).replace(" ", "")
    if not text:
        return ""
    if BY_POWERS.fullmatch(text):
        raise Unreadable(LOST)
    if len(text) > LONGEST_NUMBER or not SHOWN_NUMBER.fullmatch(text):
        raise Unreadable("流水号看不懂")
    return text


def words(cells: list[Any]) -> str:
    """Return what some cells say, each once, as far as it is kept."""
    said = dict.fromkeys(text for cell in cells if (text := plain(cell)))
    return " ".join(said)[:LONGEST_TEXT]
