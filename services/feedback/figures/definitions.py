"""Definitions of the figures of feedback: each once, for the query, the page and the answers.

All are about what was said in a month, whatever became of it since: a month's figures go on
changing until its last case is over, and none counts twice.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

from services.feedback.states import OPEN, FeedbackState
from services.kernel.documents import Document
from services.kernel.labels import Labelled

# Days of the ages that open ones are told apart by, the youngest first.
WEEK, MONTH, QUARTER = 7, 30, 90


class FigureUnit(Labelled):
    CASES = "cases", "件"
    ANSWERS = "answers", "次"
    BASIS_POINTS = "basis_points", "万分之一"


class Count(Struct, frozen=True):
    """What is counted of each case. `sources`: its fields that decide.

    `when`: condition of MongoDB that it counts, once. `amount`: how much it adds then.
    `days`: of an age in days, from the first up to, not with, the last; None for no end.
    """

    meaning: str
    sources: tuple[str, ...]
    when: Any
    amount: Any = 1
    days: tuple[int, int | None] | None = None


class Defined(Struct, frozen=True):
    """Definition of a figure.

    `label`: as people read it. `numerator`: a count. `denominator`: of a share, the counts
    whose sum it is a share of; empty for others.
    """

    name: str
    label: str
    unit: FigureUnit
    numerator: str
    denominator: tuple[str, ...] = ()


S = FeedbackState


def _is(*states: FeedbackState) -> Document:
    return {"$in": ["$state", [str(state) for state in states]]}


def _all(*conditions: Any) -> Document:
    return {"$and": list(conditions)}


def _open_for(meaning: str, first: int, last: int | None) -> Count:
    return Count(f"open, {meaning}", ("state", "created_at"), _is(*OPEN), 1, (first, last))


COUNTS: Final[Mapping[str, Count]] = {
    "said": Count("everything that was said", ("state",), True),  # noqa: FBT003
    "open": Count("neither over nor withdrawn", ("state",), _is(*OPEN)),
    "overdue": Count(
        "open, and the deadline has passed with nobody above to climb to",
        ("state", "overdue"),
        _all(_is(*OPEN), {"$eq": ["$overdue", True]}),
    ),
    "open_week": _open_for("said within the last 7 days", 0, WEEK),
    "open_month": _open_for("said 7 to 30 days ago", WEEK, MONTH),
    "open_quarter": _open_for("said 30 to 90 days ago", MONTH, QUARTER),
    "open_longer": _open_for("said 90 days ago or earlier", QUARTER, None),
    "solved": Count(
        "whoever said it confirmed that it is solved", ("state",), _is(S.CONFIRMED)
    ),
    "solved_first": Count(
        "solved by the rung that had it first, never returned, never said again",
        ("state", "first_rung", "solved_rung", "returned", "reopened"),
        _all(
            _is(S.CONFIRMED),
            {"$eq": ["$solved_rung", "$first_rung"]},
            {"$lte": ["$returned", 0]},
            {"$lte": ["$reopened", 0]},
        ),
    ),
    "settled": Count(
        "settled by whoever wrote it down for somebody; nobody confirmed it",
        ("state",),
        _is(S.SETTLED),
    ),
    "thanked": Count("praise that was thanked for", ("state",), _is(S.THANKED)),
    "silent": Count("closed because nobody answered for 7 days", ("state",), _is(S.CLOSED)),
    "withdrawn": Count("withdrawn", ("state",), _is(S.WITHDRAWN)),
    "returned": Count(
        "each time that somebody said that it is not solved",
        ("returned",),
        True,  # noqa: FBT003
        "$returned",
    ),
    "came_again": Count(
        "said again after its end, within 30 days", ("reopened",), {"$gt": ["$reopened", 0]}
    ),
}
U = FigureUnit
FIGURES: Final = (
    Defined("said", "反映数", U.CASES, "said"),
    Defined("open", "未办结", U.CASES, "open"),
    Defined("overdue", "超时未办结", U.CASES, "overdue"),
    Defined("open_week", "未办结不满7天", U.CASES, "open_week"),
    Defined("open_month", "未办结7至30天", U.CASES, "open_month"),
    Defined("open_quarter", "未办结30至90天", U.CASES, "open_quarter"),
    Defined("open_longer", "未办结90天以上", U.CASES, "open_longer"),
    Defined("solved", "已解决", U.CASES, "solved"),
    Defined("settled", "三长当场办结", U.CASES, "settled"),
    Defined("thanked", "已致谢", U.CASES, "thanked"),
    Defined("silent", "无人反馈关闭", U.CASES, "silent"),
    Defined("withdrawn", "已撤回", U.CASES, "withdrawn"),
    Defined("returned", "反馈没有解决", U.ANSWERS, "returned"),
    Defined("came_again", "再次反映", U.CASES, "came_again"),
    Defined("first_rung_share", "首级解决率", U.BASIS_POINTS, "solved_first", ("solved",)),
    Defined("satisfaction", "满意率", U.BASIS_POINTS, "solved", ("solved", "returned")),
)


def used() -> Sequence[str]:
    """Return the counts that figures are made of, each once."""
    names = (name for each in FIGURES for name in (each.numerator, *each.denominator))
    return list(dict.fromkeys(names))
