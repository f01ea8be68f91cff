"""Repeats of a home in one file: a later row may repeat it or add people to it."""

import re
from typing import Any, Final

from msgspec import Struct

from services.places.doors import without_zeros
from services.places.models import Usage
from services.register.sheet.models import Code, Field, ListedHome, ListedPerson
from services.register.sheet.names import NO_UNIT

DASHES: Final = re.compile(r"(?<=\d)-(?=\d)")


class RowRefused(Exception):
    """Refusal of a row that has no home to import; `code` says why."""

    def __init__(self, code: Code, field: Field | None = None, **words: Any) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.words = words


class Seen(Struct, gc=False):
    """Facts of a home from an earlier row: enough to tell whether a later one agrees.

    `people`: hashes of the people, and of their names alone; `number`: how many people.
    """

    row: int
    sheet_number: int
    name: str
    area: int | None
    usage: Usage
    people: tuple[int, ...]  # a set of so few takes three times as much
    number: int


class Repeats:
    """Homes of one file that were seen; about 350 bytes each."""

    def __init__(self) -> None:
        self._homes: dict[str, Seen] = {}
        self._units: set[str] = set()
        self._buildings: set[str] = set()
        # Other spellings: path with the number as it might also be written → path
        self._spellings: dict[str, str] = {}
        # Flats by building and number, without regard to the unit: path of the first
        self._in_units: dict[str, str] = {}
        self._without_unit: dict[str, str] = {}

    def __contains__(self, path: str) -> bool:
        return path in self._homes

    def totals(self) -> tuple[int, int, int]:
        """Return how many buildings, units and homes were seen."""
        return len(self._buildings), len(self._units), len(self._homes)

    def seen(self, path: str) -> Seen:
        """Facts of a home that was seen."""
        return self._homes[path]

    def same_room(self, unit: str, home: str) -> str | None:
        """Return the path under which an earlier row wrote this flat: 0101 for 101."""
        path, key = f"{unit}.{home}", f"{unit}.{without_zeros(home)}"
        if path in self._homes:
            return None
        return key if key in self._homes else self._spellings.get(key)

    def may_be_same(self, unit: str, home: str) -> str | None:
        """Return the path of an earlier flat that may be this one; None for none.

        5-02 and 502; 502 without a unit and 502 in one.
        """
        path = f"{unit}.{home}"
        if path in self._homes:
            return None
        loose = f"{unit}.{DASHES.sub('', home.replace('_2d_', '-'))}"
        found = self._spellings.get(f"~{loose}")
        if loose != path and loose in self._homes:
            return loose
        building, _, last = unit.rpartition(".")
        others = self._in_units if last == NO_UNIT else self._without_unit
        return found or others.get(f"{building}.{home}")

    def add(self, path: str, home: ListedHome, *, adds: bool) -> None:
        """Add a home; a repeated one is left with its new people only. Raises RowRefused.

        `adds`: the row says of itself that it only brings more people.
        """
        seen = self._homes.get(path)
        if seen is None:
            self._add(path, home)
            return
        fresh = [person for person in home.people if hash(person) not in seen.people]
        agrees = home.area in {None, seen.area} and home.usage is seen.usage
        if home.name != seen.name:
            raise RowRefused(Code.SAME_SEGMENT, Field.HOME, name=home.name, other=seen.name)
        if not agrees:
            raise RowRefused(Code.DUPLICATE_DIFFERENT, Field.HOME)
        if not fresh:
            raise RowRefused(Code.DUPLICATE_SAME, Field.HOME)
        if not adds:
            only_phones = all(_named(person) in seen.people for person in fresh)
            code = Code.DUPLICATE_PHONE if only_phones else Code.DUPLICATE_DIFFERENT
            raise RowRefused(code, Field.PHONE if only_phones else Field.HOME)
        home.people, home.number, home.repeats = fresh, seen.number, True
        seen.people = (*seen.people, *_hashes(fresh))
        seen.number += len(fresh)

    def _add(self, path: str, home: ListedHome) -> None:
        self._homes[path] = Seen(
            *(home.row, home.sheet_number, home.name, home.area, home.usage),
            *(_hashes(home.people), len(home.people)),
        )
        unit = path.rpartition(".")[0]
        self._units.add(unit)
        self._buildings.add(home.building)
        if home.usage is not Usage.FLAT:
            return
        key, loose = without_zeros(home.home), DASHES.sub("", home.home.replace("_2d_", "-"))
        if key != home.home:
            self._spellings.setdefault(f"{unit}.{key}", path)
        if loose != home.home.replace("_2d_", "-"):
            self._spellings.setdefault(f"~{unit}.{loose}", path)
        found = self._without_unit if home.unit == NO_UNIT else self._in_units
        found.setdefault(f"{home.building}.{home.home}", path)


def _named(person: ListedPerson) -> int:
    return hash((person.name, person.relation))


def _hashes(people: list[ListedPerson]) -> tuple[int, ...]:
    return (*map(hash, people), *map(_named, people))
