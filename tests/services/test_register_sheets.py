"""Sheets of a register, written with a real writer of .xlsx and read as any upload is."""

import io
import re
import zipfile
from datetime import datetime
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from services.places.models import Usage
from services.register.rows.register import LONGEST_PATH, Register
from services.register.sheet import headings, template
from services.register.sheet.headings import Headings, letter
from services.register.sheet.layout import Frame
from services.register.sheet.models import Code, Field, Severity
from services.register.sheet.problems import ERRORS, WARNINGS
from services.register.sheet.workbook import open_register
from services.residencies.models import Relation
from tests.build.cast import COMPOUND
from tests.build.registers import HEADINGS, LI, WANG, paths, read, refused, said, workbook


def test_the_template_with_rows_filled_in_is_read_without_a_word() -> None:
    book = io.BytesIO()
    with xlsxwriter.Workbook(book, {"in_memory": True}) as writer:
        for name in (headings.SHEET, headings.EXAMPLE, headings.NOTES):
            sheet = writer.add_worksheet(name)
            sheet.write_row(0, 0, list(template.WIDTHS))
            for index, row in enumerate(template.EXAMPLES, 1):
                sheet.write_row(index, 0, row)
    homes, problems, register = read(book.getvalue())
    assert paths(homes) == ["b3.u2.501", "b3.u2.502", "b3.u2.502", "b3.u_.s12", "b3.u_.g5"]
    assert [problem.code for problem in problems] == [Code.PHONE_LANDLINE]
    assert [(p.name, p.relation) for p in homes[1].people + homes[2].people] == [
        ("王五", Relation.OWNER),
        ("赵六", Relation.CO_OWNER),
        ("钱七", Relation.TENANT),
    ]
    assert (homes[2].repeats, homes[2].number) == (True, 2)
    assert homes[4].usage is Usage.GARAGE
    counts = register.counts
    assert (counts.buildings, counts.units, counts.homes, counts.people) == (1, 2, 4, 6)


def test_the_empty_template_says_that_it_is_empty() -> None:
    content = template.template()
    assert refused(content) == "register_no_rows"
    package = zipfile.ZipFile(io.BytesIO(content))
    sheets = [package.read(n) for n in package.namelist() if n.startswith("xl/worksheets/")]
    assert len(sheets) == 3
    assert not any(b"<f>" in sheet for sheet in sheets)


def test_titles_notes_and_odd_headings_are_looked_through() -> None:
    content = workbook(
        [("３号楼 ", "二单元", 502.0, "８５．３㎡", " 张 三 ", 13800000000.0, "低保")],
        headings=(
            "楼号",
            "门洞",
            "室 号",
            "建筑面积\n(平方米)",
            "产权人*",
            "联系方式",
            "备注",
        ),
        titles=("春光小区房屋登记表", "填表日期:2026年3月"),
    )
    homes, problems, _ = read(content)
    assert problems == []
    [home] = homes
    assert (home.row, *paths(homes), home.area) == (4, "b3.u2.502", 8530)
    assert home.building_name == "3号楼"
    assert [(p.name, p.phone) for p in home.people] == [("张三", "+8613800000000")]
    assert [(c.letter, c.meaning) for c in open_register(content).sheets[0].frame.columns()][
        -2:
    ] == [
        ("F", "手机号"),
        ("G", ""),
    ]


def test_headings_may_take_two_rows() -> None:
    rows = [
        ("", "", "", "", "姓名", "电话"),
        ("3栋", "2单元", "502", 85.3, "张三", 13800000000),
    ]
    homes, problems, _ = read(
        workbook(
            rows,
            headings=("楼栋", "单元", "房号", "面积", "", ""),
            merged=[(0, 4, 0, 5, "业主信息")],
        )
    )
    assert problems == []
    assert homes[0].people[0].phone == "+8613800000000"


