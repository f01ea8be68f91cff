"""Names in a row: of building, unit and home as segments of a path, and of the people.

A segment is a function of the name's core alone (3 of 3号楼, 502 of 502室), and different
cores have different segments: what [0-9a-z] cannot write becomes `_` hexadecimal `_`.
"""

import functools
import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from services.kernel.deferred import deferred
from services.places.doors import USAGE_LETTERS
from services.places.models import Usage
from services.register.sheet.cells import usage_of

if TYPE_CHECKING:
    import cn2an
else:
    cn2an = deferred("cn2an")

LONGEST_CORE: Final = 30
PLAIN: Final = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
CHINESE_NUMBER: Final = re.compile(r"[零一二两三四五六七八九十百]+")
BUILDING: Final = re.compile(r"第?(.*?)(号楼|栋楼|号栋|号幢|#楼|#|栋|幢|座|楼|号)?")
UNIT: Final = re.compile(r"第?(.*?)(号?单元门?|号?门洞|号?门栋|号?楼门|号门|门|洞|#|号)?")
HOME_SUFFIX: Final = re.compile(r"号?[室户房号]?$")
# A home written with its building and unit, or with one of them: 3-2-502, 3号楼2单元502室
NUMBER: Final = "[0-9一二三四五六七八九十]{1,3}"
ROOM: Final = r"(\d{2,5}[A-Za-z]?)[室号户]?"
MARK: Final = "(?:号楼|栋楼|号栋|号幢|栋|幢|座|#楼?)"
UNIT_MARK: Final = "(?:单元|门洞|门)"
FULL: Final = re.compile(rf"第?([^-]{{1,6}}?)(?:{MARK}-?|-)({NUMBER})(?:{UNIT_MARK}-?|-){ROOM}")
WITH_BUILDING: Final = re.compile(rf"第?([^-]{{1,6}}?){MARK}-?{ROOM}")
WITH_UNIT: Final = re.compile(rf"({NUMBER}){UNIT_MARK}-?{ROOM}")
WITH_PREFIX: Final = re.compile(
    r"([A-Z]?\d{1,2}|\d{1,2}[A-Z]|[A-Z])-(\d{3,5}[A-Z]?)[室号户]?", re.IGNORECASE
)
LOOSE_DASH: Final = re.compile(r"(?<=[0-9A-Za-z])[-/_~\\](?=\d)")
SHORT_CORE: Final = re.compile(r"[A-Z]?\d{1,3}|\d{1,3}[A-Z]|[A-Z]")
SEVERAL: Final = re.compile(r"[-~、,/至到和及]")
MARKED: Final = frozenset({"号楼", "栋楼", "号栋", "号幢", "#楼", "#", "栋", "幢", "座", "楼"})
BUILDING_IN_TITLE: Final = re.compile(
    rf"(?<![0-9A-Za-z-])(?:[A-Za-z]?\d{{1,3}}[A-Za-z]?|[A-Za-z]|{NUMBER}){MARK}(?!业?委)"
)
UNIT_IN_TITLE: Final = re.compile(rf"{NUMBER}(?:单元|门洞)")
IN_RANGE: Final = re.compile(
    rf"[0-9A-Za-z栋幢座楼#]\s*[-~至到、,/和及]\s*(?:[A-Za-z]?\d{{1,3}}|{NUMBER}){MARK}"
)
BOTH: Final = re.compile(rf"(第?[^-]{{1,6}}?{MARK})-?({NUMBER}{UNIT_MARK})")
# A building that may be a plain one: 3-2, 3号楼东, 春光小区3号楼 (but 东3号楼 is one's name)
UNUSUAL: Final = re.compile(
    rf"([A-Z]?\d{{1,3}}[A-Z]?)(?:-\d.*|{MARK}.+)|.*[^0-9A-Z-]{{2,}}([A-Z]?\d{{1,3}}[A-Z]?)"
)
PAIR: Final = re.compile(r"([A-Za-z]?\d{1,3})-(\d{1,2})(?:单元|门洞|门)?")

NO_UNIT: Final = "u_"  # no escape writes this
NO_UNIT_NAME: Final = "不分单元"
SUFFIXES: Final = frozenset({"号楼", "栋", "幢", "座", "楼"})


class Label(Struct, frozen=True):
    """Name of a place as people read it, and its segment of the path."""

    segment: str
    name: str


def escape(core: str) -> str:
    """Return a text written with [0-9a-z_]; two texts without small letters stay different."""
    return "".join(c.lower() if c in PLAIN else f"_{ord(c):x}_" for c in core)


@functools.lru_cache(maxsize=1024)
def building(word: str) -> Label | None:
    """Label of a building: 3, 3号楼, 3#, 三栋, A座, 综合楼; None for no or too long a name."""
    core, suffix = _core(BUILDING, word)
    if not core:
        return None
    shown = suffix if suffix in SUFFIXES else "栋"
    return Label("b" + escape(core), core + shown)


