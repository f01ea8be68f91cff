"""What rows of a register are taken for: sums, sections, spellings, and what stays unclear."""

from collections.abc import Sequence
from typing import Any

import pytest

from services.register.sheet.models import Code
from tests.build.registers import HEADINGS, LI, paths, read, said, workbook

Rows = Sequence[Sequence[Any]]
NUMBERED = ("序号", *HEADINGS)


def homes_of(rows: Rows, headings: Sequence[str] = HEADINGS, **more: Any) -> list[str]:
    homes, _, _ = read(workbook(rows, headings=headings, **more))
    return paths(homes)


# Sums, footers, headings


@pytest.mark.parametrize(
    "row",
    [
        ("合 计", "", 30, 2400),
        ("", "", "总计", 2400),
        ("", "", "累计:", 2400),
        ("", "1单元小计", "", 800),
        ("", "", "共 12 户", 800),
        ("", "", "合12户", 800),
        ("1栋小计", "", "12户", 800),
        ("总户数", "", 12, 800),
        ("本页小计", "", 12, 800),
        ("3号楼", "2单元", "汇总", 800),
        ("", "", "", 800, "", "合计"),
        ("制表人:", "王芳", "审核人:", "李明"),
        ("审核(签字):", "", "李明", ""),
        ("填表日期:", "2026年", "3月", "2日"),
        ("单位:㎡", "", "", ""),
        ("备注:", "", "以房产证为准", ""),
        ("第1页", "", "共3页", ""),
        ("3号楼", "2单元", "第2页", 145.3),
        ("3号楼", "2单元", "第2页/共3页", ""),
        ("3号楼", "2单元", "共3页", 145.3),
        ("3号楼", "2单元", "Page 2 of 3", ""),
        ("3号楼", "2单元", "Total", 145.3),
        ("3号楼", "2单元", "SUM", 145.3),
        ("Grand total", "", 2, 145.3),
        ("Sub-total:", "", "", 145.3),
        ("总套数", "", 2, 145.3),
        ("楼栋", "单元", "房号", "面积"),
        ("1", "2", "3", "4", "5"),
        ("甲", "乙", "1", "2", "3"),
    ],
)
def test_sums_footers_and_headings_are_no_homes(row: Sequence[Any]) -> None:
    homes, problems, register = read(workbook([LI, row]))
    assert paths(homes) == ["b3.u2.502"]
    assert {problem.code for problem in problems} <= {Code.ROW_SKIPPED}
    assert register.counts.errors == 0


@pytest.mark.parametrize("name", ["计划", "合欢", "总而", "Sum", "Total"])
def test_a_name_with_such_a_character_is_a_name(name: str) -> None:
    assert homes_of([("3", "2", 502, 60, "", name)]) == ["b3.u2.502"]


def test_a_home_of_an_owner_who_is_a_unit_is_no_footer() -> None:
    headings = ("产权性质", *HEADINGS[:4])
    assert homes_of([("单位", "3", "2", 502, 60)], headings) == ["b3.u2.502"]


# Sections


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        (("2号楼",), "b2.u_.201"),
        (("2幢",), "b2.u_.201"),
        (("二栋",), "b2.u_.201"),
        (("第二栋",), "b2.u_.201"),
        (("A座",), "ba.u_.201"),
        (("2",), "b2.u_.201"),
        (("2号楼2单元",), "b2.u2.201"),
        (("2号楼", "三单元"), "b2.u3.201"),
        (("", "二单元"), "b1.u2.201"),
        (("", "2"), "b1.u2.201"),
        (("", "", "2号楼"), "b2.u_.201"),
        (("", "", "2单元"), "b1.u2.201"),
        (("", "", "", "2号楼"), "b2.u_.201"),
        (("春光小区2号楼业主登记表",), "b2.u_.201"),
        (("2号楼(30户)",), "b2.u_.201"),
    ],
)
def test_a_row_that_only_names_a_building_or_a_unit_opens_it(
    section: Sequence[str], expected: str
) -> None:
    rows = [("1号楼", "1单元", 101, 60), section, ("", "", 201, 60)]
    homes, problems, _ = read(workbook(rows))
    assert paths(homes) == ["b1.u1.101", expected]
    assert Code.SECTION_ROW in {p.code for p in problems if p.row == 3}


def test_a_row_that_has_only_its_own_number_changes_nothing() -> None:
    rows = [(1, "1号楼", "1单元", 101, 60), (2,), (3, "2号楼"), (4, "", "1单元", 201, 60), (5,)]
    content = workbook([*rows, (6, "", "", 202, 60)], headings=NUMBERED)
    homes, _, register = read(content)
    assert paths(homes) == ["b1.u1.101", "b2.u1.201", "b2.u1.202"]
    assert register.counts.errors == 0


