"""What a head did in a month: each package registers what it counts, as data.

services/work_records asks them all, and knows none of them. A figure is about what the head
did, or about a place as a whole; never about a resident.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from services.kernel.days import Month
from services.kernel.documents import Document
from services.kernel.labels import Labelled
from services.kernel.paths import under
from services.kernel.permissions import Role


class WorkUnit(Labelled):
    TIMES = "times", "次"
    CASES = "cases", "件"
    HOMES = "homes", "户"
    PAPERS = "papers", "份"
    BASIS_POINTS = "basis_points", "万分之一"


class Worked(Struct, frozen=True, kw_only=True):
    """Days of a month on which somebody held an office.

    `paths`: its place; of a grid's head its buildings. `first`: instant with which the days
    begin; `last`: before which they end.
    """

    person: str
    role: Role
    place: str
    paths: tuple[str, ...]
    month: Month
    first: datetime
    last: datetime

    @property
    def span(self) -> Document:
        """Return the condition for an instant within these days."""
        return {"$gte": self.first, "$lt": self.last}

    def at(self, field: str) -> Document:
        """Return the condition for what lies at these places; at least one of them."""
        ranges = [{field: under(path)} for path in self.paths]
        return {"$or": ranges}


class WorkFigure(Struct, frozen=True, kw_only=True):
    """Figure of a head's work. `label`: as people read it. `meaning`: its one definition."""

    label: str
    unit: WorkUnit
    meaning: str


class WorkMeasure(Struct, frozen=True, kw_only=True):
    """Figures that a package counts. `figures`: name → what it is; never changed.

    `count`: (deps, worked) → each of them; None where there is nothing to tell.
    """

    figures: Mapping[str, WorkFigure]
    count: Callable[[Any, Worked], Awaitable[Mapping[str, int | None]]]
