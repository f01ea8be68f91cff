"""Register of a file: its rows made into homes, one by one, sheet after sheet."""

from collections.abc import Sequence
from typing import Any, Final

from services.register.rows.buildings import Buildings
from services.register.rows.entries import Entry
from services.register.rows.merged import Merged
from services.register.rows.phones import Phones
from services.register.rows.places import At, Places, Written
from services.register.rows.repeats import RowRefused
from services.register.rows.rooms import Rooms
from services.register.rows.sections import FACTS, MOST_WORDS, Section, section_of
from services.register.rows.sums import is_footer, is_heading, is_sum
from services.register.sheet import cells, names
from services.register.sheet.cells import Cell
from services.register.sheet.headings import letter
from services.register.sheet.layout import Frame
from services.register.sheet.models import (
    BuildingCount,
    Code,
    Column,
    Counts,
    Field,
    ListedHome,
    RowProblem,
    Severity,
)
from services.register.sheet.problems import NO_COLUMN, problem
from services.residencies.models import Relation

F = Field
Row = dict[Field, Cell]
LONGEST_PATH: Final = 120  # services/kernel/paths.py PlacePath
LONGEST_SHOWN: Final = 20


class Register:
    """Register of one file, read row by row. `problems` fills up; the caller empties it."""

    def __init__(self, compound: str) -> None:
        self.counts = Counts()
        self.problems: list[RowProblem] = []
        self._room = LONGEST_PATH - len(compound) - 1
        self._rooms = Rooms(self._say)
        self._phones = Phones()
        self._buildings = Buildings()
        self._said: set[tuple[str, Code]] = set()

    def begin(self, frame: Frame) -> None:
        """Begin a sheet: what is hidden in it, and which building its title or name says."""
        self._frame = frame
        self._rooms.begin(frame.number, frame.name)
        columns = {f: i + frame.first_column for f, i in frame.headings.columns.items()}
        self._columns = columns
        self._merged = Merged(frame.ranges, columns)
        self._places = Places(self._say, has_building_column=F.BUILDING in columns)
        self._row = frame.headings.last_row
        self._said = set()
        if F.AREA not in columns:
            self._say(Code.AREA_COLUMN_MISSING)
        for meaning, column in columns.items():
            if frame.layout.is_hidden_column(column):
                self._say(Code.HIDDEN_COLUMN, meaning)
        self._name_building(frame)

    def _name_building(self, frame: Frame) -> None:
        """Take the building from the titles or the sheet's name; from none when they differ."""
        named: dict[str, tuple[str, str, Code, At]] = {}
        head = frame.headings
        said: list[tuple[str, Code, At]] = [
            (text, Code.BUILDING_FROM_TITLE, (row, index + frame.first_column))
            for row, index, text in head.titles
        ]
        said.append((frame.name, Code.BUILDING_FROM_SHEET, (head.first_row, None)))
        for text, code, at in said:
            word, unit = names.mentioned(cells.text_of(text))
            label = names.building(word)
            if label is not None:
                named.setdefault(label.segment, (word, unit, code, at))
        if len(named) == 1:
            self._places.open(*named.popitem()[1])
        elif named:
            self._places.forget(building=True, unit=True)

    def buildings(self) -> list[BuildingCount]:
        """Return the buildings of the file, as far as it was read."""
        return self._buildings.shown()

    def read(self, number: int, given: Sequence[Cell]) -> ListedHome | None:
        """Return the home of row `number`, as Excel counts; None when it has none to import."""
        self._row, self._said, self._places.inferred = number, set(), set()
        columns = self._frame.headings.columns
        row = {f: given[i] if i < len(given) else "" for f, i in columns.items()}
        broken = self._broken(row)
        words = [text for cell in given if (text := cells.text_of(cell))]
        if (not words and not broken) or (words and is_heading(row, words)):
            return None
        self.counts.rows += 1
        filled = self._merged.fill(number - 1, row)
        errors = self.counts.errors
        try:
            if broken:
                self._refuse_broken(row, broken)
                return None
            if self._is_note(row, given, words):
                return None
            home = self._home(row, filled)
        except RowRefused as refused:
            self._say(refused.code, refused.field, **refused.words)
            return None
        return home if self.counts.errors == errors else None

    def _broken(self, row: Row) -> list[Field]:
        """Return the columns whose cells hold errors instead of what people wrote."""
        marked = self._frame.layout.broken.get(self._row, set())
        return [
            field
            for field, cell in row.items()
            if self._columns[field] in marked or cells.is_error(cell)
        ]

    def _refuse_broken(self, row: Row, broken: Sequence[Field]) -> None:
        """Tell each cell that cannot be read. Nothing is filled down over it."""
        for field in broken:
            self._say(Code.CELL_ERROR, field)
        places = {f: cells.word_of(row.get(f)) for f in (F.BUILDING, F.UNIT) if f not in broken}
        self._places.note(places.get(F.BUILDING, ""), places.get(F.UNIT, ""))
        self._places.forget(building=F.BUILDING in broken, unit=F.UNIT in broken)

    def _is_note(self, row: Row, given: Sequence[Cell], words: list[str]) -> bool:
        """Tell whether a row is a sum, a footer or a heading between the rows, and say so."""
        is_note = is_sum(row, words) or is_footer(row, words)
        section = None if is_note or len(words) > MOST_WORDS + 1 else self._section(given)
        if section is not None:
            at = (self._row, section.index + self._frame.first_column)
            self._places.open(section.building, section.unit, Code.SECTION_ROW, at)
            self._say(Code.SECTION_ROW, at=at, name=section.name[:LONGEST_SHOWN])
        elif is_note:
            self._say(Code.ROW_SKIPPED)
        elif not cells.word_of(row[F.HOME]) and len(words) == 1:
            self._say(Code.ROW_SKIPPED)
            is_fact = any(cells.text_of(row.get(field)) for field in FACTS)
            if not is_fact and not words[0].isdigit():
                # A heading that cannot be told: whose homes stand below it nobody knows.
                self._places.forget(building=True, unit=True)
        else:
            return False
        self.counts.skipped_rows += 1
        return True

    def _section(self, given: Sequence[Cell]) -> Section | None:
        return section_of(given, self._frame.headings.columns)

    def _home(self, row: Row, filled: set[Field]) -> ListedHome:
        entry = Entry(row, self._say)
        written = self._written(row, entry)
        building, unit = self._places.of(written)
        name = self._buildings.name(building.segment, building.name)
        label, usage = names.home(written.parts.room, written.usage)
        label = self._rooms.label(f"{building.segment}.{unit.segment}", label, usage)
        path = self._path(building, unit, label)
        beyond = {f for f in row if self._merged.beyond_home(self._row - 1, f)}
        home = ListedHome(
            row=self._row,
            building=building.segment,
            building_name=name,
            unit=unit.segment,
            unit_name=unit.name,
            home=label.segment,
            name=label.name,
            usage=usage,
            area=entry.area(known=path in self._rooms, is_merged=F.AREA in beyond),
            people=entry.people(merged=beyond),
            sheet=self._frame.name,
            sheet_number=self._frame.number,
        )
        if self._phones.are_shared(home.people):
            self._say(Code.PHONE_SHARED, F.PHONE)
        self._add(path, home, adds=F.HOME in filled)
        return home

    def _path(self, *places: names.Label) -> str:
        path = ".".join(place.segment for place in places)
        if len(path) > self._room:
            raise RowRefused(Code.NAME_TOO_LONG, F.HOME)
        return path

    def _written(self, row: Row, entry: Entry) -> Written:
        """Return the words that say where a home is. Raises RowRefused.

        Building and unit hold for the rows below even when the row has no home.
        """
        building, unit, word = (
            cells.word_of(row.get(field)) for field in (F.BUILDING, F.UNIT, F.HOME)
        )
        building, unit = names.apart(building, unit)
        try:
            entry.require_no_dates()
            number = entry.number(word)
        except RowRefused as refused:
            is_date = refused.code is Code.CELL_IS_DATE
            self._places.note(building, unit)
            self._places.forget(
                building=is_date and refused.field is F.BUILDING,
                unit=is_date and refused.field in {F.BUILDING, F.UNIT},
            )
            raise
        parts = names.parts(number)
        _, usage = names.home(parts.room, entry.usage())
        return Written(building, unit, number, parts, usage)

    def _add(self, path: str, home: ListedHome, *, adds: bool) -> None:
        """Count a home. Raises RowRefused when an earlier row has it."""
        self._buildings.infer(home.building, {*self._places.inferred, *self._codes()})
        owners = any(person.relation is Relation.OWNER for person in home.people)
        self._rooms.add(path, home, adds=adds or not owners)
        if self._row in self._frame.layout.hidden_rows:
            self._say(Code.HIDDEN_ROW)
            self._buildings.infer(home.building, {Code.HIDDEN_ROW})
        self._buildings.add(home, self._frame.name)
        self.counts.people += len(home.people)
        counts = self.counts
        counts.buildings, counts.units, counts.homes = self._rooms.totals()

    def _codes(self) -> set[Code]:
        return {code for _, code in self._said}

    def _say(
        self, code: Code, field: Field | None = None, *, at: At | None = None, **words: Any
    ) -> None:
        """Tell a problem of a column, or of a cell elsewhere; each once in a row."""
        row, column = self._row, self._frame.column(field)
        if at is not None:
            row, index = at
            column = NO_COLUMN if index is None else Column(letter(index), "")
        key = (column.letter, code)
        if key in self._said:
            return
        self._said.add(key)
        sheet = (self._frame.number, self._frame.name)
        found = problem(code, sheet, row, column, **words)
        self.problems.append(found)
        if found.severity is Severity.ERROR:
            self.counts.errors += 1
        else:
            self.counts.warnings += 1