def test_a_section_may_stand_in_a_column_of_its_own() -> None:
    rows = [(1, "1号楼", "1单元", 101, 60), ("2号楼",), (2, "", "1单元", 201, 60)]
    assert homes_of(rows, NUMBERED) == ["b1.u1.101", "b2.u1.201"]


@pytest.mark.parametrize("heading", ["沿街门市", "二期", "1号楼、2号楼", "1-5号楼"])
def test_below_a_heading_that_cannot_be_told_nothing_is_filled_down(heading: str) -> None:
    rows = [("1号楼", "1单元", 101, 60), (heading,), ("", "", 201, 60), ("3", "1", 301, 60)]
    homes, problems, _ = read(workbook(rows))
    assert paths(homes) == ["b1.u1.101", "b3.u1.301"]
    assert said(problems) == [
        (3, "", Code.ROW_SKIPPED),
        (4, "A", Code.BUILDING_UNCLEAR),
    ]


def test_a_row_without_a_home_still_says_its_building() -> None:
    rows = [
        ("1号楼", "1单元", 101, 60),
        ("2号楼", "1单元", "", 60, "", "王芳"),
        ("", "", 201, 60),
    ]
    homes, _, _ = read(workbook(rows))
    assert paths(homes) == ["b1.u1.101", "b2.u1.201"]


# Titles and names of sheets

NO_BUILDING = ("单元", "房号", "面积")


@pytest.mark.parametrize(
    ("name", "title", "expected", "code"),
    [
        ("2号楼", "房屋登记表", ["b2.u1.101"], Code.BUILDING_FROM_SHEET),
        ("登记", "春光小区2栋房屋登记表", ["b2.u1.101"], Code.BUILDING_FROM_TITLE),
        ("2栋", "春光小区2号楼", ["b2.u1.101"], Code.BUILDING_FROM_TITLE),
        ("3栋", "春光小区2号楼", [], Code.BUILDING_UNCLEAR),
        ("Sheet1", "春光小区1-5号楼", [], Code.BUILDING_MISSING),
        ("Sheet1", "1号楼、2号楼", [], Code.BUILDING_MISSING),
        ("2", "春光小区", [], Code.BUILDING_MISSING),
    ],
)
def test_title_and_sheet_name_the_building_when_they_agree(
    name: str, title: str, expected: list[str], code: Code
) -> None:
    content = workbook([(1, 101, 60)], headings=NO_BUILDING, titles=(title,), name=name)
    homes, problems, _ = read(content)
    assert paths(homes) == expected
    assert [problem.code for problem in problems] == [code]


def test_a_building_that_is_not_its_sheets_is_told() -> None:
    content = workbook([LI, ("3号楼", "2单元", 501, 60)], name="2号楼")
    _, problems, _ = read(content)
    assert said(problems) == [(2, "A", Code.SHEET_DIFFERS)]


# Numbers with a building or a unit


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (("3号楼", "2单元", "3-2-502"), "b3.u2.502"),
        (("3号楼", "2单元", "2-502"), "b3.u2.502"),
        (("3号楼", "2单元", "3-502"), "b3.u2.502"),
        (("三栋", "二单元", "3栋2单元502室"), "b3.u2.502"),
        (("3号楼", "2单元", "3号楼502"), "b3.u2.502"),
        (("3号楼", "2单元", "2单元502"), "b3.u2.502"),
        (("A座", "2单元", "A-502"), "ba.u2.502"),
        (("3号楼", "", "2-502"), "b3.u2.502"),
        (("3号楼", "", "2单元502"), "b3.u2.502"),
        (("", "", "3-2-502"), "b3.u2.502"),
        (("", "", "3/2/502"), "b3.u2.502"),
        (("3号楼2单元", "", "502"), "b3.u2.502"),
        (("3号楼2单元", "2单元", "502"), "b3.u2.502"),
        (("3号楼2单元", "3号楼2单元", "502"), "b3.u2.502"),
        (("3号楼二单元", "2", "502"), "b3.u2.502"),
        (("3号楼", "3-2", "502"), "b3.u2.502"),
        (("3号楼", "3号楼2单元", "502"), "b3.u2.502"),
        (("3.0", "2.0", "502.0"), "b3.u2.502"),
    ],
)
def test_a_number_that_repeats_its_building_and_unit_is_that_home(
    row: Sequence[str], expected: str
) -> None:
    assert homes_of([(*row, 60)]) == [expected]