def test_merged_cells_hold_for_all_their_rows() -> None:
    rows = [
        ("", "", 501, 60, "住宅", "王芳", "", ""),
        ("", "", "", 85.3, "住宅", "李明", "", ""),
        ("", "", "", "", "", "李雪", "", ""),
        ("", "", 101, 70, "住宅", "孙强", "", ""),
    ]
    merged = [(1, 0, 4, 0, "3号楼"), (1, 1, 3, 1, "2单元"), (2, 2, 3, 2, 502)]
    homes, problems, _ = read(workbook(rows, merged=merged))
    assert paths(homes) == ["b3.u2.501", "b3.u2.502", "b3.u2.502", "b3.u2.101"]
    assert [home.people[0].name for home in homes] == ["王芳", "李明", "李雪", "孙强"]
    assert homes[2].repeats
    assert said(problems) == [(5, "B", Code.FILLED_DOWN)]


def test_an_empty_building_or_unit_is_taken_from_above_and_said_so() -> None:
    rows = [LI, ("", "", 501, 60), ("", "", "商铺1", 60), ("4号楼", "", 101, 60)]
    homes, problems, _ = read(workbook(rows))
    assert paths(homes) == ["b3.u2.502", "b3.u2.501", "b3.u_.s1", "b4.u_.101"]
    assert said(problems) == [
        (3, "A", Code.FILLED_DOWN),
        (3, "B", Code.FILLED_DOWN),
        (4, "A", Code.FILLED_DOWN),
    ]
    assert problems[1].message == "空着,按上一行的“2单元”登记"


def test_a_home_may_carry_its_building_and_unit() -> None:
    homes, problems, _ = read(
        workbook([("3-2-502", 85.3), ("3号楼2单元501室", 60)], headings=("门牌号", "面积"))
    )
    assert paths(homes) == ["b3.u2.502", "b3.u2.501"]
    assert [problem.code for problem in problems] == [Code.FILLED_DOWN] * 0


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (("", "", 501, 60), (2, "A", Code.BUILDING_MISSING)),
        (("3号楼", "2单元", "", 60, "", "王芳"), (2, "C", Code.HOME_MISSING)),
        (("3号楼", "2单元", "号", 60), (2, "C", Code.HOME_MISSING)),
        (("3号楼", "2单元", "五" * 31, 60), (2, "C", Code.NAME_TOO_LONG)),
        (("3号楼", "2单元", "甲" * 20, 60), (2, "C", Code.NAME_TOO_LONG)),
        (("3号楼", "2单元", datetime(2026, 3, 2), 60), (2, "C", Code.CELL_IS_DATE)),  # noqa: DTZ001  # Excel knows no zones
        ((datetime(2026, 3, 2), "2单元", 501, 60), (2, "A", Code.CELL_IS_DATE)),  # noqa: DTZ001  # the same
        (("3号楼", "2单元", 501, "无证"), (2, "D", Code.AREA_UNREADABLE)),
        (("3号楼", "2单元", 501, 0), (2, "D", Code.AREA_IMPOSSIBLE)),
        (("3号楼", "2单元", 501, 1200), (2, "D", Code.AREA_LARGE)),
        (("3号楼", "2单元", 501, ""), (2, "D", Code.AREA_MISSING)),
        (("3号楼", "2单元", 501, 60, "宿舍"), (2, "E", Code.USAGE_UNKNOWN)),
        (("3号楼", "2单元", 501, 60, "", "长" * 41), (2, "F", Code.OWNER_TOO_LONG)),
        (("3号楼", "2单元", 501, 60, "", "王芳", "1380000"), (2, "G", Code.PHONE_UNREADABLE)),
        (("3号楼", "2单元", 501, 60, "", "王芳", "", "朋友"), (2, "H", Code.RELATION_UNKNOWN)),
        (("合计", "", "", 6000), (2, "", Code.ROW_SKIPPED)),
        (("以下为二期",), (2, "", Code.ROW_SKIPPED)),
    ],
)
def test_what_is_wrong_is_said_by_row_and_column(
    row: tuple[Any, ...], expected: tuple[int, str, Code]
) -> None:
    homes, problems, register = read(workbook([row, LI]))
    assert said(problems) == [expected]
    assert problems[0].heading == (
        HEADINGS["ABCDEFGH".index(expected[1])] if expected[1] else ""
    )
    wrong = expected[2] in ERRORS or expected[2] is Code.ROW_SKIPPED
    assert len(homes) == (1 if wrong else 2)
    assert register.counts.errors == (expected[2] in ERRORS)


