"""Statistics of fee collection: rates of a place, and homes that owe. Heads see their own."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec
from msgspec import Struct

from services.dependencies import Dependencies
from services.kernel import errors
from services.kernel.documents import Document
from services.kernel.paths import covers
from services.kernel.permissions import Actor, Permission
from services.places import actions as places
from services.places.models import LADDER, Kind
from services.statistics import small_groups, store
from services.statistics.models import (
    By,
    Counts,
    OwedHomes,
    PartRates,
    Rates,
    RatesView,
    Span,
)
from services.statistics.rates import rates
from services.statistics.small_groups import Group

MAX_PARTS: Final = 1000
UNIT_DEPTH: Final = LADDER.index(Kind.UNIT) + 1


class Hidden(Struct, frozen=True, kw_only=True):
    """Highest places whose figures somebody does not get; all under them is withheld, too.

    `rates`: all three rates. `arrears`: the recovery of arrears.
    """

    rates: frozenset[str] = frozenset()
    arrears: frozenset[str] = frozenset()


class BadBreakdown(errors.InvalidInput):
    """A place is broken down into what lies below it."""

    code = "bad_breakdown"


class AskItsBuildings(errors.InvalidInput):
    """A grid is a list of buildings: no home lies under it, and a zero would be a lie."""

    code = "ask_its_buildings"


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
    """Return the three rates of a place and, with `by`, of its parts: two queries in all.

    Three more for whoever may not see the homes: what would tell of fewer than five of them is
    withheld.
    """
    await access(deps, actor, place, Permission.VIEW_RATES)
    own_depth = place.count(".") + 1
    depth = LADDER.index(Kind(by)) + 1 if by else own_depth
    if by and depth <= own_depth:
        raise BadBreakdown("只能按下级统计")
    counts = await counts_of(deps, place, span, depth)
    if len(counts) > MAX_PARTS:
        raise TooManyParts("下级太多,请选小一点的范围", limit=MAX_PARTS)
    addresses = await places.addresses(deps, list(counts)) if by else {}
    hidden = await _withheld(deps, actor, place, span)
    return RatesView(
        place=place,
        period=span.period,
        months=span.months,
        kind=span.kind,
        rates=_unless_withheld(hidden, place, sum(counts.values(), Counts())),
        parts=[
            PartRates(
                place=part,
                address=addresses.get(part, part),
                rates=_unless_withheld(hidden, part, counts[part]),
            )
            for part in sorted(counts)
            if by
        ],
    )


async def access(deps: Dependencies, actor: Actor, path: str, permission: Permission) -> None:
    """Raise NotFound unless the actor holds `permission` there, AskItsBuildings for a grid."""
    place = await places.access_place(deps, actor, path, permission)
    if place.kind is Kind.GRID:
        raise AskItsBuildings("网格由楼栋组成,请按楼栋查看")


def _unless_withheld(hidden: Hidden, place: str, counts: Counts) -> Rates | None:
    """Return the rates of a place as far as they are told; None when nothing is left."""
    if small_groups.is_withheld(place, hidden.rates):
        return None
    found = rates(counts)
    if not small_groups.is_withheld(place, hidden.arrears):
        return found
    without = msgspec.structs.replace(found, arrears_recovery_rate=None)
    return without if counts.billed_homes else None


async def _withheld(deps: Dependencies, actor: Actor, place: str, span: Span) -> Hidden:
    """Return the figures that the actor does not get, around a place.

    Looked at from the highest place whose rates they see: above it they have no figure to take
    a difference from. Arrears are bills of earlier months: their groups are those months'.
    """
    if actor.may(Permission.VIEW_UNPAID, place):
        return Hidden()
    if place.count(".") >= UNIT_DEPTH:
        return Hidden(rates=frozenset({place}))  # one home
    root = next(top for top in actor.places(Permission.VIEW_RATES) if covers(top, place))
    homes, billed, earlier = await asyncio.gather(
        places.homes_by_part(deps, root, UNIT_DEPTH),
        store.groups(deps.db, root, store.of_span(span), UNIT_DEPTH),
        store.groups(deps.db, root, store.before(span), UNIT_DEPTH),
    )
    found = [
        small_groups.withheld(root, _strange(actor, _units(homes, rows)))
        for rows in (billed, earlier)
    ]
    return Hidden(rates=found[0], arrears=found[1])


def _units(homes: Mapping[str, int], billed: Sequence[Document]) -> dict[str, Group]:
    """Return unit → homes of the register, and homes billed by month and fee."""
    units = {unit: Counter({small_groups.REGISTER: count}) for unit, count in homes.items()}
    for row in billed:
        key = row["_id"]
        cells = units.setdefault(key["part"], Counter())
        for period in key["periods"]:
            cells[f"{period}|{key['kind']}"] += row["homes"]
    return units


def _strange(actor: Actor, units: Mapping[str, Group]) -> dict[str, Group]:
    """Leave out units whose homes the actor may see: they are no secret, and hide nobody."""
    return {u: g for u, g in units.items() if not actor.may(Permission.VIEW_UNPAID, u)}


async def counts_of(
    deps: Dependencies, place: str, span: Span, depth: int
) -> dict[str, Counts]:
    """Return path → counts of the parts at `depth` segments that have bills."""
    billed, arrears = await asyncio.gather(
        store.billed(deps.db, place, span, depth), store.arrears(deps.db, place, span, depth)
    )
    found: dict[str, Counts] = {}
    for row in (*billed, *arrears):
        path = row.pop("_id")
        found[path] = found.get(path, Counts()) + msgspec.convert(row, Counts)
    return found


async def owed_under(deps: Dependencies, paths: Sequence[str]) -> OwedHomes:
    """Return how many homes under these places owe something, and how much in all."""
    return await store.owed(deps.db, paths)
