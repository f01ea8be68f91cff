"""Comparison of a file's homes with those already there. Nothing there is ever changed."""

from collections.abc import Iterator, Sequence
from typing import Final

from services.dependencies import Dependencies
from services.places import actions as places
from services.places.models import Place
from services.register.models import Import
from services.register.sheet.models import (
    Code,
    Column,
    Counts,
    Field,
    ListedHome,
    RowProblem,
    Severity,
)
from services.register.sheet.problems import problem
from services.residencies import enrolment

SHOWN: Final = {Field.AREA: "面积", Field.USAGE: "用途", Field.OWNER: "住户或电话"}
People = set[tuple[str, str]]


class Comparison:
    """Count of what is new and what differs, over the batches of one file."""

    def __init__(self, deps: Dependencies, found: Import) -> None:
        self._deps = deps
        self._import = found
        self._new = self._existing = self._changed = 0
        self._errors = self._warnings = 0

    async def problems(self, homes: Sequence[ListedHome]) -> list[RowProblem]:
        """Problems of these homes: where they differ from those that are there."""
        paths = [home.path(self._import.place) for home in homes]
        there = {p.id: p for p in await places.find_many(self._deps, paths)}
        known = await enrolment.known_people(self._deps, sorted(there)) if there else {}
        found: list[RowProblem] = []
        for path, home in zip(paths, homes, strict=True):
            if path in there:
                found += self._differences(home, there[path], known.get(path, set()))
            elif not home.repeats:
                self._new += 1
        return found

    def _differences(self, home: ListedHome, place: Place, known: People) -> list[RowProblem]:
        self._existing += not home.repeats
        if home.name != place.name:
            self._errors += 1
            names = {"name": home.name, "other": place.name}
            return [self._problem(Code.SAME_SEGMENT, home.row, Field.HOME, **names)]
        found = [
            self._problem(Code.HOME_DIFFERS, home.row, field, what=SHOWN[field])
            for field in _different(home, place, known)
        ]
        self._warnings += len(found)
        self._changed += bool(found) and not home.repeats
        return found

    def _problem(self, code: Code, row: int, field: Field, **words: str) -> RowProblem:
        columns = {column.meaning: column for column in self._import.columns}
        column = columns.get(field, Column("", ""))
        return problem(code, row, column.letter, column.heading, **words)

    def add_to(self, counts: Counts) -> Counts:
        """Add what was compared to the file's own counts."""
        counts.new_homes = self._new
        counts.existing_homes = self._existing
        counts.changed_homes = self._changed
        counts.errors += self._errors
        counts.warnings += self._warnings
        return counts


def _different(home: ListedHome, place: Place, known: People) -> Iterator[Field]:
    if home.area not in {None, place.area} and not home.repeats:
        yield Field.AREA
    if home.usage is not place.usage and not home.repeats:
        yield Field.USAGE
    if not {(person.name, person.phone or "") for person in home.people} <= known:
        yield Field.OWNER


def keep_within(problems: Sequence[RowProblem], room: dict[Severity, int]) -> list[RowProblem]:
    """Return as many problems of each severity as there is room for, and take the room."""
    kept = []
    for one in problems:
        if room[one.severity] > 0:
            room[one.severity] -= 1
            kept.append(one)
    return kept
