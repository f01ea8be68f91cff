"""Series of rates for a chart: of a place, of its parts, and of a firm, month by month.

Each month is what the rates of that month alone are (actions.rates_of): the same counts, and
the same withheld. All of it is read in one snapshot, by a number of queries that depends
neither on the months nor on the parts.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from services.dependencies import Dependencies
from services.firms import actions as firms
from services.firms import months as firm_months
from services.kernel import errors
from services.kernel.days import Month, months_between, months_from
from services.kernel.errors import NotFound
from services.kernel.measures import Span
from services.kernel.permissions import Actor, Permission
from services.places import actions as places
from services.places import grids as places_grids
from services.places.models import Kind
from services.statistics import actions, measures, points
from services.statistics.actions import COUNTED, BadBreakdown, TooManyParts
from services.statistics.hidden_homes import root_of
from services.statistics.measures import Question
from services.statistics.models import (
    FirmSeriesView,
    PartSeries,
    PlaceSeriesQuery,
    SeriesBy,
    SeriesQuery,
    SeriesView,
)
from services.statistics.points import Points
from services.statistics.withheld_figures import Groups, groups

LONGEST: Final = 36
# Months of all parts together: as many as are counted, and as many as an answer has.
MOST_COUNTED, MOST_SHOWN = 36_000, 6_000
TOO_MANY: Final = "下级太多,请选小一点的范围,或少选几个月"
NO_GRID: Final = "未划入网格"
NO_FIRM: Final = "当月无物业服务合同"
# Part of the counts → month → the part that is shown, which it belongs to.
Shown = Mapping[str, Mapping[Month, str]]


class BadMonths(errors.InvalidInput):
    """The last month is before the first, or there are too many. `most` in details."""

    code = "bad_months"
    details_type = errors.Most


class Scope(Struct, frozen=True, kw_only=True):
    """What is counted: the parts of `depth` segments of some places.

    `groups`: the homes behind it, which tell what is withheld.
    """

    places: Sequence[str]
    depth: int
    groups: Sequence[Groups]


async def of_place(
    deps: Dependencies, actor: Actor, place: str, query: PlaceSeriesQuery
) -> SeriesView:
    """Return the rates of a place and, with `by`, of its parts, month by month.

    Raises NotFound, BadMonths, BadBreakdown, TooManyParts, and AskItsBuildings for a grid that
    has none.
    """
    span = _span(query)
    buildings = await actions.buildings_of(deps, place)
    if buildings and _may_see(actor, place, buildings):
        scope = _of_several(actor, buildings, _depth(query.by, Kind.BUILDING.depth - 1))
    else:
        await actions.access(deps, actor, place, Permission.VIEW_RATES)
        own_depth = place.count(".") + 1
        depth = _depth(query.by, own_depth) if query.by else own_depth
        scope = Scope(places=[place], depth=depth, groups=[groups(actor, place, depth=depth)])
    found = await _points(deps, scope, span)
    all_of_it = {month: list(found.counts) for month in found.months}
    return SeriesView(
        place=place,
        from_month=query.from_month,
        to_month=query.to_month,
        kind=query.kind,
        by=query.by,
        points=found.line(all_of_it) if buildings else found.whole(place),
        parts=await _parts(deps, found, query.by) if query.by else [],
    )


async def of_firm(
    deps: Dependencies, actor: Actor, firm_id: str, query: SeriesQuery
) -> FirmSeriesView:
    """Return the rates of the compounds that a firm served, as far as the actor sees them.

    Raises NotFound for a firm of which they see no compound, BadMonths, TooManyParts.
    """
    span = _span(query)
    months = months_from(span.period, span.months)
    served = await firm_months.of_firm(deps, firm_id, months)
    compounds = sorted({compound for compound, _ in served})
    seen = [each for each in compounds if actor.may(Permission.VIEW_RATES, each)]
    names = await firms.names(deps, [firm_id])
    if not seen or not names:
        raise NotFound("没有找到这家企业在您辖区内的服务记录")
    found = await _points(deps, _of_several(actor, seen, Kind.COMPOUND.depth), span)
    own = {
        part: {month: part for month in months if (part, month) in served}
        for part in found.counts
    }
    return FirmSeriesView(
        firm_id=firm_id,
        firm_name=names[firm_id],
        from_month=query.from_month,
        to_month=query.to_month,
        kind=query.kind,
        points=found.line(_together(own)),
        parts=_shown(found, own, await places.addresses(deps, list(own))),
        unseen_compounds=len(compounds) - len(seen),
    )


def _span(query: SeriesQuery) -> Span:
    """Return the months that are asked for. Raises BadMonths."""
    count = months_between(query.from_month, query.to_month) + 1
    if not 1 <= count <= LONGEST:
        raise BadMonths("起止月份不对,一次最多看 36 个月", most=LONGEST)
    return Span(query.from_month, count, query.kind)


def _depth(by: SeriesBy | None, own_depth: int) -> int:
    """Return the segments of what is counted below a place. Raises BadBreakdown."""
    depth = by.depth if by else own_depth + 1
    if depth <= own_depth:
        raise BadBreakdown("只能按下级统计")
    return depth


def _may_see(actor: Actor, place: str, buildings: Sequence[str]) -> bool:
    """Tell whether the actor sees the rates of a grid: its own head holds its buildings."""
    needed = Permission.VIEW_RATES
    return actor.may(needed, place) or all(actor.may(needed, each) for each in buildings)


def _of_several(actor: Actor, counted: Sequence[str], depth: int) -> Scope:
    """Return the scope of places beside each other, each seen from its own root."""
    roots = sorted({root_of(actor, Permission.VIEW_RATES, place) for place in counted})
    behind = [groups(actor, root, depth=depth) for root in roots]
    return Scope(places=counted, depth=depth, groups=behind)


async def _points(deps: Dependencies, scope: Scope, span: Span) -> Points:
    """Return what is counted of a scope, all of one moment. Raises TooManyParts."""
    about = Question(name="", places=scope.places, depth=scope.depth, span=span, by_month=True)
    asked = [replace(about, name=name) for name in COUNTED]
    behind = [each.questions(span) for each in scope.groups]
    answers = await measures.answers(deps, [*asked, *(q for own in behind for q in own)])
    counts = points.by_month(measures.together(answers[: len(asked)]))
    if len(counts) * span.months > MOST_COUNTED:
        raise TooManyParts(TOO_MANY, limit=MOST_COUNTED // span.months)
    first, hidden = len(asked), []
    for own, each in zip(behind, scope.groups, strict=True):
        hidden.append(each.hidden_by_month(answers[first : first + len(own)], span))
        first += len(own)
    months = months_from(span.period, span.months)
    return Points(months=months, counts=counts, hidden=points.all_hidden(hidden, months))


async def _parts(deps: Dependencies, found: Points, by: SeriesBy) -> list[PartSeries]:
    """Return the series of the parts that are shown. Raises TooManyParts."""
    counted = list(found.counts)
    if by is SeriesBy.GRID:
        grid_of = await places_grids.grids_of(deps, counted)
        own = {each: dict.fromkeys(found.months, grid_of.get(each, "")) for each in counted}
        named = await places.addresses(deps, sorted({*grid_of.values()}))
        shown = _shown(found, own, {**named, "": NO_GRID})
    elif by is SeriesBy.FIRM:
        firm_of = await firm_months.under(deps, counted, found.months)
        own = {each: {m: firm_of.get((each, m), "") for m in found.months} for each in counted}
        named = await firms.names(deps, sorted({*firm_of.values()}))
        shown = _shown(found, own, {**named, "": NO_FIRM})
    else:
        own = {each: dict.fromkeys(found.months, each) for each in counted}
        shown = _shown(found, own, await places.addresses(deps, counted))
    if len(shown) * len(found.months) > MOST_SHOWN:
        raise TooManyParts(TOO_MANY, limit=MOST_SHOWN // len(found.months))
    return shown


def _shown(found: Points, own: Shown, names: Mapping[str, str]) -> list[PartSeries]:
    members: dict[str, dict[Month, list[str]]] = {}
    for part, months in own.items():
        for month, key in months.items():
            members.setdefault(key, {}).setdefault(month, []).append(part)
    return [
        PartSeries(part=key, name=names.get(key, key), points=found.line(members[key]))
        for key in sorted(members)
    ]


def _together(own: Shown) -> dict[Month, list[str]]:
    """Return month → all parts that are shown in it."""
    members: dict[Month, list[str]] = {}
    for part, months in own.items():
        for month in months:
            members.setdefault(month, []).append(part)
    return members
