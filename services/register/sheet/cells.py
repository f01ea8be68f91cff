"""Values of cells as people type them: text, areas, phone numbers, usages."""

import functools
import re
import unicodedata
from datetime import date, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from services.kernel import phones
from services.places.models import Usage
from services.register.sheet.models import Code
from services.residencies.models import Relation

Cell = Any  # what the reader of workbooks returns: str, float, bool, date, …


LONGEST_TEXT: Final = 200
EXACT_FLOAT: Final = 2**53
NOTHING: Final = frozenset(
    {"", "无", "/", "\\", "-", "--", "—", "空", "空置", "未知", "待定", "暂无", "0"}
)
SPACES: Final = re.compile(r"[^\S\n]+")
DASHES: Final = str.maketrans(dict.fromkeys("‐‑‒–—―−﹣", "-"))

AREA: Final = re.compile(r"(-?\d{1,12}(?:\.\d{1,20})?)(?:m2|m²|平方米|平方|平米|平)?")
LARGE_AREA: Final = 1000_00
ABSURD_AREA: Final = 10**8

MOBILE: Final = re.compile(r"1[3-9]\d{9}")
BETWEEN_PHONES: Final = re.compile(r"[、/,;|\\\n]|或")
IN_PHONES: Final = re.compile(r"[\s\-().]|(?<=\d)\.0$")
LANDLINE_DIGITS: Final = 10
COUNTRY: Final = "+86"

USAGE_WORDS: Final[dict[Usage, tuple[str, ...]]] = {
    Usage.SHOP: (
        *("商业门市", "门市房", "门市", "门面", "商铺", "商网", "商服", "商业用房", "商业"),
        *("底商", "网点", "店铺", "商用"),
    ),
    Usage.GARAGE: ("地下车库", "地下车位", "停车位", "车库", "车位"),
    Usage.STORAGE: ("地下室", "仓房", "仓库", "储藏室", "储藏间", "储物间", "小棚"),
    Usage.FLAT: ("住宅", "居住", "住房", "民用", "成套住宅", "普通住宅", "民宅"),
}

RELATIONS: Final[dict[Relation, str]] = {
    Relation.OWNER: "业主 产权人 户主 房主 本人 所有权人 权利人",
    Relation.CO_OWNER: "共有人 共有 共有权人 共同共有 按份共有",
    Relation.FAMILY: "家属 家人 家庭成员 亲属 配偶 丈夫 妻子 父母 父亲 母亲 子女 儿子 女儿",
    Relation.TENANT: "租户 租客 承租人 租住 租赁 承租",
}
RELATION_OF: Final = {word: r for r, words in RELATIONS.items() for word in words.split()}


def text_of(cell: Cell) -> str:
    """Return a cell as plain text: full-width forms folded, spaces trimmed, 502.0 as 502.

    Line breaks inside the cell stay: they often separate two owners.
    """
    match cell:
        case None:
            return ""
        case bool():
            return str(cell)
        case float() if cell.is_integer() and abs(cell) < EXACT_FLOAT:
            return str(int(cell))
        case float():
            return repr(cell)
    return _folded(str(cell))


@functools.lru_cache(maxsize=4096)  # 3号楼 and 住宅 come back thousands of times
def _folded(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).replace("\r", "\n").translate(DASHES)
    if not folded.isprintable():
        folded = "".join(c for c in folded if c in "\n\t" or unicodedata.category(c)[0] != "C")
    return SPACES.sub(" ", folded)[:LONGEST_TEXT].strip()


def word_of(cell: Cell) -> str:
    """Return a cell that holds one word or number: no spaces, no line breaks."""
    return "".join(text_of(cell).split())


def is_date(cell: Cell) -> bool:
    """Tell whether Excel made a date of what was typed (3-2 becomes the second of March)."""
    return isinstance(cell, date | time | timedelta)


def area_of(cell: Cell) -> tuple[int | None, Code | None]:
    """Return an area in 0.01 m², rounded half up, and what is odd about it."""
    text = word_of(cell).replace(",", "").lower()
    if text in NOTHING - {"0"}:
        return None, Code.AREA_MISSING
    match = None if is_date(cell) else AREA.fullmatch(text)
    if match is None:
        return None, Code.AREA_UNREADABLE
    area = int((Decimal(match[1]) * 100).quantize(Decimal(1), ROUND_HALF_UP))
    if not 0 < area <= ABSURD_AREA:
        return None, Code.AREA_IMPOSSIBLE
    return area, Code.AREA_LARGE if area > LARGE_AREA else None


def phones_of(cell: Cell) -> tuple[list[str], set[Code]]:
    """Return the phone numbers of a cell as E.164, and what is odd about them."""
    found: list[str] = []
    odd: set[Code] = set()
    for part in BETWEEN_PHONES.split(text_of(cell)):
        for number in _numbers(part):
            phone = _phone(number)
            if phone is None:
                odd.add(Code.PHONE_UNREADABLE)
            elif phone not in found:
                found.append(phone)
                if not MOBILE.fullmatch(phone.removeprefix(COUNTRY)):
                    odd.add(Code.PHONE_LANDLINE)
    return found, odd


def _numbers(part: str) -> list[str]:
    """Return the one number of a part, or the two mobile numbers parted by a blank only."""
    if part.strip() in NOTHING:
        return []
    number = IN_PHONES.sub("", part.strip().removesuffix(".0"))
    mobiles: list[str] = MOBILE.findall(number)
    return mobiles if "".join(mobiles) == number else [number]


def _phone(number: str) -> str | None:
    """Return E.164 of a mobile number or of a fixed line with its area code."""
    national = number.removeprefix(COUNTRY).removeprefix("0086")
    if MOBILE.fullmatch(national):
        return COUNTRY + national
    if not re.fullmatch(r"\+?\d+", number) or len(number) < LANDLINE_DIGITS:
        return None
    if number[0] not in "0+":  # ten digits or more that start like neither
        return None
    try:
        return phones.normalise(number)
    except phones.InvalidPhone:
        return None


@functools.lru_cache(maxsize=1024)
def usage_of(text: str) -> tuple[Usage, str] | None:
    """Return the usage a text speaks of and the word that says so."""
    for usage, words in USAGE_WORDS.items():
        for word in words:
            if word in text:
                return usage, word
    return None


def relation_of(cell: Cell) -> tuple[Relation | None, Code | None]:
    text = word_of(cell)
    if text in NOTHING:
        return None, None
    relation = RELATION_OF.get(text)
    return relation, None if relation else Code.RELATION_UNKNOWN
