"""Cells of a register, as people fill them in."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.places.models import Usage
from services.register.rows.people import names_of, people_of
from services.register.sheet import cells
from services.register.sheet import names as sheet_names
from services.register.sheet.models import Code, ListedPerson
from services.register.sheet.names import Parts
from services.residencies.models import Relation

C = Code


@pytest.mark.parametrize(
    ("cell", "area", "odd"),
    [
        (85.3, 8530, None),
        ("85.3", 8530, None),
        ("８５．３", 8530, None),
        (" 85.3㎡ ", 8530, None),
        ("85.30平方米", 8530, None),
        ("85.3 m²", 8530, None),
        ("85.3M2", 8530, None),
        ("1,085.30", 108530, C.AREA_LARGE),
        ("1,085", 108500, C.AREA_LARGE),
        ("85,3", 8530, C.AREA_COMMA),
        ("85，30", 8530, C.AREA_COMMA),
        ("85。3", 8530, C.AREA_COMMA),
        ("0,853", 85, C.AREA_COMMA),
        ("85,3㎡", 8530, C.AREA_COMMA),
        ("8,5.3", None, C.AREA_UNREADABLE),
        ("85,3000", None, C.AREA_UNREADABLE),
        ("85.3,", None, C.AREA_UNREADABLE),
        ("1,2345", None, C.AREA_UNREADABLE),
        (85.30000000000001, 8530, None),
        (85.345, 8535, None),
        (0.1 + 0.2, 30, None),
        (1000, 100000, None),
        (1000.01, 100001, C.AREA_LARGE),
        ("", None, C.AREA_MISSING),
        (None, None, C.AREA_MISSING),
        ("/", None, C.AREA_MISSING),
        (0, None, C.AREA_IMPOSSIBLE),
        (-5, None, C.AREA_IMPOSSIBLE),
        (0.004, None, C.AREA_IMPOSSIBLE),
        (1e300, None, C.AREA_UNREADABLE),
        ("9" * 40, None, C.AREA_UNREADABLE),
        (0.1 + 0.7, 80, None),
        (10_000_000.0, None, C.AREA_IMPOSSIBLE),
        ("八十五", None, C.AREA_UNREADABLE),
        ("85.3.1", None, C.AREA_UNREADABLE),
        (date(2026, 3, 2), None, C.AREA_UNREADABLE),
        (True, None, C.AREA_UNREADABLE),
    ],
)
def test_areas(cell: object, area: int | None, odd: Code | None) -> None:
    assert cells.area_of(cell) == (area, odd)


@pytest.mark.parametrize(
    ("cell", "phones", "odd"),
    [
        (13800000000.0, ["+8613800000000"], set()),
        ("13800000000.0", ["+8613800000000"], set()),
        ("１３８００００００００", ["+8613800000000"], set()),
        (" 138 0000-0000 ", ["+8613800000000"], set()),
        ("+86 13800000000", ["+8613800000000"], set()),
        ("008613800000000", ["+8613800000000"], set()),
        ("13800000000、13900000000", ["+8613800000000", "+8613900000000"], set()),
        ("13800000000/13800000000", ["+8613800000000"], set()),
        ("13800000000 13900000000", ["+8613800000000", "+8613900000000"], set()),
        ("13800000000\n13900000000", ["+8613800000000", "+8613900000000"], set()),
        ("0431-80000000", ["+8643180000000"], {C.PHONE_LANDLINE}),
        ("(0431)80000000", ["+8643180000000"], {C.PHONE_LANDLINE}),
        ("80000000", [], {C.PHONE_UNREADABLE}),
        ("1380000000", [], {C.PHONE_UNREADABLE}),
        ("138000000000", [], {C.PHONE_UNREADABLE}),
        ("1.38E+10", [], {C.PHONE_UNREADABLE}),
        ("12345678901", [], {C.PHONE_UNREADABLE}),
        ("问物业", [], {C.PHONE_UNREADABLE}),
        ("无", [], set()),
        ("-", [], set()),
        ("无、13900000000", [None, "+8613900000000"], set()),
        ("/13900000000", [None, "+8613900000000"], set()),
        ("-/13900000000", [None, "+8613900000000"], set()),
        ("无 13900000000", [None, "+8613900000000"], set()),
        ("1380、13900000000", [None, "+8613900000000"], {C.PHONE_UNREADABLE}),
        ("13800000000、、13900000000", ["+8613800000000", None, "+8613900000000"], set()),
        ("13800000000、\n13900000000", ["+8613800000000", "+8613900000000"], set()),
        (
            "13800000000、13800000000、13900000000",
            ["+8613800000000", None, "+8613900000000"],
            set(),
        ),
        ("", [], set()),
        (None, [], set()),
    ],
)
def test_phones(cell: object, phones: list[str], odd: set[Code]) -> None:
    assert cells.phones_of(cell) == (phones, odd)


@pytest.mark.parametrize(
    ("cell", "names", "odd"),
    [
        ("张三", ["张三"], set()),
        ("张 三", ["张三"], set()),
        (" 张三　", ["张三"], set()),
        ("张三、李四", ["张三", "李四"], set()),
        ("张三/李四", ["张三", "李四"], set()),
        ("张三\n李四", ["张三", "李四"], set()),
        ("张三，李四；王五", ["张三", "李四", "王五"], set()),
        ("张三、张三", ["张三"], set()),
        ("张三丰 李四光", ["张三丰", "李四光"], {C.OWNERS_BY_SPACE}),
        ("李和平", ["李和平"], set()),
        ("买买提·艾力", ["买买提·艾力"], set()),
        ("John Smith", ["John Smith"], set()),
        ("王\U0002ebf0 李\ue863", ["王\U0002ebf0", "李\ue863"], {C.OWNERS_BY_SPACE}),
        ("王 \U00031350", ["王\U00031350"], set()),
        ("张三（已故）", ["张三"], {C.OWNER_NOTE}),
        ("张三13800000000", ["张三"], {C.OWNER_NOTE}),
        ("空置", [], set()),
        ("-", [], set()),
        ("长" * 41, ["长" * 41], {C.OWNER_TOO_LONG}),
    ],
)
def test_names(cell: object, names: list[str], odd: set[Code]) -> None:
    assert names_of(cell) == (names, odd)


OWNER, CO_OWNER, TENANT = Relation.OWNER, Relation.CO_OWNER, Relation.TENANT


@pytest.mark.parametrize(
    ("owner", "co_owner", "phones", "relation", "people", "odd"),
    [
        ("张三", "", ["1"], None, [("张三", "1", OWNER)], set()),
        (
            "张三、李四",
            "",
            ["1"],
            None,
            [("张三", "1", OWNER), ("李四", None, CO_OWNER)],
            set(),
        ),
        (
            "张三、李四",
            "",
            ["1", "2"],
            OWNER,
            [("张三", "1", OWNER), ("李四", "2", CO_OWNER)],
            set(),
        ),
        ("张三", "李四", ["1"], None, [("张三", "1", OWNER), ("李四", None, CO_OWNER)], set()),
        (
            "张三(共有人:李四、王五)",
            "",
            [],
            None,
            [("张三", None, OWNER), ("李四", None, CO_OWNER), ("王五", None, CO_OWNER)],
            set(),
        ),
        ("钱七", "", ["1"], TENANT, [("钱七", "1", TENANT)], set()),
        ("张三", "", ["1", "2"], None, [("张三", "1", OWNER)], {C.PHONE_EXTRA}),
        ("", "", ["1"], None, [], {C.PHONE_WITHOUT_OWNER}),
        (
            "张三、、李四",
            "",
            ["1", "2", "3"],
            None,
            [("张三", "1", OWNER), ("李四", "3", CO_OWNER)],
            {C.PHONE_EXTRA},
        ),
        (
            "张三、、李四",
            "",
            ["1", "3"],
            None,
            [("张三", "1", OWNER), ("李四", "3", CO_OWNER)],
            set(),
        ),
        (
            "张三、李四",
            "",
            [None, "2"],
            None,
            [("张三", None, OWNER), ("李四", "2", CO_OWNER)],
            set(),
        ),
    ],
)
def test_people(
    owner: str,
    co_owner: str,
    phones: list[str | None],
    relation: Relation | None,
    people: list[tuple[str, str | None, Relation]],
    odd: set[Code],
) -> None:
    expected = [ListedPerson(*person) for person in people]
    assert people_of(owner, co_owner, phones, relation) == (expected, odd)


@pytest.mark.parametrize(
    ("word", "segment", "name"),
    [
        ("3", "b3", "3栋"),
        ("3号楼", "b3", "3号楼"),
        ("3#", "b3", "3栋"),
        ("第3栋", "b3", "3栋"),
        ("三栋", "b3", "3栋"),
        ("十二号楼", "b12", "12号楼"),
        ("03", "b3", "3栋"),
        ("a座", "ba", "A座"),
        ("综合楼", "b_7efc__5408_", "综合楼"),
        ("3-1栋", "b3_2d_1", "3-1栋"),
        ("十十栋", "b_5341__5341_", "十十栋"),
    ],
)
def test_buildings(word: str, segment: str, name: str) -> None:
    assert sheet_names.building(word) == sheet_names.Label(segment, name)


@pytest.mark.parametrize("word", ["2", "2单元", "二单元", "2门洞", "2门", "02单元", "第2单元"])
def test_units(word: str) -> None:
    assert sheet_names.unit(word) == sheet_names.Label("u2", "2单元")


@pytest.mark.parametrize("word", ["", "楼", "栋", "9" * 31])
def test_what_is_no_building(word: str) -> None:
    assert sheet_names.building(word) is None


@pytest.mark.parametrize(
    ("word", "column", "segment", "name", "usage"),
    [
        ("502", None, "502", "502", Usage.FLAT),
        ("502室", None, "502", "502", Usage.FLAT),
        ("502号", None, "502", "502", Usage.FLAT),
        ("502甲", None, "502_7532_", "502甲", Usage.FLAT),
        ("商铺12", None, "s12", "商铺12", Usage.SHOP),
        ("12号门市", None, "s12", "门市12", Usage.SHOP),
        ("12", Usage.SHOP, "s12", "商铺12", Usage.SHOP),
        ("s12", None, "hs12", "S12", Usage.FLAT),
        ("车库5", None, "g5", "车库5", Usage.GARAGE),
        ("车位5", None, "g5", "车位5", Usage.GARAGE),
        ("502仓房", None, "k502", "仓房502", Usage.STORAGE),
        ("地下室", None, "k_5730__4e0b__5ba4_", "地下室", Usage.STORAGE),
        ("商铺12", Usage.FLAT, "h_5546__94fa_12", "商铺12", Usage.FLAT),
    ],
)
def test_homes(word: str, column: Usage | None, segment: str, name: str, usage: Usage) -> None:
    assert sheet_names.home(word, column) == (sheet_names.Label(segment, name), usage)


def test_a_home_written_with_its_building_and_unit_is_taken_apart() -> None:
    parts, taken = sheet_names.parts, Parts("502", building="3", unit="2")
    for word in ("3-2-502", "3号楼2单元502室", "3/2/502", "第3栋2单元502", "3#-2-502"):
        assert parts(word) == taken
    assert parts("3栋502") == Parts("502", building="3")
    assert parts("2单元502") == Parts("502", unit="2")
    assert parts("2-502") == Parts("502", prefix="2")
    assert parts("A-502") == Parts("502", prefix="A")
    for word in ("502-1", "101-102", "502", "商铺12"):
        assert parts(word) == Parts(word)


words = st.text(min_size=1, max_size=12).map(cells.word_of).filter(bool)


@given(st.lists(words.map(str.upper), unique=True, min_size=2, max_size=2))
def test_different_texts_have_different_segments(pair: list[str]) -> None:
    one, other = (sheet_names.escape(text) for text in pair)
    assert one != other


@given(words, st.none() | st.sampled_from(Usage))
def test_every_word_makes_a_valid_segment_that_tells_usages_apart(
    word: str, column: Usage | None
) -> None:
    if not sheet_names.has_core(word):
        return
    label, usage = sheet_names.home(word, column)
    assert set(label.segment) <= set("0123456789abcdefghijklmnopqrstuvwxyz_")
    assert label.segment
    assert label.name
    for other in set(Usage) - {usage}:
        assert sheet_names.home(word, other)[0].segment != label.segment


@given(st.text(max_size=300))
def test_plain_text_stays_plain(text: str) -> None:
    plain = cells.text_of(text)
    assert cells.text_of(plain) == plain
    assert len(plain) <= cells.LONGEST_TEXT


anything = st.text() | st.floats() | st.integers() | st.booleans() | st.none() | st.dates()


@given(anything, anything)
def test_no_cell_stops_the_reading(one: object, other: object) -> None:
    area, _ = cells.area_of(one)
    assert area is None or 0 < area <= cells.ABSURD_AREA
    phones, _ = cells.phones_of(one)
    assert all(p.startswith("+") and p[1:].isdigit() for p in phones if p is not None)
    people, _ = people_of(one, other, phones, None)
    assert len({person.name for person in people}) == len(people)
    cells.relation_of(one)


@given(st.integers(1, 10**8))
def test_an_area_is_the_same_as_number_and_as_text(area: int) -> None:
    written = f"{area // 100}.{area % 100:02d}"
    assert cells.area_of(written)[0] == area
    assert cells.area_of(float(written))[0] == area
    assert cells.area_of(f"{written}㎡")[0] == area
