"""Figures of feedback that are measured: of a place and its parts, by their action."""

from typing import Any, Final

from bench.feedback.lists import actor
from bench.feedback.said import Said
from bench.pairs import Case
from mongo_indexes.feedback import COLLECTION
from services.feedback.figures import actions as figures
from services.feedback.figures.models import FeedbackFiguresBy, FeedbackFiguresQuery
from services.kernel.days import month_of, plus_months
from services.kernel.permissions import Role

LEVELS: Final = (
    ("unit", Role.COMMUNITY_STAFF, 7),
    ("compound", Role.COMMUNITY_STAFF, 5),
    ("community", Role.COMMUNITY_STAFF, 4),
)
ABOVE: Final = ("subdistrict", Role.SUBDISTRICT_STAFF, 3)


def case(level: str, role: Role, depth: int, months: int, by: FeedbackFiguresBy) -> Case[Said]:
    """Return the figures of the last whole months of a place."""

    async def read(said: Said) -> list[Any]:
        who = actor(said, role, min(depth, 4), 1)
        place = ".".join(said.nearest[0].split(".")[:depth])
        last = plus_months(month_of(said.deps.now()), -1)
        first = plus_months(last, 1 - months)
        query = FeedbackFiguresQuery(from_month=first, to_month=last, by=by)
        return (await figures.listing(said.deps, who, place, query)).items

    return Case(f"{level}, {months} months, by {by.value}", read, COLLECTION)


FIGURES: Final = tuple(case(*level, 4, by) for level in LEVELS for by in FeedbackFiguresBy)
# Whatever was said there is counted.
OF_ALL: Final = (case(*ABOVE, 1, FeedbackFiguresBy.KIND),)
