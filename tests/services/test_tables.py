"""Tables: what people typed stays text, money and areas stay exact, memory stays bounded."""

import io
import re
import tracemalloc
import zipfile
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Final, get_args, get_type_hints

import pytest
from msgspec import Meta, Struct
from python_calamine import CalamineWorkbook

from server.features import FEATURES
from services.kernel.days import Day, Month
from services.kernel.labels import Labelled
from services.kernel.lists import List
from services.kernel.tables import LONGEST_TEXT, Column, Workbook, columns, written
from services.kernel.types import BasisPoints
from tests.build.world import NOON
from tests.depth import by_night

BYTES_OF_A_CELL: Final = 600  # at the peak; it was 450
MOST: Final = 20_000


class State(Labelled):
    OPEN = "open", "待核对"


class Inner(Struct):
    amount_fen: int
    name: str


class Rated(Struct):
    share: Annotated[BasisPoints | None, Meta(examples=[8000])]


class View(Struct):
    title: str
    inner: Inner | None
    area: int
    state: State
    made_at: datetime | None
    from_day: Day
    to_day: Annotated[Day, Meta(title="last")] | None
    period: Month
    days_off: list[Day] = []
    is_new: bool = False


def file_of(rows: list[Any], *shown: Column, notes: tuple[str, ...] = ()) -> bytes:
    book = Workbook("清单", shown)
    book.add(rows)
    return book.close(*notes)


def read(file: bytes) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(file)).get_sheet_by_index(0).to_python()


def itself(unit: str = "text") -> Column:
    return Column("value", "值", lambda row: row, unit)


def cell(value: Any, unit: str = "text") -> Any:
    """Write a value and return what is read."""
    _, [_, found] = read(file_of([value], Column("n", "序", lambda _: "n"), itself(unit)))
    return found


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        '=HYPERLINK("http://evil.example","点我")',
        "+8613900000001",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "{=1}",
        "http://evil.example",
        "mailto:a@b.c",
        "007",
        "1e5",
        "2026-03-02",
        "true",
        "<b>&amp;\"'",
        "_x0041_",
        "\x00\x01\x1f\x7f",
        "一行\n两行",
        "\U0001f600\U0001f468\u200d\U0001f469",
        " 前后空格 ",
    ],
)
def test_a_text_stays_a_text(text: str) -> None:
    assert cell(text) == text
    with zipfile.ZipFile(io.BytesIO(file_of([text], itself()))) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
    assert b"<hyperlink" not in sheet


