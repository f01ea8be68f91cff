"""Figures of what people say at a place: one covered query, however they are broken down."""

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any, Final

import msgspec

from services.dependencies import Dependencies
from services.feedback.figures import store
from services.feedback.figures.definitions import FIGURES, Defined
from services.feedback.figures.models import (
    FeedbackFigures,
    FeedbackFiguresBy,
    FeedbackFiguresQuery,
    FiguresSight,
)
from services.feedback.models import About, FeedbackKind, Rung
from services.kernel import errors
from services.kernel.days import months_between, plus_months, start_of
from services.kernel.labels import Labelled
from services.kernel.pages import Key, Keyset, Page
from services.kernel.paths import covers
from services.kernel.permissions import Actor, Permission
from services.kernel.types import WHOLE
from services.places import actions as places
from services.statistics import actions as statistics
from services.statistics import hidden_homes

MOST_MONTHS: Final = 24
MOST_PARTS: Final = 1000
ALL: Final = "合计"
BY_KEY: Final = Keyset(Key("key"))
WORDS: Final[Mapping[FeedbackFiguresBy, type[Labelled]]] = {
    FeedbackFiguresBy.KIND: FeedbackKind,
    FeedbackFiguresBy.RUNG: Rung,
}


class BelowUnit(errors.InvalidInput):
    """Figures of one home would be about somebody."""

    code = "feedback_figures_below_unit"


class BadMonths(errors.InvalidInput):
    """The first month comes after the last, or they are more than two years apart."""

    code = "feedback_figures_bad_months"


class TooManyFigures(errors.TooLarge):
    """The breakdown has too many parts; `most` in details."""

    code = "too_many_feedback_figures"
    details_type = errors.Most


async def listing(
    deps: Dependencies, actor: Actor, place: str, query: FeedbackFiguresQuery
) -> Page[FeedbackFigures]:
    """Return the figures of a place, of all together first, then of its parts by key.

    Raises NotFound, AskItsBuildings, BelowUnit, BadMonths, TooManyFigures.
    """
    await statistics.access(deps, actor, place, Permission.VIEW_RATES)
    if hidden_homes.is_one(place):
        raise BelowUnit("民情统计按单元及以上查看")
    months = months_between(query.from_month, query.to_month)
    if months < 0:
        raise BadMonths("结束月份不能早于开始月份")
    if months >= MOST_MONTHS:
        raise BadMonths("请选择不超过两年的月份")
    sight = await _sight(deps, actor, place)
    parts = await _parts(deps, place, query, sight)
    if len(parts) > MOST_PARTS:
        raise TooManyFigures("分项太多,请选小一点的范围", most=MOST_PARTS)
    [last] = BY_KEY.read(query.cursor) or [None]
    keys = [key for key in ("", *sorted(parts)) if last is None or key > last]
    page = BY_KEY.cut([{"key": key} for key in keys[: query.limit + 1]], query.limit)
    shown = [row["key"] for row in page.items]
    labels = await _labels(deps, query.by, shown)
    counts = {"": sum(parts.values(), Counter[str]()), **parts}
    return page.of(
        [_row(query, sight, key, labels.get(key, key), counts[key]) for key in shown]
    )


async def _sight(deps: Dependencies, actor: Actor, place: str) -> FiguresSight:
    """Return what the actor gets figures of, around a place.

    Whoever may not oversee feedback there: nothing of places of fewer than five homes, nor of
    as many beside them as it takes for no difference to tell it. Complaints about whoever holds
    an office count for those who answer for the heads alone, and for nobody of that office: one
    that is on no list of theirs would otherwise show as a difference.
    """
    own = {str(grant.role) for grant in actor.grants}
    answers = actor.may(Permission.OVERSEE_HEADS, place)
    abouts = tuple(about for about in About if not answers or about in own)
    if actor.may(Permission.OVERSEE_FEEDBACK, place):
        return FiguresSight(abouts=abouts, hidden=())
    root = hidden_homes.root_of(actor, Permission.VIEW_RATES, place)
    found = await hidden_homes.withheld(deps, actor, [root], Permission.OVERSEE_FEEDBACK)
    around = (each for each in found[root] if covers(each, place) or covers(place, each))
    return FiguresSight(abouts=abouts, hidden=tuple(sorted(around)))


async def _parts(
    deps: Dependencies, place: str, query: FeedbackFiguresQuery, sight: FiguresSight
) -> dict[str, Counter[str]]:
    first = start_of(f"{query.from_month}-01")
    last = start_of(f"{plus_months(query.to_month, 1)}-01")
    now = deps.now()
    rows = await store.sums(deps.db, place, (first, last), query.by, sight, now=now)
    return {row.pop("_id"): Counter(row) for row in rows}


async def _labels(
    deps: Dependencies, by: FeedbackFiguresBy, keys: Collection[str]
) -> Mapping[str, str]:
    """Return key → what people call it."""
    named = {"": ALL}
    if by is FeedbackFiguresBy.PLACE:
        return named | await places.addresses(deps, [key for key in keys if key])
    if by in WORDS:
        return named | {str(each): each.label for each in WORDS[by]}
    return named


def _row(
    query: FeedbackFiguresQuery, sight: FiguresSight, key: str, label: str, counts: Counter[str]
) -> FeedbackFigures:
    found: dict[str, Any] = {each.name: _value(each, counts) for each in FIGURES}
    return msgspec.convert(
        {
            "key": key,
            "label": label,
            "by": query.by,
            "from_month": query.from_month,
            "to_month": query.to_month,
            "is_without_few": bool(sight.hidden),
            **found,
        },
        FeedbackFigures,
    )


def _value(defined: Defined, counts: Counter[str]) -> int | None:
    """Return a figure by its definition; None for a share of nothing."""
    if not defined.denominator:
        return counts[defined.numerator]
    whole = sum(counts[name] for name in defined.denominator)
    return counts[defined.numerator] * WHOLE // whole if whole else None
