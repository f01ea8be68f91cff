"""Building and unit of a row: written in it, before its number, or above it."""

from collections.abc import Callable
from typing import Final

from msgspec import Struct

from services.places.models import Usage
from services.register.rows.repeats import RowRefused
from services.register.sheet import names
from services.register.sheet.models import Code, Field
from services.register.sheet.names import Label, Parts

Say = Callable[..., None]
At = tuple[int, int | None]  # row from 1; column of the sheet from 0, None for the whole row
NO_UNIT: Final = Label(names.NO_UNIT, names.NO_UNIT_NAME)
OF_SHEET: Final = frozenset({Code.BUILDING_FROM_TITLE, Code.BUILDING_FROM_SHEET})


class Above(Struct):
    """What holds for the rows below. `said_by`: how it is known; None: an earlier row has it.

    `at`: row and column of the title that says so. `is_broken`: nobody knows, because a cell
    above cannot be read.
    """

    label: Label | None = None
    said_by: Code | None = None
    at: At | None = None
    is_broken: bool = False


class Written(Struct, frozen=True):
    """Words of a row. `parts`: its home number, taken apart; `usage`: of the home."""

    building: str
    unit: str
    home: str
    parts: Parts
    usage: Usage


class Places:
    """Building and unit in effect, row by row. `say`: tells a problem of the present row."""

    def __init__(self, say: Say, *, has_building_column: bool) -> None:
        self._say = say
        self._has_building_column = has_building_column
        self._building = Above()
        self._unit = Above()
        # Buildings in which the number before a dash was the building, and the unit.
        self._by_building: set[str] = set()
        self._by_unit: set[str] = set()
        self._told: set[At | None] = set()
        self._asked: set[str] = set()  # buildings
        self.inferred: set[Code] = set()  # in the present row

    def open(self, building: str, unit: str, said_by: Code, at: At) -> None:
        """Let a title, the sheet's name or a row of its own name building and unit."""
        if building:
            self._building = Above(names.building(building), said_by, at)
            self._unit = Above()
        if unit:
            self._unit = Above(names.unit(unit), said_by, at)

    def forget(self, *, building: bool, unit: bool) -> None:
        """Forget what is above: a cell between cannot be read, so it holds no longer."""
        if building:
            self._building = Above(is_broken=True)
        if building or unit:
            self._unit = Above(is_broken=unit or self._unit.is_broken)

    def note(self, building: str, unit: str) -> None:
        """Note building and unit of a row without a home: they hold for the rows below."""
        if label := names.building(building):
            self._enter(label)
        if label := names.unit(unit):
            self._unit = Above(label)

    def of(self, row: Written) -> tuple[Label, Label]:
        """Return building and unit of a row. Raises RowRefused."""
        building, prefix = self._building_of(row)
        unit = self._unit_of(row, building, prefix)
        return building, unit

    def _building_of(self, row: Written) -> tuple[Label, str]:
        """Return the building, and what stands before the number and is not the building."""
        parts, above = row.parts, self._building
        named = names.building(row.building or parts.building)
        if row.building and named is None:
            raise RowRefused(Code.BUILDING_MISSING, Field.BUILDING)
        if names.names_both(row.building):
            raise RowRefused(Code.PLACE_CONTRADICTS, Field.BUILDING, name=row.unit)
        if parts.building:
            self._require_same(names.building(parts.building), self._stated(row.building))
        if named is not None:
            if row.building:
                self._ask(row.building, named)
            self._enter(named, column=bool(row.building))
            return named, parts.prefix
        if parts.prefix and not self._has_building_column and above.said_by is None:
            return self._from_prefix(parts, row.home), ""
        return self._building_above(), parts.prefix

    def _ask(self, word: str, named: Label) -> None:
        """Ask once about a building that may be another one under a longer name."""
        other = names.usual(word)
        if other is not None and named.segment not in self._asked:
            self._asked.add(named.segment)
            words = {"name": named.name, "other": other.name}
            self._say(Code.BUILDING_UNUSUAL, Field.BUILDING, **words)

    def _stated(self, word: str) -> Label | None:
        """Return the building that the row's cell, a section or a title states."""
        if word:
            return names.building(word)
        return self._building.label if self._building.said_by else None

    def _require_same(self, one: Label | None, other: Label | None) -> None:
        if one and other and one.segment != other.segment:
            raise RowRefused(Code.PLACE_CONTRADICTS, Field.HOME, name=other.name)

    def _from_prefix(self, parts: Parts, home: str) -> Label:
        building = names.building(parts.prefix)
        if building is None:
            raise RowRefused(Code.BUILDING_MISSING, Field.HOME)
        self._enter(building, column=False)
        shown = f"{building.name}{parts.room}室"
        self._say(Code.BUILDING_FROM_HOME, Field.HOME, text=home, name=shown)
        return building

    def _building_above(self) -> Label:
        above = self._building
        if above.is_broken:
            raise RowRefused(Code.BUILDING_UNCLEAR, Field.BUILDING)
        if above.label is None or (above.said_by is None and not self._has_building_column):
            raise RowRefused(Code.BUILDING_MISSING, Field.BUILDING)
        self._tell(above, Field.BUILDING)
        return above.label

    def _tell(self, above: Above, field: Field) -> None:
        """Tell of what is above: of a title once, at its place, of a row each time."""
        if above.said_by:
            self.inferred.add(above.said_by)
            if above.said_by in OF_SHEET and above.label and above.at not in self._told:
                self._told.add(above.at)
                self._say(above.said_by, at=above.at, name=above.label.name)
        elif above.label:
            self._say(Code.FILLED_DOWN, field, name=above.label.name)

    def _enter(self, building: Label, *, column: bool = True) -> None:
        """Go on in a building: the unit of another one holds no longer."""
        stated = self._building
        if stated.label and stated.label.segment == building.segment:
            return
        if stated.label and stated.said_by in OF_SHEET and column:
            words = {"name": building.name, "other": stated.label.name}
            self._say(Code.SHEET_DIFFERS, Field.BUILDING, **words)
        self._unit = Above()
        self._building = Above(building)

    def _unit_of(self, row: Written, building: Label, prefix: str) -> Label:
        """Return the unit; only flats take it from above: shops often have none."""
        if names.names_both(row.unit):
            raise RowRefused(Code.PLACE_CONTRADICTS, Field.UNIT, name=building.name)
        own = names.building(prefix) if prefix else None
        is_own = own is not None and own.segment == building.segment
        named = names.unit(row.unit or row.parts.unit)
        before = names.unit(prefix) if prefix else None
        if named is not None:
            self._require_same(names.unit(row.parts.unit), named)
            if not is_own:
                self._require_same(before, named)
            self._unit = Above(named)
            return named
        above = self._unit
        if before is not None and (not is_own or above.label == before):
            return self._unit_before(row, building, before)
        if is_own:
            return self._no_unit(row, building)
        if row.usage is not Usage.FLAT:
            return NO_UNIT
        if above.is_broken:
            raise RowRefused(Code.UNIT_UNCLEAR, Field.UNIT)
        self._tell(above, Field.UNIT)
        return above.label or NO_UNIT

    def _unit_before(self, row: Written, building: Label, unit: Label) -> Label:
        """Take the number before the dash for the unit."""
        if building.segment in self._by_building:
            raise RowRefused(Code.UNIT_UNCLEAR, Field.HOME)
        self._by_unit.add(building.segment)
        self._unit = Above(unit)
        shown = f"{unit.name}{row.parts.room}室"
        self._say(Code.UNIT_FROM_HOME, Field.HOME, text=row.home, name=shown)
        return unit

    def _no_unit(self, row: Written, building: Label) -> Label:
        """Take the number before the dash for the building itself, where no unit is known."""
        if self._unit.label or self._unit.is_broken or building.segment in self._by_unit:
            raise RowRefused(Code.UNIT_UNCLEAR, Field.HOME)
        self._by_building.add(building.segment)
        shown = f"{building.name}{row.parts.room}室"
        self._say(Code.BUILDING_FROM_HOME, Field.HOME, text=row.home, name=shown)
        return NO_UNIT