@pytest.mark.parametrize("number", ["4-2-502", "3-1-502", "4号楼502", "1单元502", "4-502"])
def test_a_number_that_contradicts_its_row_is_an_error(number: str) -> None:
    _, problems, _ = read(workbook([("3号楼", "2单元", number, 60)]))
    assert said(problems) == [(2, "C", Code.PLACE_CONTRADICTS)]


def test_a_unit_of_another_building_is_an_error() -> None:
    _, problems, _ = read(workbook([("4号楼", "3号楼2单元", 502, 60)]))
    assert said(problems) == [(2, "B", Code.PLACE_CONTRADICTS)]


def test_a_building_with_another_unit_is_an_error() -> None:
    _, problems, _ = read(workbook([("3号楼2单元", "1单元", 502, 60)]))
    assert said(problems) == [(2, "A", Code.PLACE_CONTRADICTS)]


@pytest.mark.parametrize("building", ["3-2", "春光小区3号楼", "3号楼东", "二期3栋"])
def test_a_building_that_may_be_another_one_is_asked_about_once(building: str) -> None:
    rows = [LI, (building, "2单元", "601", 60), (building, "2单元", "602", 60)]
    _, problems, _ = read(workbook(rows))
    assert said(problems) == [(3, "A", Code.BUILDING_UNUSUAL)]
    assert "3" in problems[0].message


def test_a_compound_before_a_whole_number_is_left_out_and_told() -> None:
    rows = [("春光小区3号楼2单元502", 60)]
    homes, problems, _ = read(workbook(rows, headings=("房号", "面积")))
    assert paths(homes) == ["b3.u2.502"]
    assert said(problems) == [(2, "A", Code.NOTE_LEFT_OUT)]


@pytest.mark.parametrize("building", ["东3号楼", "A3", "3A栋", "综合楼", "三栋", "12号楼"])
def test_a_name_of_a_building_is_not_asked_about(building: str) -> None:
    _, problems, _ = read(workbook([(building, "2单元", "601", 60)]))
    assert problems == []


def test_whether_a_number_is_a_building_or_a_unit_is_asked_when_both_are_likely() -> None:
    rows = [("3", "", "1-101", 60), ("3", "", "2-201", 60), ("3", "", "3-301", 60)]
    homes, problems, _ = read(workbook(rows))
    assert paths(homes) == ["b3.u1.101", "b3.u2.201"]
    assert said(problems)[-1] == (4, "C", Code.UNIT_UNCLEAR)
    homes, problems, _ = read(workbook(rows[::-1]))
    assert paths(homes) == ["b3.u_.301"]
    assert {code for _, _, code in said(problems)[1:]} == {Code.UNIT_UNCLEAR}
    apart = [("3", "", "2-201", 60), ("4", "", 101, 60), ("3", "", "3-301", 60)]
    homes, problems, _ = read(workbook(apart))
    assert paths(homes) == ["b3.u2.201", "b4.u_.101"]
    assert said(problems)[-1] == (4, "C", Code.UNIT_UNCLEAR)


def test_without_a_building_anywhere_a_plain_number_is_an_error() -> None:
    rows = [("A3-2-505", 60), ("506", 60)]
    homes, problems, _ = read(workbook(rows, headings=("房号", "面积")))
    assert paths(homes) == ["ba3.u2.505"]
    assert said(problems) == [(3, "", Code.BUILDING_MISSING)]


# The same room under two spellings


@pytest.mark.parametrize(
    ("one", "other", "code"),
    [
        ("101", "0101", Code.SAME_ROOM),
        ("0101", "101", Code.SAME_ROOM),
        ("0101", "00101", Code.SAME_ROOM),
        ("502", "502(空置)", Code.NOTE_LEFT_OUT),
        ("502室", "502户", None),
    ],
)
def test_two_spellings_of_one_room_are_one_home(
    one: str, other: str, code: Code | None
) -> None:
    rows = [("3", "2", number, 60, "", "王芳") for number in (one, other)]
    homes, problems, _ = read(workbook(rows))
    assert len(homes) == 1
    assert [p.code for p in problems] == [*([code] if code else []), Code.DUPLICATE_SAME]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("3", "2", "502"), ("3", "2", "5-02")),
        (("3", "2", "5-02"), ("3", "2", "502")),
        (("3", "", "502"), ("3", "2", "502")),
    ],
)
def test_what_may_be_one_room_is_asked(one: Sequence[str], other: Sequence[str]) -> None:
    homes, problems, _ = read(workbook([(*one, 60), (*other, 60)]))
    assert len(homes) == 2
    assert said(problems) == [(3, "C", Code.MAY_BE_SAME)]


