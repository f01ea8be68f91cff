"""Doors that a remark names: 3-2-501, 3栋2单元501室, 3号楼501, 1栋1单元车库1.

A home's path ends with building, unit and room (docs/how-to/import-a-register.md, What becomes
of a row), so that a door is looked for by these three parts of it.
"""

import re
import unicodedata
from typing import Final

from services.places.doors import USAGE_LETTERS, USAGE_WORDS
from services.places.models import Usage

ANY_UNIT: Final = ""
Door = tuple[str, str, str]  # the last three parts of a home's path, or with any unit

_BUILDING: Final = r"(?<![0-9A-Za-z])(?P<building>[0-9]{1,3}|[A-Za-z])"
_ROOM: Final = r"(?P<room>[1-9][0-9]{2,4})(?![0-9])"
# What is no flat is called by what it is: 车库1, 商铺12
_USAGES: Final = {
    word: usage
    for usage, words in USAGE_WORDS.items()
    if usage is not Usage.FLAT
    for word in words
}
_WORD: Final = "|".join(sorted(_USAGES, key=len, reverse=True))
_NAMED: Final = rf"(?P<word>{_WORD})(?P<number>[0-9]{{1,4}})(?![0-9])"
PATTERNS: Final = (
    re.compile(rf"{_BUILDING}-(?P<unit>[0-9]{{1,2}})-{_ROOM}(?!-)"),
    re.compile(
        rf"{_BUILDING}(?:号楼|栋|幢|座|楼|#)(?:(?P<unit>[0-9]{{1,2}})(?:单元|门洞|门|-))?"
        rf"(?:{_ROOM}|{_NAMED})"
    ),
    re.compile(rf"(?<![0-9A-Za-z-])(?P<building>[0-9]{{1,3}})-{_ROOM}(?!-)"),
)


def doors_in(remark: str) -> set[Door]:
    """Return the doors that a remark names; without a unit those of all units are meant."""
    text = "".join(unicodedata.normalize("NFKC", remark).split())
    found: set[Door] = set()
    for pattern in PATTERNS:
        for match in pattern.finditer(text):
            named = match.groupdict()
            building = (named["building"] or "").lstrip("0").lower()
            unit = (named.get("unit") or "").lstrip("0")
            if building:
                found.add((f"b{building}", f"u{unit}" if unit else ANY_UNIT, _room(named)))
    return found


def _room(named: dict[str, str | None]) -> str:
    """Return the last part of a home's path: 501, or g1 of 车库1."""
    if word := named.get("word"):
        return USAGE_LETTERS[_USAGES[word]] + (named["number"] or "").lstrip("0")
    return named["room"] or ""


def doors_of(home: str) -> tuple[Door, Door]:
    """Return the door of a home's path, with its unit and with any."""
    building, unit, room = home.rsplit(".", 3)[1:]
    return (building, unit, room), (building, ANY_UNIT, room)
