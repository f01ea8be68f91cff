"""Rows of a sheet made into homes, one by one, remembering what the rows above said."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from services.places.models import Usage
from services.register.sheet import cells, names
from services.register.sheet.cells import Cell
from services.register.sheet.headings import Headings, Merged, Range, meaning
from services.register.sheet.models import (
    Code,
    Column,
    Counts,
    Field,
    ListedHome,
    ListedPerson,
    RowProblem,
    Severity,
)
from services.register.sheet.names import people_of
from services.register.sheet.problems import problem
from services.register.sheet.repeats import Repeats, RowRefused
from services.residencies.models import Relation

F = Field
Row = dict[Field, Cell]
LONGEST_PATH: Final = 120  # services/kernel/paths.py PlacePath
TOTALS: Final = ("合计", "总计", "小计", "共计")
FIELD_OF: Final = {
    Code.RELATION_UNKNOWN: F.RELATION,
    Code.OWNER_NOTE: F.OWNER,
    Code.OWNERS_BY_SPACE: F.OWNER,
    Code.OWNER_TOO_LONG: F.OWNER,
}


class Register:
    """Reads rows in their order. `problems` fills up; the caller empties it."""

    def __init__(
        self, compound: str, headings: Headings, ranges: Iterable[Range], *, first_column: int
    ) -> None:
        self.counts = Counts()
        self.problems: list[RowProblem] = []
        self._room = LONGEST_PATH - len(compound) - 1
        self._headings = headings
        self._first_column = first_column
        columns = {f: i + first_column for f, i in headings.columns.items()}
        self._merged = Merged(ranges, columns)
        self._above: dict[Field, str] = {}
        self._building_names: dict[str, str] = {}
        self._repeats = Repeats()
        self._row = headings.last_row
        if F.AREA not in headings.columns:
            self._say(Code.AREA_COLUMN_MISSING)

    def columns(self) -> list[Column]:
        """Say how each column with a heading was understood."""
        fields = {index: field for field, index in self._headings.columns.items()}
        return [
            Column(letter(i + self._first_column), text, fields.get(i, ""))
            for i, text in enumerate(self._headings.texts)
            if text
        ]

    def read(self, number: int, given: Sequence[Cell]) -> ListedHome | None:
        """Return the home of row `number`, as Excel counts; None when it has none to import."""
        self._row = number
        columns = self._headings.columns
        row = {f: given[i] if i < len(given) else "" for f, i in columns.items()}
        words = [text for cell in given if (text := cells.text_of(cell))]
        if not words or meaning(row[F.HOME]) is F.HOME:  # empty, or the headings once more
            return None
        self.counts.rows += 1
        filled = self._merged.fill(number - 1, row)
        errors = self.counts.errors
        try:
            self._skip_notes(row, words)
            home = self._home(row, repeats=F.HOME in filled)
        except RowRefused as refused:
            self._say(refused.code, refused.field, **refused.words)
            return None
        return home if self.counts.errors == errors else None

    def _skip_notes(self, row: Row, words: list[str]) -> None:
        """Leave out sums, and titles between the rows."""
        if not cells.word_of(row[F.HOME]) and (len(words) == 1 or words[0] in TOTALS):
            self.counts.skipped_rows += 1
            raise RowRefused(Code.ROW_SKIPPED)

    def _home(self, row: Row, *, repeats: bool) -> ListedHome:
        building, unit, label, usage = self._place(row)
        path = f"{building.segment}.{unit.segment}.{label.segment}"
        if len(path) > self._room:
            raise RowRefused(Code.NAME_TOO_LONG, F.HOME)
        home = ListedHome(
            row=self._row,
            building=building.segment,
            building_name=self._building_names.setdefault(building.segment, building.name),
            unit=unit.segment,
            unit_name=unit.name,
            home=label.segment,
            name=label.name,
            usage=usage,
            area=self._area(row, known=path in self._repeats),
            people=self._people(row),
        )
        owners = any(person.relation is Relation.OWNER for person in home.people)
        self._repeats.admit(path, home, adds=repeats or not owners)
        self.counts.people += len(home.people)
        counts = self.counts
        counts.buildings, counts.units, counts.homes = self._repeats.totals()
        return home

    def _place(self, row: Row) -> tuple[names.Label, names.Label, names.Label, Usage]:
        for field in (F.BUILDING, F.UNIT, F.HOME):
            if cells.is_date(row.get(field)):
                raise RowRefused(Code.CELL_IS_DATE, field)
        named = [cells.word_of(row.get(field)) for field in (F.BUILDING, F.UNIT, F.HOME)]
        building_word, unit_word, word = _apart(*named)
        if not names.has_core(word):
            raise RowRefused(Code.HOME_MISSING, F.HOME)
        building = self._building(building_word)
        label, usage = names.home(word, self._usage(row))
        return building, self._unit(unit_word, usage), label, usage

    def _building(self, word: str) -> names.Label:
        above = self._above.get(F.BUILDING, "")
        building = names.building(word or above)
        if building is None:
            raise RowRefused(Code.BUILDING_MISSING, F.BUILDING)
        if not word:
            self._say(Code.FILLED_DOWN, F.BUILDING, name=above)
        elif word != above:
            self._above = {F.BUILDING: word}
        return building

    def _unit(self, word: str, usage: Usage) -> names.Label:
        """Only flats take the unit of the row above: shops and garages often have none."""
        above = self._above.get(F.UNIT, "") if usage is Usage.FLAT else ""
        unit = names.unit(word or above)
        if unit is None:
            return names.Label(names.NO_UNIT, names.NO_UNIT_NAME)
        if word:
            self._above[F.UNIT] = word
        else:
            self._say(Code.FILLED_DOWN, F.UNIT, name=above)
        return unit

    def _usage(self, row: Row) -> Usage | None:
        text = cells.word_of(row.get(F.USAGE))
        if text in cells.NOTHING:
            return None
        found = cells.usage_of(text)
        if found is None:
            self._say(Code.USAGE_UNKNOWN, F.USAGE)
            return Usage.FLAT
        return found[0]

    def _area(self, row: Row, *, known: bool) -> int | None:
        if F.AREA not in row:
            return None
        area, odd = cells.area_of(row[F.AREA])
        if odd is not None and not (known and odd is Code.AREA_MISSING):
            self._say(odd, F.AREA)
        return area

    def _people(self, row: Row) -> list[ListedPerson]:
        phones, odd = cells.phones_of(row.get(F.PHONE))
        relation, unknown = cells.relation_of(row.get(F.RELATION))
        people, more = people_of(row.get(F.OWNER), row.get(F.CO_OWNER), phones, relation)
        for code in sorted(odd | more | ({unknown} if unknown else set())):
            self._say(code, FIELD_OF.get(code, F.PHONE))
        return people

    def _say(self, code: Code, field: Field | None = None, **words: Any) -> None:
        index = self._headings.columns.get(field) if field else None
        column = heading = ""
        if index is not None:
            column = letter(index + self._first_column)
            heading = self._headings.texts[index]
        found = problem(code, self._row, column, heading, **words)
        self.problems.append(found)
        if found.severity is Severity.ERROR:
            self.counts.errors += 1
        else:
            self.counts.warnings += 1


def _apart(building: str, unit: str, home: str) -> tuple[str, str, str]:
    """Take building and unit out of 3-2-502 or 2-502 where their own cells are empty."""
    if not building and (full := names.split_full(home)):
        return full
    if not unit and (pair := names.split_unit(home)):
        return building, *pair
    return building, unit, home


def letter(index: int) -> str:
    """Name a column as Excel does: 0 → A, 26 → AA."""
    name = ""
    number = index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
