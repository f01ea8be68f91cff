"""Names in a row: of building, unit and home as segments of a path, and of the people.

A segment is a function of the name's core alone (3 of 3号楼, 502 of 502室), and different
cores have different segments: what [0-9a-z] cannot write becomes `_` hexadecimal `_`.
"""

import functools
import re
from collections.abc import Sequence
from typing import Final

import cn2an
from msgspec import Struct

from services.places.models import Usage
from services.register.sheet.cells import NOTHING, Cell, text_of, usage_of
from services.register.sheet.models import Code, ListedPerson
from services.residencies.models import Relation

LONGEST_CORE: Final = 30
PLAIN: Final = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
CHINESE_NUMBER: Final = re.compile(r"[零一二两三四五六七八九十百]+")
BUILDING: Final = re.compile(r"第?(.*?)(号楼|栋楼|号栋|号幢|#楼|#|栋|幢|座|楼|号)?")
UNIT: Final = re.compile(r"第?(.*?)(号?单元门?|号?门洞|号?门栋|号?楼门|号门|门|洞|#|号)?")
HOME_SUFFIX: Final = re.compile(r"号?[室户房号]?$")
# A home written with its building and unit, or with its unit only: 3-2-502, 3号楼2单元502室
FULL: Final = re.compile(
    r"([^-]{1,6}?)(?:号楼|栋|幢|座|#楼?|-)([0-9一二三四五六七八九十]{1,3})(?:单元|门洞|门|-)(\d{2,5}[A-Za-z]?)[室号]?"
)
WITH_UNIT: Final = re.compile(r"(\d{1,2})(?:单元|门洞|门|-)(\d{3,5}[A-Za-z]?)[室号]?")

NO_UNIT: Final = "u_"  # no escape writes this
NO_UNIT_NAME: Final = "不分单元"
SUFFIXES: Final = frozenset({"号楼", "栋", "幢", "座", "楼"})
LETTERS: Final = {Usage.SHOP: "s", Usage.GARAGE: "g", Usage.STORAGE: "k", Usage.FLAT: "h"}
DEFAULT_WORDS: Final = {Usage.SHOP: "商铺", Usage.GARAGE: "车库", Usage.STORAGE: "仓房"}


class Label(Struct, frozen=True):
    segment: str
    name: str


def escape(core: str) -> str:
    """Write a text with [0-9a-z_], injectively for texts without small ASCII letters."""
    return "".join(c.lower() if c in PLAIN else f"_{ord(c):x}_" for c in core)


@functools.lru_cache(maxsize=1024)
def building(word: str) -> Label | None:
    """Read 3, 3号楼, 3#, 三栋, A座, 综合楼; None for an empty or far too long one."""
    core, suffix = _core(BUILDING, word)
    if not core:
        return None
    shown = suffix if suffix in SUFFIXES else "栋"
    return Label("b" + escape(core), core + shown)


@functools.lru_cache(maxsize=1024)
def unit(word: str) -> Label | None:
    """Read 2, 2单元, 二单元, 2门洞."""
    core, _ = _core(UNIT, word)
    return Label("u" + escape(core), core + "单元") if core else None


def _core(pattern: re.Pattern[str], word: str) -> tuple[str, str]:
    match = pattern.fullmatch(word.upper())
    if match is None or len(word) > LONGEST_CORE:
        return "", ""
    core = match[1]
    if CHINESE_NUMBER.fullmatch(core):
        core = _in_digits(core)
    if core.isascii() and core.isdigit():
        core = str(int(core))  # 03 typed as text, 3 typed as a number
    return core, match[2] or ""


def _in_digits(number: str) -> str:
    try:
        return str(cn2an.cn2an(number, "smart"))
    except ValueError:  # 十十: a name after all
        return number


