"""Sections of a sheet: a row that only names a building or a unit, for the rows below it."""

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct

from services.register.sheet.cells import Cell, text_of, word_of
from services.register.sheet.models import Field
from services.register.sheet.names import is_like_building, is_like_unit, mentioned

MOST_WORDS: Final = 2
# A single word in one of these is the rest of a home, not a heading.
FACTS: Final = frozenset(set(Field) - {Field.BUILDING, Field.UNIT, Field.HOME})


class Section(Struct, frozen=True):
    """Building and unit that a row names, "" for none; `index`: of the cell that names them."""

    building: str
    unit: str
    index: int

    @property
    def name(self) -> str:
        return self.building + self.unit


def section_of(given: Sequence[Cell], columns: Mapping[Field, int]) -> Section | None:
    """Return the section that a row opens; None for every other row."""
    meanings = {index: field for field, index in columns.items()}
    words = [(i, word_of(cell)) for i, cell in enumerate(given) if text_of(cell)]
    # The number of the row stands in a column without a meaning.
    words = [(i, word) for i, word in words if i in meanings or not word.isdigit()]
    if not 0 < len(words) <= MOST_WORDS:
        return None
    named = [_named(meanings.get(index), word) for index, word in words]
    if not all(any(pair) for pair in named):
        return None
    buildings = [building for building, _ in named if building]
    units = [unit for _, unit in named if unit]
    if len(buildings) > 1 or len(units) > 1:
        return None
    return Section("".join(buildings), "".join(units), words[0][0])


def _named(field: Field | None, word: str) -> tuple[str, str]:
    """Return the building and the unit that one cell names."""
    if field is Field.BUILDING and is_like_building(word):
        return word, ""
    if field is Field.UNIT and is_like_unit(word):
        return "", word
    building, unit = mentioned(word)
    whole = building + unit == word.removeprefix("第")
    if (field is Field.HOME or field in FACTS) and building and not whole:
        return "", ""
    if not building and is_like_unit(word) and word.endswith(("单元", "门洞")):
        return "", word
    return building, unit
