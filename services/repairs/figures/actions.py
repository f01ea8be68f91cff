"""Figures of the repairs of a place: read from kept sums, in one indexed query."""

from collections.abc import Collection, Mapping
from typing import Final

from services.dependencies import Dependencies
from services.firms import actions as firms
from services.kernel import errors
from services.kernel.days import months_between
from services.kernel.documents import Document
from services.kernel.permissions import Actor, Permission
from services.places import actions as places
from services.places.models import LADDER, Kind
from services.repairs.categories import actions as categories
from services.repairs.figures import arithmetic, store
from services.repairs.figures.arithmetic import Sums
from services.repairs.figures.models import (
    By,
    FiguresBy,
    FiguresPart,
    FiguresQuery,
    RepairFiguresView,
)

MOST_MONTHS: Final = 24
MOST_PARTS: Final = 1000
COUNTED_WITHIN_SECONDS: Final = 600  # the schedule of the job that counts what is left
NO_FIRM: Final = "没有物业"
# Field of a document by which it belongs to a part.
KEYS: Final = {
    FiguresBy.PLACE: "place",
    FiguresBy.FIRM: "key",
    FiguresBy.CATEGORY: "key",
    FiguresBy.MONTH: "month",
}


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


class FiguresNotCounted(errors.Unavailable):
    """Some of these figures are not counted yet as they are kept now: ask in ten minutes."""

    code = "repair_figures_not_counted"
    details_type = errors.RetryAfter


async def of_place(
    deps: Dependencies, actor: Actor, place: str, query: FiguresQuery
) -> RepairFiguresView:
    """Return the figures of a place and, with `by`, of its parts.

    Who does not work on the repairs there gets those in homes of no compound with fewer than
    five homes, in no sum: so no two figures differ by them either. Raises NotFound,
    BelowCompound, BadMonths, TooManyFigures, FiguresNotCounted.
    """
    found = await places.access_place(deps, actor, place, Permission.VIEW_RATES)
    if found.kind is Kind.GRID or LADDER.index(found.kind) > LADDER.index(Kind.COMPOUND):
        raise BelowCompound("报修统计按小区及以上查看")
    months = months_between(query.from_month, query.to_month)
    if months < 0:
        raise BadMonths("结束月份不能早于开始月份")
    if months >= MOST_MONTHS:
        raise BadMonths("请选择不超过两年的月份")
    whole = actor.may(Permission.WORK_ON_REPAIRS, place)
    parts = await _parts(deps, place, query, whole=whole, months=months + 1)
    total = arithmetic.Sums()
    for sums in parts.values():
        total.add(sums)
    labels = await _labels(deps, place, query.by, parts) if query.by else {}
    return RepairFiguresView(
        place=place,
        from_month=query.from_month,
        to_month=query.to_month,
        is_without_homes=not whole,
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


async def _parts(
    deps: Dependencies, place: str, query: FiguresQuery, *, whole: bool, months: int
) -> dict[str, Sums]:
    """Return key → sums of the parts; all together under "" where nothing is broken down.

    `whole`: also of compounds of few homes what is in them.
    """
    where: Document = {"month": {"$gte": query.from_month, "$lte": query.to_month}}
    where |= _cells(place, query.by) | ({} if whole else {"few": False})
    most = MOST_PARTS * months * 2 + 1  # documents of a part: with few homes and without
    parts: dict[str, Sums] = {}
    for found in await store.read(deps.db, where, place, most=most):
        if "compound" in found:
            wait = COUNTED_WITHIN_SECONDS
            raise FiguresNotCounted(
                "报修统计正在重新计算,请过几分钟再看", retry_after_seconds=wait
            )
        key = found[KEYS[query.by]] if query.by else ""
        parts.setdefault(key, Sums()).add(Sums.of_kept(found))
    if len(parts) > MOST_PARTS:
        raise TooManyFigures("分项太多,请选小一点的范围", most=MOST_PARTS)
    return parts


def _cells(place: str, by: FiguresBy | None) -> Document:
    """Return the condition for what a breakdown adds up."""
    match by:
        case FiguresBy.FIRM:
            return {"place": place, "by": By.FIRM}
        case FiguresBy.CATEGORY:
            return {"place": place, "by": By.CATEGORY}
        case FiguresBy.PLACE if place.count(".") < LADDER.index(Kind.COMPOUND):
            return {"parent": place, "by": By.ALL}
        case _:
            return {"place": place, "by": By.ALL}


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
