"""Files of banks, read as they come: encodings, headings, dates and amounts of all kinds."""

from datetime import date
from typing import Any

import pytest

from services.bank_statements.files.models import MOST_ROWS, FileRefused, Movement
from services.bank_statements.files.rows import Reader
from services.bank_statements.files.tables import opened
from services.bank_statements.matches.doors import doors_in
from tests.build.bank_statements import HEADINGS, csv_file, xlsx_file

NAMES = ("day", "number", "income", "expense", "payer", "remark")
LOST = "流水号被 Excel 变成了数字,末几位已丢失,请从网银重新导出"
ROW = ("2026-03-01", "B1", "12.30", "", "李伟", "3-2-502 物业费")


def read(content: bytes) -> Reader:
    headings, rows = opened(content)
    reader = Reader(headings)
    reader.read(rows)
    return reader


def one(**cells: Any) -> Movement:
    """Read the only row of a file, with some cells of its own."""
    given = dict(zip(NAMES, ROW, strict=True))
    [found] = read(xlsx_file([[*{**given, **cells}.values()]])).rows
    return found


def refusal(content: bytes) -> FileRefused:
    with pytest.raises(FileRefused) as refused:
        read(content)
    return refused.value


@pytest.mark.parametrize(
    "content",
    [
        csv_file([ROW]),
        b"\xef\xbb\xbf" + csv_file([ROW]),
        csv_file([ROW]).decode().encode("gb18030"),
        csv_file([ROW]).decode().replace(",", "\t").encode("gb18030"),
        xlsx_file([ROW]),
        xlsx_file([ROW], titles=5),
    ],
    ids=["utf-8", "with a mark", "gb18030", "by tabs", "xlsx", "below titles"],
)
def test_each_way_to_write_a_file_is_read(content: bytes) -> None:
    [found] = read(content).rows
    assert (found.day, found.number, found.amount_fen) == ("2026-03-01", "B1", 1230)
    assert (found.payer, found.remark) == ("李伟", "3-2-502 物业费")


@pytest.mark.parametrize(
    ("headings", "row"),
    [
        (("记账日期", "交易流水号", "贷方金额", "借方金额", "余额"), (*ROW[:4], "9.00")),
        (("交易时间", "流水号", "交易金额", "对方名称"), (*ROW[:3], "李伟")),
        (("入账日期", "流水 号", "金额(元)", "借贷标志"), (*ROW[:3], "贷")),
        (("交易日期:", "银行流水号", "收入金额[元]", "支出金额[元]"), ROW[:4]),
    ],
)
def test_each_bank_names_its_columns_in_its_own_way(
    headings: tuple[str, ...], row: tuple[Any, ...]
) -> None:
    [found] = read(csv_file([row], headings=headings)).rows
    assert (found.day, found.number, found.amount_fen) == ("2026-03-01", "B1", 1230)


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-01",
        "2026/3/1",
        "20260301",
        "2026年3月1日",
        "2026-03-01 13:05:09",
        "2026.03.01",
        20260301,
        46082,
        date(2026, 3, 1),
    ],
)
def test_a_day_is_read_however_it_is_written(written: Any) -> None:
    assert one(day=written).day == "2026-03-01"


@pytest.mark.parametrize(
    ("written", "fen"),
    [
        ("1,234.50", 123450),
        ("１２３４.５", 123450),
        ("¥1,234.5元", 123450),
        ("+12.30", 1230),
        (1234.5, 123450),
        (0.07, 7),
        (1e6, 100_000_000),
        ("12.3000", 1230),
    ],
)
def test_an_amount_is_read_to_the_fen(written: Any, fen: int) -> None:
    assert one(income=written).amount_fen == fen


def test_a_number_that_is_kept_from_excel_is_itself() -> None:
    for written in (
        '="20260301000000012345"',
        "\t20260301000000012345",
        "'20260301000000012345",
    ):
        [found] = read(csv_file([(ROW[0], written, *ROW[2:])])).rows
        assert found.number == "20260301000000012345"


