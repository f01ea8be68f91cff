"""CSV tables: what people typed is no formula in any program, and numbers are numbers."""

import csv
import io
from datetime import UTC, datetime
from typing import Any

import pytest

from services.kernel.csv_tables import CsvTable, cell
from services.kernel.tables import Column, Origin


def read(*values: Any, unit: str = "text", notes: tuple[str, ...] = ()) -> list[list[str]]:
    table = CsvTable("清单", [Column("value", "=值", lambda row: row, unit)])
    table.add(values)
    return [*csv.reader(io.StringIO(table.close(*notes).decode("utf-8-sig"), newline=""))]


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        '=HYPERLINK("http://evil.example","点我")',
        "+8613900000001",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "\t",
        " =1+1",
        "\uff1d1+1",
        "\uff0d2",
        "\uff20x",
        "\uff0b3",
        "\u3000=1",
    ],
)
def test_a_text_that_begins_as_a_formula_does_is_marked(text: str) -> None:
    assert read(text)[1] == [f"'{text}"]


@pytest.mark.parametrize(
    "text", ["王建国", "1=2", 'a,"b"', "一行\n两行", "a-b", "'", "007", "", "a@b.c"]
)
def test_any_other_text_is_as_it_was(text: str) -> None:
    assert read(text)[1] == [text]


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (1234, "yuan", "12.34"),
        (-5, "yuan", "-0.05"),
        (-1234567, "yuan", "-12345.67"),
        (10**15 + 1, "yuan", "10000000000000.01"),
        (0, "yuan", "0.00"),
        (8530, "area", "85.30"),
        (8000, "percent", "0.8000"),
        (-3, "number", "-3"),
        (datetime(2026, 3, 2, 4, tzinfo=UTC), "instant", "2026-03-02 12:00"),
        ("2026-03-02", "day", "2026-03-02"),
        (None, "yuan", ""),
        (True, "text", "是"),
    ],
)
def test_a_number_is_a_number_and_exact(value: Any, unit: str, said: str) -> None:
    assert cell(value, unit) == said


def test_headings_notes_and_origins_are_safe_too() -> None:
    table = CsvTable("清单", [Column("value", "=值", lambda row: row)])
    table.add(["a"])
    table.describe(Origin(title="说明", facts=(("筛选", "=x"),), foot=""))
    found = [*csv.reader(io.StringIO(table.close("@note").decode("utf-8-sig")))]
    assert found == [["'=值"], ["a"], [], ["'@note"], ["筛选", "'=x"]]
