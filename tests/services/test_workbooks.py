"""Streamed workbooks: texts stay texts, numbers are exact, and memory does not grow."""

import io
import tracemalloc
import zipfile
from datetime import UTC, date, datetime
from typing import Any, Final

import pytest
from python_calamine import CalamineWorkbook

from services.kernel.tables import LONGEST_TEXT, Column
from services.kernel.workbooks import StreamedWorkbook
from tests.build.world import NOON

MOST_BYTES: Final = 1_000_000  # it was 0.37 MB, of 1,000 rows as of 10,000
UNITS: Final = ("text", "text", "yuan", "instant")


def itself(unit: str = "text") -> Column:
    return Column("value", "值", lambda row: row, unit)


def file_of(*values: Any, unit: str = "text", name: str = "清单") -> bytes:
    book = StreamedWorkbook("管理员 & 共 1 页")
    book.begin("前一张", [itself()])
    book.begin(name, [itself(unit)])
    book.add(values)
    return book.close()


def cell(value: Any, unit: str = "text") -> Any:
    found = CalamineWorkbook.from_filelike(io.BytesIO(file_of(value, "n", unit="text")))
    if unit != "text":
        found = CalamineWorkbook.from_filelike(io.BytesIO(file_of(value, unit=unit)))
    return found.get_sheet_by_index(1).to_python()[1][0]


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        '=HYPERLINK("http://evil.example","点我")',
        "+8613900000001",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "007",
        "2026-03-02",
        "<b>&amp;\"'",
        "一行\n两行",
        "\U0001f600\U0001f468\u200d\U0001f469",
        " 前后空格 ",
    ],
)
def test_a_text_stays_a_text(text: str) -> None:
    assert cell(text) == text
    with zipfile.ZipFile(io.BytesIO(file_of(text))) as parts:
        sheet = parts.read("xl/worksheets/sheet2.xml")
    assert b"<f>" not in sheet


def test_what_xml_cannot_hold_is_escaped_as_excel_does() -> None:
    with zipfile.ZipFile(io.BytesIO(file_of("\x00\x1f\r\ufffe_x0041_"))) as parts:
        sheet = parts.read("xl/worksheets/sheet2.xml").decode()
    assert "_x0000__x001F__x000D__xFFFE__x005F_x0041_<" in sheet


def test_a_text_that_is_too_long_is_cut() -> None:
    with zipfile.ZipFile(io.BytesIO(file_of("字" * 40_000))) as parts:
        assert parts.read("xl/worksheets/sheet2.xml").decode().count("字") == LONGEST_TEXT


@pytest.mark.parametrize("fen", [0, 1, 7, 29, -5, 12_345_678_901, 10**15 - 1])
def test_money_is_exact_to_the_fen(fen: int) -> None:
    with zipfile.ZipFile(io.BytesIO(file_of(fen, unit="yuan"))) as parts:
        sheet = parts.read("xl/worksheets/sheet2.xml").decode()
    sign, (yuan, rest) = "-" if fen < 0 else "", divmod(abs(fen), 100)
    assert f"<v>{sign}{yuan}.{rest:02}</v>" in sheet
    assert cell(fen, "yuan") == fen / 100


def test_days_and_instants_are_dates_in_beijings_time() -> None:
    assert cell(NOON, "instant") == datetime(2026, 3, 2, 12)  # noqa: DTZ001  # as Excel has it
    assert cell("2026-03-02", "day") == date(2026, 3, 2)
    for value, unit in (("2026-02-30", "day"), (datetime(1, 1, 1, tzinfo=UTC), "instant")):
        assert cell(value, unit) == str(value)
    with zipfile.ZipFile(io.BytesIO(file_of(None, "", unit="day"))) as parts:
        assert parts.read("xl/worksheets/sheet2.xml").decode().count("<c/>") == 2


def test_sheets_have_their_names_headings_and_feet() -> None:
    file = file_of("a", name="收款<&>")
    found = CalamineWorkbook.from_filelike(io.BytesIO(file))
    assert found.sheet_names == ["前一张", "收款<&>"]
    assert found.get_sheet_by_index(0).to_python() == [["值"]]
    with zipfile.ZipFile(io.BytesIO(file)) as parts:
        assert parts.testzip() is None
        for number in (1, 2):
            sheet = parts.read(f"xl/worksheets/sheet{number}.xml").decode()
            assert "<oddFooter>&amp;L管理员 &amp;&amp; 共 1 页&amp;R&amp;P/&amp;N<" in sheet


def test_memory_does_not_grow_with_the_rows() -> None:
    """Ten times the rows take the same: what is written is taken away, the rest forgotten."""
    peaks = [peak_of(rows) for rows in (1_000, 10_000)]
    assert max(peaks) < MOST_BYTES
    assert peaks[1] < 1.5 * peaks[0]


def peak_of(rows: int) -> int:
    """Return the bytes that writing some rows of distinct texts takes at the most."""
    shown = [
        Column(f"c{at}", f"c{at}", lambda row, at=at, unit=unit: sample(row, at, unit), unit)
        for at, unit in enumerate(UNITS)
    ]
    tracemalloc.start()
    book, written = StreamedWorkbook(), 0
    book.begin("清单", shown)
    for first in range(0, rows, 500):
        book.add(range(first, first + 500))
        written += len(book.take())
    written += len(book.close())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert written > 10 * rows
    return peak


def sample(row: int, at: int, unit: str) -> Any:
    match unit:
        case "text":
            return f"文字{row}-{at}"
        case "instant":
            return NOON
        case _:
            return row * 7