@pytest.mark.parametrize(
    ("cells", "column", "message"),
    [
        ({"day": "2026-02-30"}, "交易日期", "没有这一天"),
        ({"day": "三月一日 1号"}, "交易日期", "日期看不懂,请写成 2026-03-01"),
        ({"day": ""}, "交易日期", "这一格是空的"),
        ({"number": ""}, "流水号", "这一格是空的"),
        (
            {"number": 2.0260301e19},
            "流水号",
            LOST,
        ),
        (
            {"number": "2.02603E+19"},
            "流水号",
            LOST,
        ),
        ({"number": "1" * 41}, "流水号", "流水号看不懂"),
        ({"number": "转账"}, "流水号", "流水号看不懂"),
        ({"income": "12.345"}, "收入", "金额看不懂"),
        ({"income": 12.345}, "收入", "金额的小数超过两位"),
        ({"income": "#N/A"}, "收入", "单元格里是公式错误,请从网银重新导出"),
        ({"income": "1.234,5"}, "收入", "金额看不懂"),
        ({"income": "0.00"}, "金额", "没有金额"),
        ({"expense": "1.00"}, "收入", "收入和支出都有金额"),
    ],
)
def test_a_bad_cell_is_named_and_nothing_is_taken(
    cells: dict[str, Any], column: str, message: str
) -> None:
    given = dict(zip(NAMES, ROW, strict=True))
    bad = [*{**given, **cells}.values()]
    found = refusal(xlsx_file([("2026-03-02", "B0", "1.00", "", "", ""), bad]))
    assert found.refusal.code == "bank_file_bad_rows"
    assert [(p.row, p.column, p.message) for p in found.problems] == [(3, column, message)]


def test_a_number_stands_once() -> None:
    found = refusal(csv_file([ROW, ROW]))
    assert found.problems[0].message == "流水号重复,与第 2 行相同"


def test_what_goes_out_is_counted_and_footers_are_passed_over() -> None:
    rows = [
        ROW,
        ("2026-03-01", "B2", "", "1,000.00", "电力公司", "电费"),
        ("", "", "", "", "", ""),
        ("合计", "", "12.30", "1,000.00", "", ""),
        ("制表人:王", "", "", "", "", ""),
    ]
    totals = read(csv_file(rows)).totals
    assert (totals.received, totals.received_fen) == (1, 1230)
    assert (totals.paid_out, totals.paid_out_fen) == (1, 100_000)


@pytest.mark.parametrize(("word", "received"), [("贷", 1), ("收入", 1), ("借", 0), ("支出", 0)])
def test_a_word_may_say_whether_money_came(word: str, received: int) -> None:
    headings = ("交易日期", "流水号", "金额", "借贷标志")
    totals = read(csv_file([("2026-03-01", "B1", "5.00", word)], headings=headings)).totals
    assert (totals.received, totals.paid_out) == (received, 1 - received)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "bank_file_empty"),
        (b" \n \n", "bank_file_empty"),
        (b"\xff\xff\xff\xff\x00", "bank_file_broken"),
        (b"PK\x03\x04 no archive", "bank_file_broken"),
        (b"\xd0\xcf\x11\xe0 an old file", "bank_file_old_xls"),
        ("姓名,电话\n李,1\n".encode(), "bank_file_no_headings"),
        (csv_file([ROW[:5]], headings=HEADINGS[:5])[:60], "bank_file_no_rows"),
    ],
)
def test_what_is_no_statement_is_refused(content: bytes, code: str) -> None:
    assert refusal(content).refusal.code == code


def test_missing_columns_are_named() -> None:
    headings = ("交易日期", "凭证", "对方户名", "附言", "支出")
    found = refusal(csv_file([("2026-03-01", "1", "李", "", "1.00")], headings=headings))
    assert found.refusal.code == "bank_file_columns_missing"
    assert found.refusal.message == "没有找到这些列:流水号、收入(或金额)"


def test_no_file_is_endless() -> None:
    rows = [("2026-03-01", f"B{number}", "1.00", "", "", "") for number in range(MOST_ROWS + 1)]
    assert refusal(csv_file(rows)).refusal.code == "bank_file_too_many_rows"


@pytest.mark.parametrize(
    ("remark", "doors"),
    [
        ("3-2-502 物业费", {("b3", "u2", "502")}),
        ("3栋2单元502室物业费", {("b3", "u2", "502")}),
        ("3号楼502", {("b3", "", "502")}),
        ("3-502", {("b3", "", "502")}),
        ("3－2－502", {("b3", "u2", "502")}),
        ("A座1203", {("ba", "", "1203")}),
        ("03-02-502 和 3-2-501", {("b3", "u2", "502"), ("b3", "u2", "501")}),
        ("春光小区1栋1单元车库1 物业费", {("b1", "u1", "g1")}),
        ("3号楼商铺012", {("b3", "", "s12")}),
        ("3栋2单元地下室7", {("b3", "u2", "k7")}),
        ("2026-03-01 转账", set()),
        ("13812345678", set()),
        ("物业费", set()),
    ],
)
def test_doors_are_found_in_remarks(remark: str, doors: set[tuple[str, str, str]]) -> None:
    assert doors_in(remark) == doors
