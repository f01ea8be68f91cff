"""Statistics of fee collection: rates of a place, and homes that owe. Heads see their own."""

from collections.abc import Sequence
from typing import Final

import msgspec
from msgspec import Struct

from services.dependencies import Dependencies
from services.fees.models import FeeKind
from services.kernel import errors
from services.kernel.measures import Span
from services.kernel.permissions import Actor, Permission
from services.places import actions as places
from services.places import grids as places_grids
from services.places.grids import BuildingsDetails
from services.places.models import Kind
from services.statistics import measures, withheld_figures
from services.statistics.measures import Figures, Question
from services.statistics.models import (
    By,
    Counts,
    PartRates,
    RatesView,
)
from services.statistics.points import rates_told

MAX_PARTS: Final = 1000
BY_BUILDING: Final = "网格由楼栋组成,请按楼栋查看"
# The measures that rates are made of.
COUNTED: Final = ("bills.billed", "bills.arrears")


class BadBreakdown(errors.InvalidInput):
    """A place is broken down into what lies below it."""

    code = "bad_breakdown"


class AskItsBuildings(errors.InvalidInput):
    """A grid is a list of buildings: no home lies under it, and a zero would be a lie.

    `buildings` in details: those to ask for.
    """

    code = "ask_its_buildings"
    details_type = BuildingsDetails


class TooManyPartsDetails(Struct, frozen=True, kw_only=True):
    """Size of a breakdown that is allowed.

    `limit`: Most parts of a breakdown.
    """

    limit: int


class TooManyParts(errors.TooLarge):
    code = "too_many_parts"
    details_type = TooManyPartsDetails


async def rates_of(
    deps: Dependencies, actor: Actor, place: str, span: Span, *, by: By | None
) -> RatesView:
    """Return the three rates of a place and, with `by`, of its parts, all of one moment.

    From whoever may not see the homes, what would tell of fewer than five of them is withheld:
    these are counted together with the rates.
    """
    await access(deps, actor, place, Permission.VIEW_RATES)
    own_depth = place.count(".") + 1
    depth = Kind(by).depth if by else own_depth
    if by and depth <= own_depth:
        raise BadBreakdown("只能按下级统计")
    groups = withheld_figures.groups(actor, place, depth=depth)
    asked = [Question(name=each, places=[place], depth=depth, span=span) for each in COUNTED]
    found = await measures.answers(deps, [*asked, *groups.questions(span)])
    counts = _counts(found[: len(asked)])
    hidden = groups.hidden_by(found[len(asked) :])
    if len(counts) > MAX_PARTS:
        raise TooManyParts("下级太多,请选小一点的范围", limit=MAX_PARTS)
    addresses = await places.addresses(deps, list(counts)) if by else {}
    return RatesView(
        place=place,
        period=span.period,
        months=span.months,
        kind=FeeKind(span.kind) if span.kind else None,
        rates=rates_told(hidden, place, sum(counts.values(), Counts())),
        parts=[
            PartRates(
                place=part,
                address=addresses.get(part, part),
                rates=rates_told(hidden, part, counts[part]),
            )
            for part in sorted(counts)
            if by
        ],
    )


async def access(deps: Dependencies, actor: Actor, path: str, permission: Permission) -> None:
    """Raise NotFound unless the actor holds `permission` there, AskItsBuildings for a grid.

    The head of a grid holds it at the buildings, not at the grid: whoever may ask for each of
    them is told so. For anybody else the grid looks missing.
    """
    if not actor.may(permission, path):
        buildings = await buildings_of(deps, path)
        if buildings and all(actor.may(permission, each) for each in buildings):
            raise AskItsBuildings(BY_BUILDING, buildings=buildings)
    place = await places.access_place(deps, actor, path, permission)
    if place.kind is Kind.GRID:
        raise AskItsBuildings(BY_BUILDING, buildings=await buildings_of(deps, path))


async def buildings_of(deps: Dependencies, path: str) -> list[str]:
    """Return the buildings of a grid; none for another place."""
    return (await places_grids.buildings_of(deps, [path])).get(path, [])


def _counts(answers: Sequence[dict[str, Figures] | None]) -> dict[str, Counts]:
    """Return path → counts of the parts that have bills."""
    found = measures.together(answers)
    return msgspec.convert(found, dict[str, Counts])