@pytest.mark.parametrize(
    ("sign", "most"), [("字", LONGEST_TEXT), ("\U0001f600", LONGEST_TEXT // 2)]
)
def test_a_text_that_is_too_long_is_cut(sign: str, most: int) -> None:
    """In the units that Excel counts: half of an emoji would damage the file."""
    file = file_of([sign * 40_000], itself())
    with zipfile.ZipFile(io.BytesIO(file)) as parts:
        kept = parts.read("xl/sharedStrings.xml").decode().count(sign)
    assert kept == most


def test_nothing_is_an_empty_cell() -> None:
    assert cell(None) == cell("") == cell([]) == ""
    assert cell(None, "yuan") == cell(None, "instant") == ""


@pytest.mark.parametrize("fen", [0, 1, 7, 29, 101, -5, 12_345_678_901, 10**15 - 1])
def test_money_and_areas_are_exact(fen: int) -> None:
    for unit in ("yuan", "area"):
        assert round(cell(fen, unit) * 100) == fen
        assert cell(fen, unit) == fen / 100
    assert cell(fen, "number") == fen


def test_an_instant_is_in_beijings_time() -> None:
    assert cell(NOON, "instant") == datetime(2026, 3, 2, 12)  # noqa: DTZ001  # as Excel has it


@pytest.mark.parametrize(
    "instant",
    [
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(1899, 12, 31, tzinfo=UTC),
        datetime(1900, 2, 28, tzinfo=UTC),
        datetime(9999, 12, 31, 23, tzinfo=UTC),
    ],
)
def test_an_instant_that_excel_does_not_know_is_a_text(instant: datetime) -> None:
    assert cell(instant, "instant") == str(instant)


def test_the_first_and_last_year_are_dates() -> None:
    for instant in (datetime(1901, 1, 2, tzinfo=UTC), datetime(9998, 12, 31, tzinfo=UTC)):
        shown = cell(instant, "instant")
        assert abs(shown - instant.replace(tzinfo=None)) < timedelta(hours=9)


@pytest.mark.parametrize("day", ["0001-01-01", "1900-02-28", "9999-12-31", "2026-02-30"])
def test_a_day_that_excel_does_not_know_is_a_text(day: str) -> None:
    assert cell(day, "day") == day
    assert cell("1901-01-02", "day") == date(1901, 1, 2)
    assert cell("", "day") == ""


def test_a_heading_is_seen_whole_and_the_sheet_is_printed_on_a_page_s_width() -> None:
    labels = {"短": 18.7, "很长的标题十个字一二": 23.7, "长" * 50: 60.7}
    file = file_of([], *[Column(label, label, lambda row: row) for label in labels])
    with zipfile.ZipFile(io.BytesIO(file)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
        book = parts.read("xl/workbook.xml").decode()
    widths = [float(width) for width in re.findall(r'<col [^>]*width="([\d.]+)"', sheet)]
    assert widths == pytest.approx([*labels.values()], abs=0.02)
    assert 'orientation="landscape"' in sheet
    assert 'fitToHeight="0"' in sheet
    assert "_xlnm.Print_Titles" in book


def test_columns_are_read_off_the_view() -> None:
    shown = columns(
        View,
        title="标题",
        inner__amount_fen="金额(元)",
        inner__name="名称",
        area="面积(㎡)",
        state="状态",
        made_at="时间",
        from_day="开始",
        to_day="结束",
        period="月份",
        days_off="休息日",
        is_new="新",
    )
    assert [column.unit for column in shown] == [
        "text",
        "yuan",
        "text",
        "area",
        "text",
        "instant",
        "day",
        "day",
        "text",
        "text",
        "text",
    ]
    days = ("2026-03-02", None, "2026-03")
    one = View("=1", Inner(1234, "甲"), 8530, State.OPEN, NOON, *days, is_new=True)
    other = View("", None, 1, State.OPEN, None, *days, days_off=["2026-03-07", "2026-03-08"])
    heading, first, second = read(file_of([one, other], *shown))
    assert heading == [column.label for column in shown]
    noon = datetime(2026, 3, 2, 12)  # noqa: DTZ001  # as Excel has it
    shown_days = [date(2026, 3, 2), "", "2026-03"]
    assert first == ["=1", 12.34, "甲", 85.3, "待核对", noon, *shown_days, "", "是"]
    assert second == [
        "",
        "",
        "",
        0.01,
        "待核对",
        "",
        *shown_days,
        "2026-03-07、2026-03-08",
        "否",
    ]


@pytest.mark.parametrize("wrong", ["colour", "inner__colour"])
def test_a_column_that_the_view_has_not_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="colour"):
        columns(View, **{wrong: "颜色"})


def test_several_values_are_one_text() -> None:
    assert written([State.OPEN, "b", None, 3]) == "待核对、b、、3"


def test_a_note_stands_below_the_rows() -> None:
    assert read(file_of(["a"], itself(), notes=("还有更多",)))[-1] == ["还有更多"]
    assert read(file_of([], itself())) == [["值"]]


def test_memory_is_bounded_by_the_rows() -> None:
    """By day a part of the rows, of which each takes the same; by night all of them."""
    rows = MOST if by_night() else 1000
    units = ["text"] * 10 + ["yuan", "area", "number", "instant", "day"]
    shown = [
        Column(f"c{at}", f"c{at}", lambda row, at=at, unit=unit: sample(row, at, unit), unit)
        for at, unit in enumerate(units)
    ]
    tracemalloc.start()
    book = Workbook("清单", shown)
    for first in range(0, rows, 500):
        book.add(range(first, first + 500))
    book.close()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak / rows / len(units) < BYTES_OF_A_CELL


def sample(row: int, at: int, unit: str) -> Any:
    match unit:
        case "text":
            return f"文字{row}-{at}"
        case "instant":
            return NOON
        case "day":
            return "2026-03-02"
        case _:
            return row


def test_a_share_is_a_number_shown_as_percent() -> None:
    file = file_of([Rated(8655), Rated(None), Rated(10_000)], *columns(Rated, share="办结率"))
    assert read(file) == [["办结率"], [0.8655], [""], [1.0]]
    with zipfile.ZipFile(io.BytesIO(file)) as parts:
        assert b"0.00%" in parts.read("xl/styles.xml") or b'numFmtId="10"' in parts.read(
            "xl/styles.xml"
        )


@pytest.mark.parametrize("found", FEATURES.lists.values(), ids=FEATURES.lists)
def test_no_list_writes_basis_points_as_they_are(found: List) -> None:
    [view] = get_args(get_type_hints(found.read)["return"])
    said = re.findall(r"`(\w+)`: ([^`]*)", view.__doc__ or "")
    points = {name for name, meaning in said if "basis points" in meaning}
    units = {column.field: column.unit for column in found.columns}
    assert {units[name] for name in points & units.keys()} <= {"percent"}
