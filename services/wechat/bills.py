"""Parser of WeChat Pay's daily bills: WeChat's own dialect of CSV → typed rows.

Line 1 names the columns; in data lines every cell begins with a backtick; then come a second
header without backticks and one line of totals. Columns are found by name: merchants of
different age have different ones. Never a csv module: names and remarks are other people's
free text with commas, quotes, backticks and line breaks in them.
Source: bill-download/format-trade.html, format-fundflow.html.
"""

import re
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final, TypeVar

from services.kernel.days import BEIJING
from services.wechat.bill_models import FundFlowBill, FundRow, TradeBill, TradeRow

T = TypeVar("T")
Cells = Mapping[str, str]

_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]+)?")

ROW_LINES: Final = 100  # a description has at most 127 bytes, so fewer breaks

# (column, its total): the first pair of which both exist is the bill's own.
AMOUNTS: Final = (
    ("订单金额", "订单总金额"),
    ("总金额", "总交易额"),
    ("应结订单金额", "应结订单总金额"),
)
REFUNDS: Final = (
    ("申请退款金额", "申请退款总金额"),
    ("退款金额", "退款总金额"),
    ("退款金额", "总退款金额"),
)


class BillError(ValueError):
    """The bill contradicts itself or cannot be read. Names line or column, never content."""


def parse_trade_bill(day: str, lines: Iterable[str]) -> TradeBill:
    """Read bill_type=ALL. `lines` may keep their ends. Raises BillError."""
    rows = list(trade_rows(lines))
    amount_fen = sum(row.amount_fen for row in rows)
    refund_fen = sum(row.refund_fen for row in rows)
    return TradeBill(day=day, rows=rows, amount_fen=amount_fen, refund_fen=refund_fen)


def trade_rows(lines: Iterable[str]) -> Iterator[TradeRow]:
    """Yield the rows of bill_type=ALL one by one; at the end compare them with the totals.

    Raises BillError, also after the last row: believe none of them before that.
    """
    count = amount_fen = refund_fen = 0

    def counted(row: Cells) -> TradeRow:
        nonlocal count, amount_fen, refund_fen
        read = _trade_row(row)
        count, amount_fen = count + 1, amount_fen + read.amount_fen
        refund_fen += read.refund_fen
        return read

    totals = yield from _read(
        lines, free_text="商品名称", totals_begin="总交易单数", row=counted
    )
    _agree("总交易单数", _whole(totals, "总交易单数"), count)
    _agree("订单总金额", _fen(totals, *(total for _, total in AMOUNTS)), amount_fen)
    _agree("退款总金额", _fen(totals, *(total for _, total in REFUNDS)), refund_fen)


def parse_fund_flow_bill(day: str, lines: Iterable[str]) -> FundFlowBill:
    """Read a fund flow bill. `lines` may keep their ends. Raises BillError."""
    rows = list(fund_rows(lines))
    income_fen = sum(row.amount_fen for row in rows if row.amount_fen >= 0)
    expense_fen = income_fen - sum(row.amount_fen for row in rows)
    return FundFlowBill(day=day, rows=rows, income_fen=income_fen, expense_fen=expense_fen)


def fund_rows(lines: Iterable[str]) -> Iterator[FundRow]:
    """Yield the rows of a fund flow bill one by one; at the end compare them with the totals.

    Raises BillError, also after the last row: believe none of them before that.
    """
    count = income_fen = expense_fen = 0

    def counted(row: Cells) -> FundRow:
        nonlocal count, income_fen, expense_fen
        read = _fund_row(row)
        count, income_fen = count + 1, income_fen + max(read.amount_fen, 0)
        expense_fen += max(-read.amount_fen, 0)
        return read

    totals = yield from _read(
        lines, free_text="备注", totals_begin="资金流水总笔数", row=counted
    )
    _agree("资金流水总笔数", _whole(totals, "资金流水总笔数"), count)
    _agree("收入金额", _fen(totals, "收入金额"), income_fen)
    _agree("支出金额", _fen(totals, "支出金额"), expense_fen)


def _read(
    lines: Iterable[str], *, free_text: str, totals_begin: str, row: Callable[[Cells], T]
) -> Generator[T, None, Cells]:
    """Yield the rows and return the line of totals."""
    source = iter(lines)
    head = next(source, "").removeprefix("\ufeff").strip().split(",")
    pending: list[str] = []
    for number, line in enumerate(source, start=2):
        if not pending and line.startswith(totals_begin):
            totals = next(source, "").strip()
            return _named(line.strip().split(","), totals, totals_begin, number)
        if not pending and not line.strip():
            continue
        # A cell with a line break in it: the row goes on in the next line.
        pending.append(line)
        if sum(part.count(",`") for part in pending) + 1 >= len(head):
            text = "".join(pending).rstrip("\r\n")
            yield row(_named(head, text, free_text, number))
            pending = []
        elif len(pending) > ROW_LINES:
            raise BillError(f"line {number} does not fit the header")
    raise BillError("the bill has no totals")