def test_problems_hold_neither_names_nor_phones() -> None:
    _, problems, _ = read(
        workbook([("3", "2", 501, "x", "y", "王芳(13900000000)", "1380000", "z")])
    )
    assert len(problems) == 5
    assert not re.search("王芳|138|139", "".join(problem.message for problem in problems))


@pytest.mark.parametrize(
    ("again", "code"),
    [
        (LI, Code.DUPLICATE_SAME),
        (("3栋", "2", 502.0, "85.30", "", "李明", 13800000001), Code.DUPLICATE_SAME),
        ((*LI[:3], 90, *LI[4:]), Code.DUPLICATE_DIFFERENT),
        ((*LI[:5], "王芳", *LI[6:]), Code.DUPLICATE_DIFFERENT),
        ((*LI[:4], "商铺", *LI[5:]), None),
    ],
)
def test_one_home_twice(again: tuple[Any, ...], code: Code | None) -> None:
    homes, problems, _ = read(workbook([LI, again]))
    assert [problem.code for problem in problems] == ([code] if code else [])
    assert len(homes) == (1 if code else 2)


def test_two_names_that_would_become_one_segment_are_an_error() -> None:
    rows = [("3号楼", "", "商铺12", 60), ("3号楼", "", "门市12", 60)]
    homes, problems, _ = read(workbook(rows))
    assert said(problems) == [(3, "C", Code.SAME_SEGMENT)]
    assert len(homes) == 1


def test_headings_repeated_on_every_page_and_empty_rows_are_nothing() -> None:
    homes, problems, register = read(workbook([LI, (), HEADINGS, WANG, ()]))
    assert paths(homes) == ["b3.u2.502", "b3.u2.501"]
    assert (problems, register.counts.rows) == ([], 2)


def test_a_table_that_begins_elsewhere_has_its_own_letters() -> None:
    book = io.BytesIO()
    with xlsxwriter.Workbook(book, {"in_memory": True}) as writer:
        sheet = writer.add_worksheet()
        sheet.write_row(5, 2, ("楼栋", "房号", "面积"))
        sheet.write_row(6, 2, ("3", 502, -1))
    _, problems, _ = read(book.getvalue())
    assert said(problems) == [(7, "E", Code.AREA_IMPOSSIBLE)]


def test_a_register_without_areas_warns_once() -> None:
    homes, problems, _ = read(workbook([("3", 501), ("3", 502)], headings=("楼栋", "房号")))
    assert [home.area for home in homes] == [None, None]
    assert [problem.code for problem in problems] == [Code.AREA_COLUMN_MISSING]


likely = st.text(
    alphabet="零一十百甲A1239栋楼号单元门室商铺车库仓房共有人合计:()-、/. \n", max_size=9
)
cell = likely | st.text(max_size=20) | st.floats() | st.dates() | st.booleans() | st.none()


@given(st.lists(st.lists(cell, max_size=9), max_size=6))
def test_no_row_stops_the_reading_and_no_home_comes_twice(rows: list[list[Any]]) -> None:
    columns = {field: index for index, field in enumerate(Field)}
    register = Register(COMPOUND)
    head = Headings(columns, list(Field), 1, 1)
    register.begin(Frame(name="登记", number=1, headings=head))
    homes = [register.read(number, row) for number, row in enumerate(rows, 2)]
    made = paths([home for home in homes if home and not home.repeats])
    assert len(made) == len(set(made))
    for path in made:
        assert re.fullmatch(r"b[0-9a-z_]+\.u[0-9a-z_]+\.[0-9a-z_]+", path)
        assert len(f"{COMPOUND}.{path}") <= LONGEST_PATH
    errors = {p.row for p in register.problems if p.severity is Severity.ERROR}
    assert not errors & {home.row for home in homes if home}


def test_letters() -> None:
    assert [letter(n) for n in (0, 25, 26, 51, 52, 701, 702)] == [
        *("A", "Z", "AA", "AZ", "BA", "ZZ", "AAA")
    ]


def test_every_code_has_one_severity_and_a_sentence() -> None:
    assert {*ERRORS, *WARNINGS} == set(Code)
    assert not ERRORS.keys() & WARNINGS.keys()
    assert set(Severity) == {Severity.ERROR, Severity.WARNING}
