"""Rows that hold no home: sums, footers, headings once more, and numbers of the columns."""

import re
from collections.abc import Sequence
from typing import Final

from services.register.sheet.cells import Cell, area_of, word_of
from services.register.sheet.headings import meaning
from services.register.sheet.models import Field

PLACES: Final = (Field.BUILDING, Field.UNIT, Field.HOME)
SUM: Final = re.compile(
    r"合计|总计|小计|共计|累计|汇总|总和|总数|总户数|总面积|平均|本页计|本表计"
    r"|总套数|总人数|总建筑面积"
    r"|^(?:合|总|计|共|共有)\d+(?:\.\d+)?(?:户|套|间|人|家|栋|个|㎡|m2|平)"
    # English ones, as foreign templates and programs write them: Total, Sub-total, SUM:
    r"|^(?:(?:grand|sub|page)-?)?(?:totals?|sum|average|avg|count)(?:area|homes?)?(?![a-z])",
    re.IGNORECASE,
)
HINT: Final = re.compile("[合总小共计累汇平]|total|sum|av[ge]|count", re.IGNORECASE)
# Number of a page, in whichever column of places it was typed: 第2页, 第2页/共3页, Page 2 of 3
PAGE: Final = re.compile(
    r"第?[\d一二三四五六七八九十]+页(?:[,/、]?[共总]\d+页)?|[共总]\d+页(?:[,/、]?第\d+页)?"
    r"|page\d+(?:(?:of|/)\d+)?",
    re.IGNORECASE,
)
WHOLE_SUM: Final = re.compile(r"(?:合计|总计|小计|共计|累计|汇总|总和|本页计)[:|]?|[合计][:|]")
FOOTER: Final = re.compile(
    r"(?:(?:制表|填表|填报|审核|审批|复核|核对|经办|登记|统计|录入|打印|负责|联系)"
    r"(?:人员|人|员|单位|日期|时间|部门|领导|电话|科室|盖章|公章)?(?:签字|签名|签章|盖章)?(?:[:(]|$)"
    r"|(?:填表说明|单位|日期|盖章|备注|说明|附注|注)(?:[:(]|$)|注\d"
    r"|第\d+页|共\d+页)"
)
STEMS: Final = "甲乙丙丁戊己庚辛壬癸"
FEWEST_NUMBERS: Final = 4
FIRST_NUMBERS: Final = frozenset({"1", "(1)", "甲"})


def is_sum(row: dict[Field, Cell], words: Sequence[str]) -> bool:
    """Tell whether a row is a sum: in a column of places, in its first cell, or said alone."""
    if not HINT.search("|".join(words)):
        return False
    places = [word_of(row.get(field)) for field in PLACES]
    if any(SUM.search(word) for word in [*places, "".join(words[0].split())]):
        return True
    return any(WHOLE_SUM.fullmatch("".join(word.split())) for word in words)


def is_footer(row: dict[Field, Cell], words: Sequence[str]) -> bool:
    """Tell whether a row says who made the table, when, in what unit, or a note to it.

    Not one with a number and an area: 单位 is also a kind of owner.
    """
    if any(PAGE.fullmatch(word_of(cell)) for cell in (words[0], *map(row.get, PLACES))):
        return True
    if FOOTER.match("".join(words[0].split())) is None:
        return False
    has_number = any(c.isdigit() for c in word_of(row.get(Field.HOME)))
    return not (has_number and area_of(row.get(Field.AREA))[0] is not None)


def is_heading(row: dict[Field, Cell], words: Sequence[str]) -> bool:
    """Tell whether a row has the headings once more, or the numbers of the columns below them.

    Printed forms count their columns (1 2 3 …, 甲 乙 1 2 …) in a row of its own.
    """
    if meaning(row.get(Field.HOME)) is Field.HOME:
        return True
    if len(words) > 1 and all(meaning(word) for word in words):
        return True
    if len(words) < FEWEST_NUMBERS or words[0] not in FIRST_NUMBERS:
        return False
    plain = ["".join(word.split()).strip("()") for word in words]
    stems = 0
    while stems < min(len(plain), len(STEMS)) and plain[stems] == STEMS[stems]:
        stems += 1
    counted = [str(number) for number in range(1, len(plain) - stems + 1)]
    return plain[stems:] == counted
