"""Figures of repairs that are measured: of a place and its parts, by the action of the address.

Of months of which both cities have repairs. A place above the community has more compounds in
the larger city.
"""

from typing import Any, Final

from bench.pairs import Case
from bench.tickets import Tickets
from mongo_indexes.repair_figures import COLLECTION
from services.kernel.days import month_of, plus_months
from services.kernel.permissions import Actor, Grant, Role
from services.repairs.figures import actions as figures
from services.repairs.figures.models import FiguresBy, FiguresQuery

LEVELS: Final = (
    ("compound", Role.COMMUNITY_STAFF, 5),
    ("community", Role.COMMUNITY_STAFF, 4),
    ("subdistrict", Role.SUBDISTRICT_STAFF, 3),
    ("district", Role.DISTRICT_STAFF, 2),
    ("city", Role.CITY_STAFF, 1),
)


def case(
    level: str, role: Role, depth: int, months: int, by: FiguresBy | None = None
) -> Case[Tickets]:
    """Return the figures of the last whole months of the place in which a role is held."""

    async def read(city: Tickets) -> list[Any]:
        place = ".".join(city.units[0].split(".")[:depth])
        last = plus_months(month_of(city.deps.now()), -1)
        query = FiguresQuery(from_month=plus_months(last, 1 - months), to_month=last, by=by)
        actor = Actor("somebody", "session", (Grant(role, place),))
        view = await figures.of_place(city.deps, actor, place, query)
        if not view.figures.reported or view.figures.fix_median is None:
            raise ValueError("there is nothing to show")
        return view.parts or [view.figures]

    span = "a month" if months == 1 else f"{months} months"
    return Case(f"{level}, {span}{f', by {by.value}' if by else ''}", read, COLLECTION)


FIGURES: Final = tuple(
    case(*level, months, by)
    for level in LEVELS
    for months, by in ((1, None), (4, None), *((4, by) for by in FiguresBy))
)
