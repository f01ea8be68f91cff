"""Counts of visits, head by head: for whoever answers for the heads, without any content."""

from collections import Counter, defaultdict
from typing import Annotated

from msgspec import Meta, Struct

from services.dependencies import Dependencies
from services.kernel.days import Day, check_day, plus_days
from services.kernel.errors import InvalidInput
from services.kernel.paths import in_order
from services.kernel.permissions import Actor, Permission, Role
from services.places import actions as places
from services.visits import store
from services.visits.models import VisitOutcome
from services.visits.states import VisitState

LONGEST_DAYS = 366
DEFAULT_DAYS = 30


class VisitCountsQuery(Struct, forbid_unknown_fields=True, kw_only=True):
    """Which visits to count.

    `day_from`: First day; thirty days before the last one without it.
    `day_to`: Last day; today without it.
    """

    day_from: Day | None = None
    day_to: Day | None = None


class OfficeVisits(Struct, kw_only=True):
    """Visits of one head, or of the staff of one place.

    `role`: Office of who makes them.
    `place`: Path of the place of the office; of a grid's head, each building by itself.
    `address`: Address of that place.
    `planned`: Visits that are planned for these days still.
    `made`: Visits that were made.
    `met`: Those of them at which somebody was met.
    `nobody_there`: Those at which nobody was at home.
    `refused`: Those at which nobody wished to talk.
    `moved`: Those at which it turned out that the household has moved.
    `cancelled`: Visits that were cancelled.
    """

    role: Role
    place: str
    address: str
    planned: Annotated[int, Meta(examples=[3])]
    made: Annotated[int, Meta(examples=[12])]
    met: Annotated[int, Meta(examples=[9])]
    nobody_there: Annotated[int, Meta(examples=[2])]
    refused: Annotated[int, Meta(examples=[1])]
    moved: Annotated[int, Meta(examples=[0])]
    cancelled: Annotated[int, Meta(examples=[0])]


class VisitCounts(Struct, kw_only=True):
    """Visits under a place, head by head.

    `place`: Path of the place.
    `day_from`: First day that was counted.
    `day_to`: Last day that was counted.
    `items`: One line for each office that has any, by role and place.
    """

    place: str
    day_from: Annotated[Day, Meta(examples=["2026-02-01"])]
    day_to: Annotated[Day, Meta(examples=["2026-03-02"])]
    items: list[OfficeVisits]


async def of_place(
    deps: Dependencies, actor: Actor, place: str, query: VisitCountsQuery
) -> VisitCounts:
    """Count the visits under a place. Raises NotFound, InvalidInput for more than a year."""
    await places.access_place(deps, actor, place, Permission.APPOINT)
    last = check_day(query.day_to) if query.day_to else deps.today()
    first = check_day(query.day_from) if query.day_from else plus_days(last, -DEFAULT_DAYS)
    if not first <= last <= plus_days(first, LONGEST_DAYS):
        raise InvalidInput("请选择一年之内的起止日期")
    found: dict[tuple[Role, str], Counter[str]] = defaultdict(Counter)
    for row in await store.counts(deps.db, place, first, last):
        key = row["_id"]
        of = found[Role(key["role"]), key["office"]]
        of[key["state"]] += row["count"]
        of[key["outcome"] or ""] += row["count"]
    addresses = await places.addresses(deps, sorted({office for _, office in found}))
    roles = [*Role]
    ordered = sorted(found, key=lambda key: (roles.index(key[0]), in_order(key[1])))
    items = [_line(*key, addresses.get(key[1], key[1]), found[key]) for key in ordered]
    return VisitCounts(place=place, day_from=first, day_to=last, items=items)


def _line(role: Role, office: str, address: str, count: Counter[str]) -> OfficeVisits:
    return OfficeVisits(
        role=role,
        place=office,
        address=address,
        planned=count[VisitState.PLANNED],
        made=count[VisitState.MADE],
        met=count[VisitOutcome.MET],
        nobody_there=count[VisitOutcome.NOBODY_THERE],
        refused=count[VisitOutcome.REFUSED],
        moved=count[VisitOutcome.MOVED],
        cancelled=count[VisitState.CANCELLED],
    )
