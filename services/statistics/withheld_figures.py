"""Figures that are withheld from whoever may not see the homes behind them."""

import asyncio
from collections.abc import Mapping
from time import monotonic
from typing import Final

import structlog
from msgspec import Struct
from pymongo.errors import PyMongoError

from services import deadlines
from services.dependencies import Dependencies
from services.kernel.measures import Span
from services.kernel.permissions import Actor, Permission
from services.statistics import measures, small_groups
from services.statistics.hidden_homes import HOMES, UNIT_DEPTH, is_one, root_of, unseen
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


async def hidden_from(deps: Dependencies, actor: Actor, place: str, span: Span) -> Hidden:
    """Return the figures that the actor does not get, around a place.

    Looked at from the highest place whose rates they see: above it they have no figure to take
    a difference from. Arrears are bills of earlier months: their groups are those months'.
    """
    if actor.may(Permission.VIEW_UNPAID, place):
        return Hidden()
    if is_one(place):
        return Hidden(rates=frozenset({place}))
    root = root_of(actor, Permission.VIEW_RATES, place)
    homes, billed, earlier = await asyncio.gather(
        measures.by_place(deps, [HOMES], [root], depth=UNIT_DEPTH),
        measures.by_place(deps, [BILLED], [root], depth=UNIT_DEPTH, span=span),
        _earlier(deps, root, span),
    )
    found = [
        frozenset({root})
        if rows is None
        else small_groups.withheld(
            root, unseen(actor, root, _units(homes, rows), Permission.VIEW_UNPAID)
        )
        for rows in (billed, earlier)
    ]
    return Hidden(rates=found[0], arrears=found[1])


async def _earlier(deps: Dependencies, root: str, span: Span) -> dict[str, Group] | None:
    """Return the groups of all months before a span; None when there are too many to count.

    They grow with the years and the homes under the root: rather than be late with all three
    rates, the one that needs them is withheld, which tells nothing of anybody.
    """
    try:
        with deadlines.until(monotonic() + EARLIER_SECONDS):
            return await measures.by_place(
                deps, [BILLED_BEFORE], [root], depth=UNIT_DEPTH, span=span
            )
    except PyMongoError as error:
        if not error.timeout:
            raise
        log.warning("groups_not_counted", place=root)
        return None


def _units(homes: Mapping[str, Group], billed: Mapping[str, Group]) -> dict[str, Group]:
    """Return unit → homes of the register, and homes billed by fee and month."""
    units = homes.keys() | billed.keys()
    return {unit: homes.get(unit, Group()) + billed.get(unit, Group()) for unit in units}
