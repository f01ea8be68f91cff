"""Number on the door of a home: what anybody in the stairwell may read of it.

Registers carry notes beside the number (502(王小五租), 501欠费户): who lives there, who owes.
A stranger who looks for a home must not read them, so a number is kept and shown as a door
shows it: digits, letters, and the words that signs carry. Source: Personal Information
Protection Law (个人信息保护法) art. 6, no more than the purpose needs.
"""

import functools
import re
import unicodedata
from typing import Final

from services.places.models import Kind, Place, Usage

USAGE_WORDS: Final[dict[Usage, tuple[str, ...]]] = {
    Usage.SHOP: (
        *("商业门市", "门市房", "门市", "门面", "商铺", "商网", "商服", "商业用房", "商业"),
        *("底商", "网点", "店铺", "商用"),
    ),
    Usage.GARAGE: ("地下车库", "地下车位", "停车位", "车库", "车位"),
    Usage.STORAGE: ("地下室", "仓房", "仓库", "储藏室", "储藏间", "储物间", "小棚"),
    Usage.FLAT: ("住宅", "居住", "住房", "民用", "成套住宅", "普通住宅", "民宅"),
}
# What a home's number begins with in its path, but for flats that begin with a digit.
USAGE_LETTERS: Final = {Usage.SHOP: "s", Usage.GARAGE: "g", Usage.STORAGE: "k", Usage.FLAT: "h"}
# Rooms that have a sign instead of a number.
PUBLIC_ROOMS: Final = (
    *("物业用房", "物业办公室", "社区用房", "居委会", "办公室", "门卫室", "门卫", "收发室"),
    *("活动室", "值班室", "配电室", "水泵房", "锅炉房", "换热站", "设备间", "公厕", "阁楼"),
)
PARTS: Final = ("号楼", "栋楼", "单元", "门洞", "门栋", "楼门", "楼层")
# Marks of one of several doors: 502甲, 502东, 502(东)
MARKS: Final = "甲乙丙丁戊己庚辛东西南北中大小上下左右前后一二三四五六七八九十百零两半底顶"
TAILS: Final = "室户房号门栋幢座楼层跃第"

NO_NUMBER: Final = "无门牌"

_WORDS: Final = sorted(
    {word for words in USAGE_WORDS.values() for word in words} | {*PUBLIC_ROOMS, *PARTS},
    key=len,
    reverse=True,
)
# What a door may show, longest words first; anything else is a note.
_SHOWN: Final = re.compile(rf"(?:{'|'.join(_WORDS)}|[{MARKS}{TAILS}]|[ -~·、。×])+")
_BRACKETS: Final = re.compile(r"[(\[【〔<《{]([^)\]】〕>》}]*)[)\]】〕>》}]?")
_MARK_IN_BRACKETS: Final = re.compile(rf"[{MARKS}0-9A-Za-z]{{1,2}}[室户号]?")
_PHONE: Final = re.compile(r"\+?(?:86)?1[3-9][0-9]{9}")
_LETTERS: Final = re.compile(r"(?<=[0-9])[A-Za-z]{3,}.*$")
_LOOSE: Final = re.compile(rf"(?<=[0-9])[{MARKS}]+$")
_ENDS: Final = " -/_.,:;、|~·"
_DIGIT: Final = re.compile(r"[0-9]")
_ENDING: Final = re.compile(r"(?<=[0-9A-Za-z])号?[室户房号]?$")
_ZEROS: Final = re.compile(r"^0+(?=[0-9])")


@functools.lru_cache(maxsize=4096)
def number_on(text: str) -> str:
    """Number as the door shows it, without notes; "" when nothing is left that a door shows.

    `text`: one line as typed; full-width forms are folded.
    """
    text = unicodedata.normalize("NFKC", text)
    bare = _PHONE.sub("", _BRACKETS.sub(_kept_brackets, text))
    bare = _LETTERS.sub("", bare)
    match = _SHOWN.match(bare)
    head = match[0] if match else ""
    if head == bare:
        return bare if bare == text else bare.rstrip(_ENDS)
    # The sign before the note, without marks that belong to the note (501一家三口), and, when
    # it has no number of its own, the number after the note (商铺王五12).
    head = _LOOSE.sub("", head).rstrip(_ENDS)
    if _DIGIT.search(head):
        return head
    digit = _DIGIT.search(bare)
    words = head if any(word in head for word in _WORDS) else ""
    return words if digit is None else words + number_on(bare[digit.start() :])


def door_number(text: str, usage: Usage | None) -> str:
    """Number as it is kept of a home: as the door shows it, of a flat without 室 or 号."""
    shown = number_on(text).strip()
    return _ENDING.sub("", shown) if usage in {None, Usage.FLAT} else shown


def door_key(name: str) -> str:
    """Key that the spellings of one door share: 0502, 502 and 502室."""
    return without_zeros(door_number(name, Usage.FLAT)).casefold()


def without_zeros(number: str) -> str:
    """Return a number without leading zeros: 0101 is most likely 101."""
    return _ZEROS.sub("", number)


def _kept_brackets(match: re.Match[str]) -> str:
    return match[0] if _MARK_IN_BRACKETS.fullmatch(match[1]) else ""


def shown_name(place: Place) -> str:
    """Name of a place for anybody: of a home without the notes of old imports."""
    if place.kind is not Kind.HOME:
        return place.name
    return number_on(place.name) or NO_NUMBER


def shown_address(place: Place) -> str:
    """Address of a place for anybody: that of a home ends with what its door shows."""
    if place.kind is not Kind.HOME:
        return place.address
    name = shown_name(place)
    head, found, tail = place.address.rpartition(place.name)
    return head + name + tail if found and name != place.name else place.address
