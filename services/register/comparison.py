"""Comparison of a file's homes with those already there. Nothing there is changed by it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from services.dependencies import Dependencies
from services.places import actions as places
from services.places import homes as place_homes
from services.places.doors import number_on, without_zeros
from services.places.models import Kind, Place
from services.register.corrections import facts_of, right
from services.register.models import Import
from services.register.sheet.models import (
    Code,
    Counts,
    Field,
    ListedHome,
    RowProblem,
    Severity,
)
from services.register.sheet.names import home as home_label
from services.register.sheet.problems import NO_COLUMN, problem
from services.residencies import enrolment

SHOWN: Final = {Field.AREA: "面积", Field.USAGE: "用途", Field.OWNER: "住户或电话"}
CORRECTED: Final = "确认时可选择按表更正"
THEN: Final = {
    Field.AREA: CORRECTED,
    Field.USAGE: CORRECTED,
    Field.OWNER: "本次不修改",
}
People = set[tuple[str, str]]
Renamed = dict[tuple[str, str], str]
MOST_MERGES: Final = 20  # one into the next; more are a circle
HOMES: Final = 1000  # of a unit, looked through for another spelling of a number


class Comparison:
    """Count of what is new and what differs, over the batches of one file."""

    def __init__(self, deps: Dependencies, found: Import) -> None:
        self._deps = deps
        self._import = found
        self._new = self._existing = self._changed = 0
        self._errors = self._warnings = 0
        self._renamed: Renamed | None = None
        self.has_differences = False  # another area or use, in the latest batch

    async def problems(self, homes: Sequence[ListedHome]) -> list[RowProblem]:
        """Problems of these homes: where they differ from those that are there.

        A home that is there under another spelling (0101 for 101) gets that spelling.
        """
        self.has_differences = False
        await self._follow_renamed(homes)
        there = await self._there(homes)
        found = await self._follow_merged(homes, there)
        found += await self._respell(homes, there)
        there |= await self._there(homes)
        known = await enrolment.known_people(self._deps, sorted(there)) if there else {}
        for home in homes:
            path = home.path(self._import.place)
            if path in there:
                found += self._differences(home, there[path], known.get(path, set()))
            elif not home.repeats:
                self._new += 1
        return found

    async def _follow_renamed(self, homes: Sequence[ListedHome]) -> None:
        """Give homes whose number was corrected the path that they kept."""
        compound = self._import.place
        if self._renamed is None:
            self._renamed = await place_homes.renamed_under(self._deps, compound)
        for home in homes if self._renamed else ():
            unit = home.path(compound).rpartition(".")[0]
            path = self._renamed.get((unit, home.name))
            home.home = path.rpartition(".")[2] if path else home.home

    async def _follow_merged(
        self, homes: Sequence[ListedHome], there: dict[str, Place]
    ) -> list[RowProblem]:
        """Give homes that were merged into others the path and name of those."""
        compound = self._import.place
        ends = await self._ends({path for one in there.values() if (path := one.merged_into)})
        found = []
        for home in homes:
            place = there.get(home.path(compound))
            end = ends.get(place.merged_into or "") if place else None
            if end is None:
                continue
            shown = {"name": home.name, "other": end.name, "earlier": "已登记"}
            found.append(self._problem(Code.SAME_ROOM, home, Field.HOME, **shown))
            self._warnings += 1
            home.home, home.name = end.id.rpartition(".")[2], end.name
            home.repeats = True  # of the other home the register knows the area and use
        return found

    async def _ends(self, targets: set[str]) -> dict[str, Place]:
        """Return path → home in which its chain of merges ends; none for a circle.

        A home of a circle stays what it is, a retired one, and its row an error.
        """
        ends: dict[str, Place] = {}
        ways = {path: path for path in targets}  # from → where it leads so far
        for _ in range(MOST_MERGES if targets else 0):
            known = await places.find_many(self._deps, sorted(set(ways.values())))
            there = {place.id: place for place in known}
            ends |= {a: there[b] for a, b in ways.items() if b in there}
            ways = {a: end.merged_into for a, end in ends.items() if end.merged_into}
            if not ways:
                return ends
        return {path: end for path, end in ends.items() if path not in ways}

    async def _there(self, homes: Sequence[ListedHome]) -> dict[str, Place]:
        """Return path → home for those of these homes that are there."""
        paths = [home.path(self._import.place) for home in homes]
        return {place.id: place for place in await places.find_many(self._deps, paths)}

    async def _respell(
        self, homes: Sequence[ListedHome], there: Mapping[str, Place]
    ) -> list[RowProblem]:
        """Give homes that are not there the number under which their unit has the same room."""
        place = self._import.place
        fresh = [home for home in homes if home.path(place) not in there]
        spelled: dict[str, dict[str, Place]] = {}
        units = sorted({home.path(place).rpartition(".")[0] for home in fresh})
        for known in await places.find_many(self._deps, units):
            spelled[known.id] = await self._rooms(known.id)
        found = []
        for home in fresh:
            unit = home.path(place).rpartition(".")[0]
            same = spelled.get(unit, {}).get(without_zeros(home.home))
            if same is None or home.usage is not same.usage:
                continue
            shown = {"name": home.name, "other": number_on(same.name), "earlier": "已登记"}
            found.append(self._problem(Code.SAME_ROOM, home, Field.HOME, **shown))
            self._warnings += 1
            home.home, home.name = same.id.rpartition(".")[2], same.name
        return found

    async def _rooms(self, unit: str) -> dict[str, Place]:
        """Return number without zeros and notes → home of a unit."""
        homes = await places.of_kind_under(self._deps, unit, Kind.HOME, after="", limit=HOMES)
        rooms: dict[str, Place] = {}
        for home in homes:
            label, _ = home_label(number_on(home.name) or home.name, home.usage)
            rooms.setdefault(without_zeros(label.segment), home)
        return rooms

    def _differences(self, home: ListedHome, place: Place, known: People) -> list[RowProblem]:
        self._existing += not home.repeats
        if (wrong := _wrong(home, place)) is not None:
            self._errors += 1
            names = {"name": home.name, "other": place.name}
            return [self._problem(wrong, home, Field.HOME, **names)]
        if right(home, place) is not None:
            self.has_differences, home.shown = True, facts_of(place)
        found = [
            self._problem(Code.HOME_DIFFERS, home, field, what=SHOWN[field], then=THEN[field])
            for field in _different(home, place, known)
        ]
        self._warnings += len(found)
        self._changed += bool(found) and not home.repeats
        return found

    def _problem(self, code: Code, home: ListedHome, field: Field, **words: str) -> RowProblem:
        columns = {
            column.meaning: column
            for column in self._import.columns
            if column.sheet == home.sheet
        }
        sheet = (home.sheet_number, home.sheet)
        return problem(code, sheet, home.row, columns.get(field, NO_COLUMN), **words)

    def add_to(self, counts: Counts) -> Counts:
        """Add what was compared to the file's own counts."""
        counts.new_homes = self._new
        counts.existing_homes = self._existing
        counts.changed_homes = self._changed
        counts.errors += self._errors
        counts.warnings += self._warnings
        return counts


def _wrong(home: ListedHome, place: Place) -> Code | None:
    """Return the error of a row whose path belongs to another home, or to none."""
    if place.retired_from is not None:
        return Code.HOME_RETIRED
    if home.name != place.name:
        return Code.HOME_RENAMED if place.renamed else Code.SAME_SEGMENT
    return None


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