def _named(head: Sequence[str], text: str, free_text: str, number: int) -> Cells:
    """Cut a line at its ",`" and name the cells; what is too many belongs to the free text."""
    cells = text.removeprefix("`").split(",`")
    excess = len(cells) - len(head)
    if not text.startswith("`") or excess < 0 or (excess and free_text not in head):
        raise BillError(f"line {number} does not fit the header")
    if excess:
        at = head.index(free_text)
        cells[at : at + excess + 1] = [",`".join(cells[at : at + excess + 1])]
    return dict(zip(head, cells, strict=True))


def _trade_row(cells: Cells) -> TradeRow:
    return TradeRow(
        traded_at=_instant(cells, "交易时间"),
        mchid=_text(cells, "商户号"),
        appid=_text(cells, "公众账号ID"),
        sub_mchid=_optional(cells, "特约商户号"),
        transaction_id=_text(cells, "微信订单号"),
        out_trade_no=_text(cells, "商户订单号"),
        openid=_text(cells, "用户标识"),
        trade_type=_text(cells, "交易类型"),
        trade_state=_text(cells, "交易状态"),
        amount_fen=_fen(cells, *(column for column, _ in AMOUNTS)),
        description=_text(cells, "商品名称"),
        attach=_text(cells, "商户数据包"),
        fee_yuan=_number(cells, "手续费"),
        refund_id=_optional(cells, "微信退款单号"),
        out_refund_no=_optional(cells, "商户退款单号"),
        refund_fen=_fen(cells, *(column for column, _ in REFUNDS)),
        refund_status=_optional(cells, "退款状态"),
    )


def _fund_row(cells: Cells) -> FundRow:
    match _text(cells, "收支类型"):
        case "收入":
            sign = 1
        case "支出":
            sign = -1
        case _:
            raise BillError("收支类型 is neither 收入 nor 支出")
    return FundRow(
        booked_at=_instant(cells, "记账时间"),
        transaction_id=_text(cells, "微信支付业务单号"),
        flow_id=_text(cells, "资金流水单号"),
        business_name=_text(cells, "业务名称"),
        business_type=_text(cells, "业务类型"),
        amount_fen=sign * _fen(cells, "收支金额(元)"),
        balance_fen=_fen(cells, "账户结余(元)"),
        applicant=_text(cells, "资金变更提交申请人"),
        remark=_text(cells, "备注"),
        voucher=_text(cells, "业务凭证号"),
    )


def _text(cells: Cells, column: str) -> str:
    if column not in cells:
        raise BillError(f"no column {column}")
    return cells[column]


def _optional(cells: Cells, column: str) -> str | None:
    """Return None for an empty cell and for 0, which is how a bill writes "none"."""
    text = _text(cells, column)
    return None if text in {"", "0"} else text


def _instant(cells: Cells, column: str) -> datetime:
    """Read Beijing's yyyy-MM-dd HH:mm:ss, which says no zone."""
    text = _text(cells, column)
    if not _MOMENT.fullmatch(text):
        raise BillError(f"{column} is not a time")
    try:
        return datetime.fromisoformat(text).replace(tzinfo=BEIJING).astimezone(UTC)
    except ValueError:
        raise BillError(f"{column} is not a time") from None


def _number(cells: Cells, column: str) -> Decimal:
    text = _text(cells, column)
    if not _NUMBER.fullmatch(text):
        raise BillError(f"{column} is not a number")
    return Decimal(text)


def _fen(cells: Cells, *columns: str) -> int:
    """Read yuan from the first of `columns` that the bill has."""
    column = next((name for name in columns if name in cells), columns[0])
    return _integer(_number(cells, column) * 100, column)


def _whole(cells: Cells, column: str) -> int:
    """Read a count; some bills write it as 20.0."""
    return _integer(_number(cells, column), column)


def _integer(number: Decimal, column: str) -> int:
    if number != number.to_integral_value():
        raise BillError(f"{column} has too many decimals")
    return int(number)


def _agree(total: str, stated: int, found: int) -> None:
    if stated != found:
        raise BillError(f"{total} says {stated}, the rows say {found}")
