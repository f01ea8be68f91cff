"""Figures of the repairs of a place: read from rollups, in one indexed query."""

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Final

from services.dependencies import Dependencies
from services.firms import actions as firms
from services.kernel import errors
from services.kernel.days import months_between
from services.kernel.documents import Document
from services.kernel.paths import covers
from services.kernel.permissions import Actor, Permission
from services.places import actions as places
from services.places.models import LADDER, Kind
from services.repairs.categories import actions as categories
from services.repairs.figures import arithmetic, store
from services.repairs.figures.arithmetic import Sums
from services.repairs.figures.models import (
    FiguresBy,
    FiguresPart,
    FiguresQuery,
    RepairFiguresView,
)
from services.statistics import hidden_homes

MOST_MONTHS: Final = 24
MOST_PARTS: Final = 1000
NO_FIRM: Final = "没有物业"


class BelowCompound(errors.InvalidInput):
    """Figures of repairs are those of a compound or of a place above it."""

    code = "repair_figures_below_compound"


class BadMonths(errors.InvalidInput):
    """The first month comes after the last, or they are more than two years apart."""

    code = "repair_figures_bad_months"


class TooManyFigures(errors.TooLarge):
    """The breakdown has too many parts; `most` in details."""

    code = "too_many_repair_figures"
    details_type = errors.Most


async def of_place(
    deps: Dependencies, actor: Actor, place: str, query: FiguresQuery
) -> RepairFiguresView:
    """Return the figures of a place and, with `by`, of its parts.

    Who may not see the repairs in homes gets none of a compound of fewer than five homes, nor
    of as many beside it as it takes. Raises NotFound, BelowCompound, BadMonths,
    TooManyFigures.
    """
    found = await places.access_place(deps, actor, place, Permission.VIEW_RATES)
    if found.kind is Kind.GRID or LADDER.index(found.kind) > LADDER.index(Kind.COMPOUND):
        raise BelowCompound("报修统计按小区及以上查看")
    months = months_between(query.from_month, query.to_month)
    if months < 0:
        raise BadMonths("结束月份不能早于开始月份")
    if months >= MOST_MONTHS:
        raise BadMonths("请选择不超过两年的月份")
    hidden = await _hidden(deps, actor, place)
    parts = await _parts(deps, place, query, hidden)
    if len(parts) > MOST_PARTS:
        raise TooManyFigures("分项太多,请选小一点的范围", most=MOST_PARTS)
    total = arithmetic.nothing()
    for sums in parts.values():
        total.add(sums)
    labels = await _labels(deps, place, query.by, parts) if query.by else {}
    return RepairFiguresView(
        place=place,
        from_month=query.from_month,
        to_month=query.to_month,
        is_without_homes=bool(hidden),
        figures=arithmetic.figures_of(total),
        parts=[
            FiguresPart(
                key=key,
                label=labels.get(key, key),
                figures=arithmetic.figures_of(parts[key]),
            )
            for key in sorted(parts)
            if query.by
        ],
    )


async def _hidden(deps: Dependencies, actor: Actor, place: str) -> list[str]:
    """Return the places of whose homes the actor gets no figures, around one place.

    Looked at from the highest place where they have figures, so that no two can be subtracted.
    """
    if actor.may(Permission.WORK_ON_REPAIRS, place):
        return []
    root = hidden_homes.root_of(actor, Permission.VIEW_RATES, place)
    sees = Permission.WORK_ON_REPAIRS
    found = (await hidden_homes.withheld(deps, actor, [root], sees)).get(root, frozenset())
    depth = LADDER.index(Kind.COMPOUND)
    whole = [each for each in found if each.count(".") <= depth]
    return sorted(each for each in whole if covers(each, place) or covers(place, each))


async def _parts(
    deps: Dependencies, place: str, query: FiguresQuery, hidden: list[str]
) -> dict[str, Sums]:
    where = store.of_place(place, query.from_month, query.to_month)
    found = await store.sums(deps.db, where, query.by, hidden, most=MOST_PARTS + 1)
    return {part["_id"]: _sums(part["rows"]) for part in found}


def _sums(rows: list[Document]) -> Sums:
    found = arithmetic.nothing()
    for row in rows:
        if "minutes" in row:
            times = found.times.setdefault(row["of"], Counter())
            times[row["minutes"]] = row["repairs"]
        else:
            found.counts[row["of"]] = row["repairs"]
    return found


async def _labels(
    deps: Dependencies, place: str, by: FiguresBy, keys: Collection[str]
) -> Mapping[str, str]:
    """Return key → what people call it."""
    match by:
        case FiguresBy.PLACE:
            return await places.addresses(deps, list(keys))
        case FiguresBy.FIRM:
            return {"": NO_FIRM, **await firms.names(deps, [key for key in keys if key])}
        case FiguresBy.CATEGORY:
            found = await categories.labels(deps, {(place, key) for key in keys})
            return {key: found[place, key] for key in keys}
        case FiguresBy.MONTH:
            return {}
