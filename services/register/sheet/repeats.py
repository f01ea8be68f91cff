"""Repeats of a home in one file: a later row may repeat it or add people to it."""

from typing import Any

from msgspec import Struct

from services.places.models import Usage
from services.register.sheet.models import Code, Field, ListedHome


class RowRefused(Exception):
    """The row brings nothing to import; `code` says why."""

    def __init__(self, code: Code, field: Field | None = None, **words: Any) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.words = words


class Seen(Struct, gc=False):
    """What an earlier row said of a home: enough to tell whether a later one agrees."""

    row: int
    name: str
    area: int | None
    usage: Usage
    people: set[int]


class Repeats:
    """Memory of one file: about 400 bytes a home."""

    def __init__(self) -> None:
        self._homes: dict[str, Seen] = {}
        self._units: set[str] = set()
        self._buildings: set[str] = set()

    def __contains__(self, path: str) -> bool:
        return path in self._homes

    def totals(self) -> tuple[int, int, int]:
        """Return how many buildings, units and homes there have been."""
        return len(self._buildings), len(self._units), len(self._homes)

    def admit(self, path: str, home: ListedHome, *, adds: bool) -> None:
        """Let the home through, a repeated one with its new people only. Raises RowRefused.

        `adds`: the row says of itself that it only brings more people.
        """
        seen = self._homes.get(path)
        people = {hash(person): person for person in home.people}
        if seen is None:
            self._homes[path] = Seen(home.row, home.name, home.area, home.usage, set(people))
            self._units.add(path.rpartition(".")[0])
            self._buildings.add(home.building)
            return
        fresh = [person for key, person in people.items() if key not in seen.people]
        agrees = home.area in {None, seen.area} and home.usage is seen.usage
        if home.name != seen.name:
            raise RowRefused(Code.SAME_SEGMENT, Field.HOME, name=home.name, other=seen.name)
        if not agrees or (fresh and not adds):
            raise RowRefused(Code.DUPLICATE_DIFFERENT, Field.HOME, earlier=seen.row)
        if not fresh:
            raise RowRefused(Code.DUPLICATE_SAME, Field.HOME, earlier=seen.row)
        home.people, home.number, home.repeats = fresh, len(seen.people), True
        seen.people |= set(people)
