"""Entry of a row: what its cells say of one home and of the people in it."""

import re
from collections.abc import Callable
from typing import Final

from services.places.doors import number_on
from services.places.models import Usage
from services.register.rows.people import people_of
from services.register.rows.repeats import RowRefused
from services.register.sheet import cells, names
from services.register.sheet.cells import Cell
from services.register.sheet.models import Code, Field, ListedPerson

F = Field
NO_DATES: Final = (F.BUILDING, F.UNIT, F.HOME, F.OWNER, F.CO_OWNER)
PEOPLE: Final = (F.OWNER, F.PHONE, F.CO_OWNER)
# Longer runs of digits, decimals, dashes at an end or many of them are no number of a door.
ODD_NUMBER: Final = re.compile(r"\d{7}|\d\.\d|^[-/_~.]|[-/_~.]$")
MOST_DASHES: Final = 2
ONE: Final = r"[A-Za-z]?\d{1,5}[A-Za-z]?[室号户]?"
FULL: Final = r"\d{3,5}[A-Za-z]?[室号户]?"
# Several numbers in one cell: 502、503, 502和503; with a dash, a slash or a space between them
# only two whole ones, as 3-502 and 5-02 are one.
SEVERAL: Final = re.compile(rf".*\d[A-Za-z]?[室号户]?(?:[、,;+&|\\~和及至到]{ONE})+")
SEVERAL_FULL: Final = re.compile(rf"(?:.*\D)?{FULL}(?:(?:[-/_]|\s+){FULL})+")
IN_BRACKETS: Final = re.compile(r"[(\[【〔<《{][^)\]】〕>》}]*[)\]】〕>》}]?")
FIELD_OF: Final = {
    Code.RELATION_UNKNOWN: F.RELATION,
    Code.OWNER_NOTE: F.OWNER,
    Code.OWNERS_BY_SPACE: F.OWNER,
    Code.OWNER_TOO_LONG: F.OWNER,
}


class Entry:
    """Cells of one row. `say`: tells a problem of the row."""

    def __init__(self, row: dict[Field, Cell], say: Callable[..., None]) -> None:
        self._row = row
        self._say = say

    def require_no_dates(self) -> None:
        """Raise RowRefused for a cell of which Excel made a date."""
        for field in NO_DATES:
            if cells.is_date(self._row.get(field)):
                raise RowRefused(Code.CELL_IS_DATE, field)

    def number(self, word: str) -> str:
        """Return the home's number as its door shows it; notes are left out and told.

        Raises RowRefused for no number. What is left out is not repeated: it is about people.
        """
        if not names.has_core(word):
            raise RowRefused(Code.HOME_MISSING, F.HOME)
        number = number_on(word)
        odd = ODD_NUMBER.search(number) or number.count("-") > MOST_DASHES
        if odd or not names.has_core(number):
            raise RowRefused(Code.HOME_UNREADABLE, F.HOME)
        typed = IN_BRACKETS.sub("", cells.text_of(self._row.get(F.HOME))).strip()
        if SEVERAL.fullmatch("".join(typed.split())) or SEVERAL_FULL.fullmatch(typed):
            raise RowRefused(Code.HOME_SEVERAL, F.HOME)
        if number != word:
            self._say(Code.NOTE_LEFT_OUT, F.HOME, name=number)
        return number

    def usage(self) -> Usage | None:
        """Return the usage that its column says; None for none."""
        text = cells.word_of(self._row.get(F.USAGE))
        if text in cells.NOTHING:
            return None
        found = cells.usage_of(text)
        if found is None:
            self._say(Code.USAGE_UNKNOWN, F.USAGE)
            return Usage.FLAT
        return found[0]

    def area(self, *, known: bool, is_merged: bool) -> int | None:
        """Return the area in 0.01 m². `known`: an earlier row has it."""
        if F.AREA not in self._row:
            return None
        if is_merged:
            self._say(Code.AREA_MERGED, F.AREA)
            return None
        area, odd = cells.area_of(self._row[F.AREA])
        if odd is not None and not (known and odd is Code.AREA_MISSING):
            shown = f"{(area or 0) / 100:.2f}"
            self._say(odd, F.AREA, text=cells.word_of(self._row[F.AREA]), area=shown)
        return area

    def people(self, *, merged: set[Field]) -> list[ListedPerson]:
        """Return the people. `merged`: columns whose cell lies over several homes."""
        row = self._row
        phones, odd = cells.phones_of(row.get(F.PHONE))
        relation, unknown = cells.relation_of(row.get(F.RELATION))
        people, more = people_of(row.get(F.OWNER), row.get(F.CO_OWNER), phones, relation)
        for code in sorted(odd | more | ({unknown} if unknown else set())):
            self._say(code, FIELD_OF.get(code, F.PHONE))
        for field in PEOPLE:
            if field in merged and cells.text_of(row.get(field)):
                self._say(Code.OWNER_MERGED, field)
        return people
