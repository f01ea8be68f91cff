"""Counts of each building of a file, for the eye of who confirms it."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from services.register.sheet.models import BuildingCount, Code, Inference, ListedHome
from services.register.sheet.problems import INFERRED

# A wrong reading can make a building of every row; the counts of the file say how many.
MOST_SHOWN: Final = 300


class Buildings:
    """Buildings of a file in the order of their first rows."""

    def __init__(self) -> None:
        self._counts: dict[str, BuildingCount] = {}
        self._inferred: dict[str, Counter[Code]] = {}
        self._units: dict[str, set[str]] = {}

    def name(self, segment: str, name: str) -> str:
        """Return the name by which a building came first; its spellings are one."""
        if segment not in self._counts:
            self._counts[segment] = BuildingCount(building=segment, name=name)
            self._inferred[segment] = Counter()
            self._units[segment] = set()
        return self._counts[segment].name

    def add(self, home: ListedHome, sheet: str) -> None:
        """Count a home, or the people whom a later row adds to it."""
        count = self._counts[home.building]
        count.people += len(home.people)
        if sheet not in count.sheets:
            count.sheets.append(sheet)
        if home.repeats:
            return
        self._units[home.building].add(home.unit)
        count.homes += 1
        count.area += home.area or 0
        count.homes_without_area += home.area is None

    def infer(self, segment: str, codes: Iterable[Code]) -> None:
        """Count what was inferred in one row; each once."""
        self._inferred[segment].update(set(codes) & INFERRED.keys())

    def shown(self) -> list[BuildingCount]:
        """Return the first buildings, with what was inferred for them."""
        found = list(self._counts.values())[:MOST_SHOWN]
        for count in found:
            count.units = len(self._units[count.building])
            count.inferred = [
                Inference(code=code, what=INFERRED[code], rows=rows)
                for code, rows in sorted(self._inferred[count.building].items())
            ]
        return found
