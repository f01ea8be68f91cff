"""Values of cells as people type them: text, areas, phone numbers, usages."""

import functools
import re
import unicodedata
from datetime import date, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from services.kernel import phones
from services.places.doors import USAGE_WORDS
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
# What programs write where a formula failed, also when it was pasted as text.
ERROR_TEXT: Final = re.compile(
    r"#(?:N/A|REF!?|DIV/0!?|VALUE!?|NAME\?|NUM!?|NULL!?|SPILL!|CALC!|FIELD!|BLOCKED!|CONNECT!"
    r"|UNKNOWN!|BUSY!|GETTING_DATA|名称\?)|#{3,}|ERR:\d{3}",
    re.IGNORECASE,
)
ERROR_HINT: Final = re.compile(r"[#＃]|Err:", re.IGNORECASE)
# Controls and marks that are not seen. Unassigned and private characters stay: people's names
# have characters that are newer than this program's tables (CJK extensions H and I).
UNSEEN: Final = frozenset({"Cc", "Cf", "Cs"})
DASHES: Final = str.maketrans(dict.fromkeys("‐‑‒–—―−﹣", "-"))

WHOLE: Final = re.compile(r"^(\d{1,4})\.0+$")

AREA: Final = re.compile(r"(-?[\d,]{1,16}(?:\.\d{1,20})?)(?:m2|m²|平方米|平方|平米|平)?")
PLAIN_NUMBER: Final = re.compile(r"-?\d{1,12}(?:\.\d+)?")
# A comma is a thousands mark only before exactly three digits, and never after a leading 0.
THOUSANDS: Final = re.compile(r"-?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?")
DECIMAL_COMMA: Final = re.compile(r"-?(?:\d{1,12},\d{1,2}|0,\d{1,3})")
LARGE_AREA: Final = 1000_00
ABSURD_AREA: Final = 10**8

MOBILE: Final = re.compile(r"1[3-9]\d{9}")
# A line break beside another mark is part of it; two marks have an empty place between them.
BETWEEN_PHONES: Final = re.compile(r"\s*(?:[、/,;|\\]|或)\s*|\s*\n\s*")
IN_PHONES: Final = re.compile(r"[\s\-().]|(?<=\d)\.0$")
LANDLINE_DIGITS: Final = 10
COUNTRY: Final = "+86"

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
        case str():  # nearly all of them
            return _folded(cell)
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
        folded = "".join(c for c in folded if c in "\n\t" or _is_seen(c))
    return SPACES.sub(" ", folded)[:LONGEST_TEXT].strip()


def _is_seen(character: str) -> bool:
    return unicodedata.category(character) not in UNSEEN


def word_of(cell: Cell) -> str:
    """Return a cell that holds one word or number: no spaces or line breaks, 502.0 as 502."""
    return _word(text_of(cell))


@functools.lru_cache(maxsize=4096)
def _word(text: str) -> str:
    word = "".join(text.split())
    return WHOLE.sub(r"\1", word) if word.endswith("0") else word


def is_date(cell: Cell) -> bool:
    """Tell whether Excel made a date of what was typed (3-2 becomes the second of March)."""
    return isinstance(cell, date | time | timedelta)


def is_error(cell: Cell) -> bool:
    """Tell whether a cell holds the error of a formula, or true or false."""
    if isinstance(cell, str):
        return ERROR_HINT.search(cell) is not None and bool(ERROR_TEXT.fullmatch(word_of(cell)))
    return isinstance(cell, bool)


def area_of(cell: Cell) -> tuple[int | None, Code | None]:
    """Return an area in 0.01 m², rounded half up, and its problem if it has one."""
    text = word_of(cell).lower()
    if text in NOTHING - {"0"}:
        return None, Code.AREA_MISSING
    number, comma = ("", False) if is_date(cell) else _decimal(text.replace("。", "."))
    if not number:
        return None, Code.AREA_UNREADABLE
    area = int((Decimal(number) * 100).quantize(Decimal(1), ROUND_HALF_UP))
    if not 0 < area <= ABSURD_AREA:
        return None, Code.AREA_IMPOSSIBLE
    if comma or "。" in text:
        return area, Code.AREA_COMMA
    return area, Code.AREA_LARGE if area > LARGE_AREA else None


def _decimal(text: str) -> tuple[str, bool]:
    """Return the number of a text, "" for none, and whether its comma was a decimal one.

    85,3 is 85.3: the comma lies beside the full stop on the keyboard, and many countries write
    it so. 1,234.5 is 1234.5. What is neither (8,5.3) is no number.
    """
    match = AREA.fullmatch(text)
    number = match[1] if match else ""
    if PLAIN_NUMBER.fullmatch(number):
        return number, False
    if THOUSANDS.fullmatch(number):
        return number.replace(",", ""), False
    return (number.replace(",", "."), True) if DECIMAL_COMMA.fullmatch(number) else ("", False)


Phones = list[str | None]


def phones_of(cell: Cell) -> tuple[Phones, set[Code]]:
    """Return the phone numbers of a cell as E.164, and their problems.

    An empty or unreadable place among several keeps its position, as None: phones stand in the
    order of the names, and the next owner's phone must not move up.
    """
    found: Phones = []
    odd: set[Code] = set()
    text = text_of(cell)
    for part in [] if text in NOTHING else BETWEEN_PHONES.split(text):
        for number in _numbers(part):
            phone = _phone(number) if number else None
            if number and phone is None:
                odd.add(Code.PHONE_UNREADABLE)
            if phone and not MOBILE.fullmatch(phone.removeprefix(COUNTRY)):
                odd.add(Code.PHONE_LANDLINE)
            found.append(None if phone in found else phone)
    while found and found[-1] is None:
        found.pop()
    return found, odd


def _numbers(part: str) -> list[str]:
    """Return the numbers of a part: one, "" for none, or several that only blanks separate."""
    pieces = part.split()
    if not pieces or part.strip() in NOTHING:
        return [""]
    if len(pieces) > 1 and any(piece in NOTHING - {"-", "--"} for piece in pieces):
        return [number for piece in pieces for number in _numbers(piece)]
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
    """Return the usage that a text names, and the word that names it; None for none."""
    for usage, words in USAGE_WORDS.items():
        for word in words:
            if word in text:
                return usage, word
    return None


def relation_of(cell: Cell) -> tuple[Relation | None, Code | None]:
    """Return the relation of a cell, and its problem if the word is unknown."""
    text = word_of(cell)
    if text in NOTHING:
        return None, None
    relation = RELATION_OF.get(text)
    return relation, None if relation else Code.RELATION_UNKNOWN