@functools.lru_cache(maxsize=1024)
def unit(word: str) -> Label | None:
    """Label of a unit: 2, 2单元, 二单元, 2门洞; None for no or too long a name."""
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


@functools.lru_cache(maxsize=4096)
def home(word: str, usage: Usage | None) -> tuple[Label, Usage]:
    """Label and usage of a home: 502, 502室, 商铺12, 12号车库; the usage column wins.

    Flats that begin with a digit are written as they are. All others get a letter of their
    usage, so that shop 12 and flat 12 of one unit stay two homes.
    """
    said = usage_of(word)
    usage = usage or (said[0] if said else Usage.FLAT)
    known = said[1] if said and said[0] is usage else ""
    core = _home_core(word.replace(known, "", 1) if known else word) or known
    if usage is Usage.FLAT:
        letter = "" if core[0].isascii() and core[0].isdigit() else USAGE_LETTERS[usage]
        return Label(letter + escape(core), core), usage
    shown = known or usage.label
    return Label(
        USAGE_LETTERS[usage] + escape(core), core if core == known else shown + core
    ), usage


def has_core(word: str) -> bool:
    """Tell whether a word names a home at all: 号 alone does not."""
    return _home_core(word) != ""


def _home_core(word: str) -> str:
    return HOME_SUFFIX.sub("", word.upper())


class Parts(Struct, frozen=True):
    """Home number taken apart. `prefix`: a number before it, of a building or a unit."""

    room: str
    building: str = ""
    unit: str = ""
    prefix: str = ""


@functools.lru_cache(maxsize=4096)
def parts(word: str) -> Parts:
    """Take a home number apart: 3-2-502, 3号楼2单元502, 3号楼502, 2单元502, 3-507.

    Whether the 3 of 3-507 is a building or a unit the number alone does not say.
    """
    plain = LOOSE_DASH.sub("-", word)
    if match := FULL.fullmatch(plain):
        return Parts(match[3], building=match[1], unit=match[2])
    if match := WITH_BUILDING.fullmatch(plain):
        return Parts(match[2], building=match[1])
    if match := WITH_UNIT.fullmatch(plain):
        return Parts(match[2], unit=match[1])
    if match := WITH_PREFIX.fullmatch(plain):
        return Parts(match[2], prefix=match[1])
    return Parts(word)


def apart(building: str, unit: str) -> tuple[str, str]:
    """Take 3号楼2单元 apart where one column has both, and leave out what the unit repeats.

    A unit that names another building, or a building another unit, stays as it was written:
    names_both() tells it.
    """
    if both := BOTH.fullmatch(building):
        same = not unit or _unit_segment(both[2]) == _unit_segment(BOTH.sub(r"\2", unit))
        return (both[1], both[2]) if same else (building, unit)
    if (both := BOTH.fullmatch(unit) or PAIR.fullmatch(unit)) and both[1]:
        same = _segment(both[1]) == _segment(building)
        return (building or both[1], both[2]) if same or not building else (building, unit)
    return building, unit


def names_both(word: str) -> bool:
    """Tell whether the word of one still names building and unit: another than its row."""
    return BOTH.fullmatch(word) is not None


@functools.lru_cache(maxsize=1024)
def usual(word: str) -> Label | None:
    """Label of the plain building that an unusual word may mean; None for every other word."""
    core, _ = _core(BUILDING, word)
    match = UNUSUAL.fullmatch(core)
    return building(match[1] or match[2]) if match else None


def _segment(word: str) -> str:
    label = building(word)
    return label.segment if label else ""


def _unit_segment(word: str) -> str:
    label = unit(word)
    return label.segment if label else ""


def is_like_building(word: str) -> bool:
    """Tell whether a word can be a building where nothing else is: 2号楼, 三栋, A, 5."""
    core, suffix = _core(BUILDING, word)
    is_one = core != "" and SEVERAL.search(core) is None
    return is_one and (suffix in MARKED or SHORT_CORE.fullmatch(core) is not None)


def is_like_unit(word: str) -> bool:
    """Tell whether a word can be a unit where nothing else is: 2单元, 三单元, 2."""
    core, suffix = _core(UNIT, word)
    return bool(core) and (len(suffix) > 1 or SHORT_CORE.fullmatch(core) is not None)


def mentioned(text: str) -> tuple[str, str]:
    """Return the one building and the one unit that a title names, "" for none or several.

    春光小区3号楼登记表 names 3号楼; 1-5号楼 and 1号楼、2号楼 name none for sure.
    """
    buildings, units = BUILDING_IN_TITLE.findall(text), UNIT_IN_TITLE.findall(text)
    building = buildings[0] if len(buildings) == 1 and not IN_RANGE.search(text) else ""
    return building, units[0] if len(units) == 1 and building else ""
