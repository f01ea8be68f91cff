"""Query of the figures of feedback: one aggregation that its index covers."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from mongo_indexes.feedback import COLLECTION
from services.dependencies import Database
from services.feedback.figures.definitions import COUNTS, Count, used
from services.feedback.figures.models import FeedbackFiguresBy, FiguresSight
from services.feedback.filings.whereabouts import BUILDING
from services.kernel.days import BEIJING
from services.kernel.documents import Document
from services.kernel.measures import sum_if
from services.kernel.paths import ancestors, part, under, under_any
from services.statistics.hidden_homes import UNIT_DEPTH


async def sums(
    db: Database,
    place: str,
    span: tuple[datetime, datetime],
    by: FeedbackFiguresBy,
    sight: FiguresSight,
    *,
    now: datetime,
) -> list[Document]:
    """Return `_id`, the key of a part, and its counts by name. Covered by index `figures`.

    `span`: from the first instant up to, not with, the last.
    """
    group = {name: _sum(COUNTS[name], now) for name in used()}
    stages: list[Document] = [
        {"$match": _where(place, span, sight)},
        {"$group": {"_id": _key(by, place), **group}},
    ]
    cursor = await db[COLLECTION].aggregate(stages, hint="figures")
    return await cursor.to_list()


def _where(place: str, span: tuple[datetime, datetime], sight: FiguresSight) -> Document:
    """Return the condition for what counts of a place.

    What has no name is told of a building and of no unit, wherever it was kept; and of none of
    which a part is hidden, where it would tell of that part.
    """
    where: Document = {
        "place": under(place),
        "created_at": {"$gte": span[0], "$lt": span[1]},
        "about": {"$nin": list(sight.abouts)},
    }
    if place.count(".") >= BUILDING:
        where["anonymous"] = False
    if sight.hidden:
        where["$nor"] = [under_any("place", sight.hidden), _nameless_around(sight.hidden)]
    return where


def _nameless_around(hidden: Sequence[str]) -> Document:
    """Return the condition for what has no name at a place with hidden parts."""
    around = sorted({level for each in hidden for level in ancestors(each)})
    buildings = [level for level in around if level.count(".") == BUILDING - 1]
    return {
        "anonymous": True,
        "$or": [{"place": {"$in": around}}, under_any("place", buildings)],
    }


def _key(by: FeedbackFiguresBy, place: str) -> Any:
    match by:
        case FeedbackFiguresBy.PLACE:
            below = min(place.count(".") + 2, UNIT_DEPTH)
            nameless = _first("$place", min(below, BUILDING))
            return {"$cond": ["$anonymous", nameless, _first("$place", below)]}
        case FeedbackFiguresBy.MONTH:
            how = {"format": "%Y-%m", "timezone": BEIJING.key}
            return {"$dateToString": {"date": "$created_at", **how}}
        case FeedbackFiguresBy.KIND | FeedbackFiguresBy.RUNG:
            return f"${by}"


def _first(field: str, depth: int) -> Document:
    """Return the expression for so many segments of a path, or the path where it is shorter."""
    return {"$ifNull": [part(field, depth), field]}


def _sum(count: Count, now: datetime) -> Document:
    if count.days is None:
        return sum_if(count.when, count.amount)
    first, last = count.days
    age: list[Any] = [count.when, {"$lte": ["$created_at", now - timedelta(days=first)]}]
    if last is not None:
        age.append({"$gt": ["$created_at", now - timedelta(days=last)]})
    return sum_if({"$and": age}, count.amount)