def test_a_phone_of_a_repeated_row_is_not_taken_in_silence() -> None:
    rows = [
        ("3", "2", "502", 60, "", "王芳", ""),
        ("3", "2", "502", 60, "", "王芳", "13800000001"),
    ]
    homes, problems, _ = read(workbook(rows))
    assert [person.phone for person in homes[0].people] == [None]
    assert said(problems) == [(3, "G", Code.DUPLICATE_PHONE)]


def test_a_phone_of_many_people_is_asked_about() -> None:
    names = ("王芳", "李明", "赵云", "孙权", "周瑜", "吴用")
    rows = [("3", "2", 501 + n, 60, "", name, "13800000001") for n, name in enumerate(names)]
    _, problems, _ = read(workbook(rows))
    assert said(problems) == [(row, "G", Code.PHONE_SHARED) for row in (5, 6, 7)]
    one = [("3", "2", 501 + n, 60, "", "王芳", "13800000001") for n in range(6)]
    assert read(workbook(one))[1] == []


# Numbers that are none


@pytest.mark.parametrize(
    "number",
    [
        *("502、503", "502,503", "502+503", "502/503", "502-503", "502 503", "502\n503"),
        *("502室、503室", "502和503", "502、3", "3-2-502、503", "3-502-503", "商铺12、13"),
    ],
)
def test_several_numbers_in_one_cell_are_an_error(number: str) -> None:
    _, problems, _ = read(workbook([LI, ("3号楼", "2单元", number, 120)]))
    assert said(problems) == [(3, "C", Code.HOME_SEVERAL)]


@pytest.mark.parametrize("number", ["3-502", "5-02", "502(张三、李四)", "502甲", "12-13号商铺"])
def test_one_number_with_a_mark_is_one_home(number: str) -> None:
    assert len(homes_of([("3号楼", "", number, 60)])) == 1


@pytest.mark.parametrize(
    "number", ["王小五家", "1234567", "3-2-5-502", "502.5", "-502", "5.02E+02"]
)
def test_what_no_door_shows_is_an_error(number: str) -> None:
    _, problems, _ = read(workbook([("3", "2", number, 60)]))
    assert said(problems) == [(2, "C", Code.HOME_UNREADABLE)]
    assert "王" not in problems[0].message


# Merged cells


def test_an_area_merged_over_the_rows_of_one_home_is_that_homes() -> None:
    rows = [("3", "2", "", "", "", "王芳"), ("3", "2", "", "", "", "李雪", "", "家属")]
    merged = [(1, 2, 2, 2, 502), (1, 3, 2, 3, 60)]
    homes, problems, _ = read(workbook(rows, merged=merged))
    assert (problems, [home.area for home in homes]) == ([], [6000, None])
    assert homes[1].repeats


@pytest.mark.parametrize(
    ("second", "areas"),
    [
        (("3", "2", 502), [6000, None]),
        (("", "", 502), [6000, None]),
        (("3", "2", 503), [None, None]),
        (("3", "1", 502), [None, None]),
    ],
)
def test_an_area_merged_beside_one_home_written_twice_is_that_homes(
    second: Sequence[Any], areas: list[int | None]
) -> None:
    rows = [("3", "2", 502, "", "", "王芳"), (*second, "", "", "李雪", "", "家属")]
    homes, problems, _ = read(workbook(rows, merged=[(1, 3, 2, 3, 60)]))
    assert [home.area for home in homes] == areas
    assert (Code.AREA_MERGED in {p.code for p in problems}) == (areas[0] is None)


def test_a_blank_home_beside_a_merged_area_stays_an_error() -> None:
    rows = [("3", "2", 502, "", "", "王芳"), ("3", "2", "", "", "", "李雪", "", "家属")]
    _, problems, _ = read(workbook(rows, merged=[(1, 3, 2, 3, 60)]))
    assert (3, "C", Code.HOME_MISSING) in said(problems)


def test_the_preview_counts_each_building() -> None:
    rows = [LI, ("", "", 501, "60，5"), ("", "1单元", 101, ""), ("4号楼", "", "车库1", 18)]
    _, _, register = read(workbook(rows))
    one, other = register.buildings()
    assert (one.name, one.units, one.homes, one.area) == ("3号楼", 2, 3, 8530 + 6050)
    assert (one.homes_without_area, one.people, one.sheets) == (1, 1, ["Sheet1"])
    assert {i.code: i.rows for i in one.inferred} == {Code.FILLED_DOWN: 2, Code.AREA_COMMA: 1}
    assert (other.name, other.homes, other.area, other.inferred) == ("4号楼", 1, 1800, [])
