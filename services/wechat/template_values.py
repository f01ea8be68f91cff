"""Template values of subscribe messages as WeChat accepts them: free text is shortened.

A value WeChat refuses (47003) spends a job and reaches nobody. Text may lose its tail; half a
number or half a date would be a lie, so those are refused here, before anything is sent.
Source: subscribe-message/api_sendmessage, table of parameter limits.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from services.kernel.days import BEIJING
from services.kernel.money import yuan

ELLIPSIS: Final = "…"
THING_CHARS: Final = 20
PHRASE_CHARS: Final = 5
NAME_HAN: Final = 10
NAME_LETTERS: Final = 20

_HAN = r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
_CLOCK = r"([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?"
_DAY = r"\d{4}(年\d{1,2}月\d{1,2}日|-\d{1,2}-\d{1,2})"
_MOMENT = rf"({_DAY}( {_CLOCK})?|{_CLOCK})"

# Key prefix → what a value must be. `thing` and `name` are shortened, so they always are.
FACTS: Final[dict[str, re.Pattern[str]]] = {
    # Our own words: rare characters, which WeChat may not take for Han, have no place in them.
    "phrase": re.compile(rf"[\u4e00-\u9fff]{{1,{PHRASE_CHARS}}}"),
    "character_string": re.compile(r"[\x20-\x7e]{1,32}"),
    "number": re.compile(r"(?=.{1,32}$)\d+(\.\d+)?", re.ASCII),
    "letter": re.compile(r"[A-Za-z]{1,32}"),
    "symbol": re.compile(r"[\x21-\x2f\x3a-\x40\x5b-\x5e`\x7b-\x7e]{1,5}"),
    "amount": re.compile(r"[¥$€£]?(?=[\d.]{1,11}元?$)\d{1,10}(\.\d{1,2})?元?", re.ASCII),
    "time": re.compile(rf"{_MOMENT}(~{_MOMENT})?", re.ASCII),
    "date": re.compile(rf"{_MOMENT}(~{_MOMENT})?", re.ASCII),
    "phone_number": re.compile(r"[\d+() -]{1,17}", re.ASCII),
    "car_number": re.compile(rf"({_HAN}|[A-Z0-9])[A-Z0-9]{{0,6}}({_HAN}|[A-Z0-9])"),
    "const": re.compile(r".{1,20}"),
    "enum": re.compile(r".{1,20}"),
}

# WeChat takes letters, Han and the dot of foreign names; 李女士(502) loses its number.
_NOT_NAME = re.compile(rf"(?!{_HAN})[^A-Za-z· ]")
_KEY = re.compile(r"([a-z]+(?:_[a-z]+)*)\d+")
_JOINERS = frozenset("\u200d\ufe0e\ufe0f\u20e3")


class BadTemplateValue(ValueError):
    """WeChat would answer 47003. Names the key, never the value, which may be personal."""

    def __init__(self, key: str, why: str) -> None:
        super().__init__(f"{key}: {why}")
        self.key = key


def fill(cells: Mapping[str, str], values: Mapping[str, str]) -> dict[str, str]:
    """Return what WeChat is told of a message: cell → its value, as WeChat accepts it.

    `cells`: cell → the name of its value. Raises BadTemplateValue, also for one that is not
    there: the message was written before its template spoke of it.
    """
    if missing := {*cells.values()} - values.keys():
        raise BadTemplateValue(min(missing), "missing")
    return clip_data({cell: values[name] for cell, name in cells.items()})


def clip_data(data: Mapping[str, str]) -> dict[str, str]:
    """Make every value of a message acceptable. Raises BadTemplateValue."""
    return {key: clip(key, value) for key, value in data.items()}


def clip(key: str, value: str) -> str:
    """Return what WeChat takes under a key such as thing1. Raises BadTemplateValue."""
    named = _KEY.fullmatch(key)
    clean = plain(value)
    if not clean:
        raise BadTemplateValue(key, "empty")
    match named and named[1]:
        case "thing":
            return _shorten(clean, THING_CHARS)
        case "name":
            name = _NOT_NAME.sub("", clean).strip()
            if not name:
                raise BadTemplateValue(key, "no name in it")
            limit = NAME_LETTERS if name.isascii() else NAME_HAN
            return _shorten(name, limit, end="")
        case kind if kind in FACTS:
            if not FACTS[kind].fullmatch(clean):
                raise BadTemplateValue(key, "not of the form WeChat takes")
            return clean
        case _:
            raise BadTemplateValue(key, "unknown kind of key")


def moment(instant: datetime) -> str:
    """Write an instant for a time or date key, in Beijing: 2026年11月23日 15:01."""
    local = instant.astimezone(BEIJING)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"


def amount(amount_fen: int) -> str:
    """Write fen for an amount key: ¥51.18."""
    return f"¥{yuan(amount_fen)}"


def plain(value: str) -> str:
    """Drop pictures, turn breaks and controls into one blank each."""
    kept = "".join(c if c.isprintable() else " " for c in value if not _is_picture(c))
    return " ".join(kept.split())


def _is_picture(char: str) -> bool:
    """Tell an emoji and its parts from signs people write: ℃ ㎡ ② are none."""
    if char in _JOINERS:
        return True
    code = ord(char)
    return unicodedata.category(char) in {"So", "Sk"} and (
        0x2190 <= code < 0x3000 or code >= 0x1F000  # noqa: PLR2004 - Unicode's blocks of pictures
    )


def _shorten(text: str, limit: int, *, end: str = ELLIPSIS) -> str:
    """Shorten to `limit` UTF-16 units, the strictest way of counting characters."""
    if _units(text) <= limit:
        return text
    while _units(text) > limit - len(end):
        text = text[:-1]
    return text.rstrip() + end


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
