"""Figures that are withheld from whoever may not see the homes behind them."""

import asyncio
from collections.abc import Mapping, Sequence
from time import monotonic
from typing import Final

import structlog
from msgspec import Struct
from pymongo.errors import PyMongoError

from services import deadlines
from services.dependencies import Dependencies
from services.kernel.measures import Span
from services.kernel.paths import ancestors, covers
from services.kernel.permissions import Actor, Permission
from services.statistics import measures, small_groups
from services.statistics.hidden_homes import HOMES, UNIT_DEPTH, is_one, root_of
from services.statistics.small_groups import Group

# Measures: homes that were billed, by fee and month.
BILLED, BILLED_BEFORE = "bills.homes_billed", "bills.homes_billed_before"
# Of the eight that a request has; some hundred thousand bills are counted in it.
EARLIER_SECONDS: Final = 4.0
log = structlog.get_logger(__name__)


class Hidden(Struct, frozen=True, kw_only=True):
    """Highest places whose figures somebody does not get; all under them is withheld, too.

    `rates`: all three rates. `arrears`: the recovery of arrears.
    """

    rates: frozenset[str] = frozenset()
    arrears: frozenset[str] = frozenset()


async def hidden_from(
    deps: Dependencies, actor: Actor, place: str, span: Span, *, depth: int
) -> Hidden:
    """Return the figures that the actor does not get, of a place and its parts.

    Looked at from the highest place whose rates they see: above it they have no figure to take
    a difference from. Arrears are bills of earlier months: their groups are those months'.
    `depth`: segments of the parts.
    """
    if actor.may(Permission.VIEW_UNPAID, place):
        return Hidden()
    if is_one(place):
        return Hidden(rates=frozenset({place}))
    root = root_of(actor, Permission.VIEW_RATES, place)
    rungs = _rungs(root, place, depth)
    homes, billed, earlier = await asyncio.gather(
        _groups(deps, actor, rungs, HOMES, span),
        _groups(deps, actor, rungs, BILLED, span),
        _earlier(deps, actor, rungs, span),
    )
    found = [
        frozenset({root}) if groups is None else _withheld(homes, groups)
        for groups in (billed, earlier)
    ]
    return Hidden(rates=found[0], arrears=found[1])


def _rungs(root: str, place: str, depth: int) -> list[tuple[str, int]]:
    """Return (place, segments of its parts): the root, and each rung down to what is asked for.

    Above the place only what is beside it counts, and all its parts below it.
    """
    line = [each for each in ancestors(place) if covers(root, each)]
    first, own = root.count(".") + 1, place.count(".") + 1
    beside = [(above, first + n + 1) for n, above in enumerate(line[:-1])]
    below = [(place, each) for each in range(own + 1, depth + 1)]
    return [(root, first), *beside, *below]


async def _groups(
    deps: Dependencies, actor: Actor, rungs: Sequence[tuple[str, int]], name: str, span: Span
) -> list[dict[str, Group]]:
    """Return what a measure counts of the places of each rung, but of what the actor sees."""
    seen = [
        each
        for each in actor.places(Permission.VIEW_UNPAID)
        if each.count(".") < UNIT_DEPTH and covers(rungs[0][0], each)
    ]
    asked = [
        measures.by_place(deps, [name], places, depth=depth, span=span)
        for top, depth in rungs
        for places in ([top], [each for each in seen if covers(top, each)])
    ]
    found = await asyncio.gather(*asked)
    return [
        {part: group - known.get(part, Group()) for part, group in groups.items()}
        for groups, known in zip(found[::2], found[1::2], strict=True)
    ]


async def _earlier(
    deps: Dependencies, actor: Actor, rungs: Sequence[tuple[str, int]], span: Span
) -> list[dict[str, Group]] | None:
    """Return the groups of all months before a span; None when there are too many to count.

    Where no sums are kept they grow with the years and the homes: rather than be late with all
    three rates, the one that needs them is withheld, which tells nothing of anybody.
    """
    try:
        with deadlines.until(monotonic() + EARLIER_SECONDS):
            return await _groups(deps, actor, rungs, BILLED_BEFORE, span)
    except PyMongoError as error:
        if not error.timeout:
            raise
        log.warning("groups_not_counted", place=rungs[0][0])
        return None


def _withheld(
    homes: Sequence[Mapping[str, Group]], billed: Sequence[Mapping[str, Group]]
) -> frozenset[str]:
    """Return what is withheld by homes of the register, and homes billed by fee and month."""
    rungs = []
    for register, by_month in zip(homes, billed, strict=True):
        places = register.keys() | by_month.keys()
        groups = {
            place: register.get(place, Group()) + by_month.get(place, Group())
            for place in places
        }
        # without any home whose debts the actor does not see, there is nothing to withhold
        rungs.append({place: group for place, group in groups.items() if group})
    return small_groups.withheld_by_rung(rungs)