def home(word: str, usage: Usage | None) -> tuple[Label, Usage]:
    """Read 502, 502室, 商铺12, 12号车库; the column of usages wins over the name.

    Flats that begin with a digit are written as they are. All others get a letter of their
    usage, so that shop 12 and flat 12 of one unit stay two homes.
    """
    said = usage_of(word)
    usage = usage or (said[0] if said else Usage.FLAT)
    known = said[1] if said and said[0] is usage else ""
    core = _home_core(word.replace(known, "", 1) if known else word) or known
    if usage is Usage.FLAT:
        letter = "" if core[0].isascii() and core[0].isdigit() else LETTERS[usage]
        return Label(letter + escape(core), core), usage
    shown = known or DEFAULT_WORDS[usage]
    return Label(LETTERS[usage] + escape(core), core if core == known else shown + core), usage


def has_core(word: str) -> bool:
    """Tell whether a word names a home at all: 号 alone does not."""
    return _home_core(word) != ""


def _home_core(word: str) -> str:
    return HOME_SUFFIX.sub("", word.upper())


def split_full(word: str) -> tuple[str, str, str] | None:
    """Return building, unit and home of 3-2-502 or 3号楼2单元502."""
    match = FULL.fullmatch(word)
    return (match[1], match[2], match[3]) if match else None


def split_unit(word: str) -> tuple[str, str] | None:
    """Return unit and home of 2-502 or 2单元502."""
    match = WITH_UNIT.fullmatch(word)
    return (match[1], match[2]) if match else None


LONGEST_NAME: Final = 40
BETWEEN_NAMES: Final = re.compile(r"[、/,;|\\\n&+]")
CO_OWNERS: Final = re.compile(r"\(?共有权?人?\s*:\s*|\(共有权?人?\s*")
NOTE: Final = re.compile(r"\(.*?\)|\(.*$|[0-9]{2,}")
CHINESE: Final = re.compile(r"[㐀-鿿·•]+")
SHORTEST_FULL_NAME: Final = 2
OTHERS: Final = {Relation.OWNER: Relation.CO_OWNER}


def names_of(cell: Cell) -> tuple[list[str], set[Code]]:
    """Return the names in a cell, in order and without repeats, and what is odd about them."""
    found: list[str] = []
    odd: set[Code] = set()
    for part in BETWEEN_NAMES.split(text_of(cell)):
        word = part.strip(" )")
        bare = NOTE.sub("", word).strip()
        if bare != word:
            odd.add(Code.OWNER_NOTE)
        pieces = bare.split()
        if len(pieces) > 1 and all(_is_full(piece) for piece in pieces):
            odd.add(Code.OWNERS_BY_SPACE)
        else:
            pieces = ["".join(pieces) if CHINESE.search(bare) else bare]
        found += [piece for piece in pieces if piece not in NOTHING and piece not in found]
    if any(len(name) > LONGEST_NAME for name in found):
        odd.add(Code.OWNER_TOO_LONG)
    return found, odd


def _is_full(piece: str) -> bool:
    return len(piece) >= SHORTEST_FULL_NAME and CHINESE.fullmatch(piece) is not None


def people_of(
    owner: Cell, co_owner: Cell, phones: Sequence[str], relation: Relation | None
) -> tuple[list[ListedPerson], set[Code]]:
    """Give each name its relation and its phone, both in the order of the file.

    The first name has the row's relation; of owners, those after it are co-owners.
    """
    first_part, *rest = CO_OWNERS.split(text_of(owner), maxsplit=1)
    names, odd = names_of(first_part)
    others, more = names_of("、".join([*rest, text_of(co_owner)]))
    mine = relation or Relation.OWNER
    relations = [mine if i == 0 else OTHERS.get(mine, mine) for i in range(len(names))]
    named = dict(zip(names, relations, strict=True))
    for name in others:
        named.setdefault(name, Relation.CO_OWNER)
    if len(phones) > len(named):
        more.add(Code.PHONE_EXTRA if named else Code.PHONE_WITHOUT_OWNER)
    numbers = [*phones, *[None] * len(named)]
    people = [ListedPerson(n, p, r) for (n, r), p in zip(named.items(), numbers, strict=False)]
    return people, odd | more
