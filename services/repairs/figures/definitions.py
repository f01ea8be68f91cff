"""Definitions of the figures of repairs: each once, for the code, the page and the answers.

All are about the repairs that were reported in a month, whatever became of them since: so a
month's figures go on changing until its last repair is over, and no repair counts twice. What
was merged into another counts there. Minutes are those of the clock, by day and night.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from msgspec import Struct

from services.kernel.labels import Labelled
from services.kernel.types import WHOLE
from services.repairs.figures.models import CountedRepair
from services.repairs.states import OPEN, RepairState

MARKS: Final = 3  # of a rating
HUNDRED: Final = 100


class FigureUnit(Labelled):
    REPAIRS = "repairs", "件"
    RATINGS = "ratings", "条"
    MINUTES = "minutes", "分钟"
    BASIS_POINTS = "basis_points", "万分之一"
    HUNDREDTHS = "hundredths", "百分之一星"


class Count(Struct, frozen=True):
    """What is counted of each repair. `sources`: its fields that decide.

    `of`: repair → how much it adds.
    """

    meaning: str
    sources: tuple[str, ...]
    of: Callable[[CountedRepair], int]


class Took(Struct, frozen=True):
    """How long something took. `of`: repair → minutes; None where there is nothing to tell."""

    meaning: str
    sources: tuple[str, ...]
    of: Callable[[CountedRepair], int | None]


class Defined(Struct, frozen=True):
    """Definition of a figure.

    `label`: as people read it. `numerator`: a count, or a time. `denominator`: of a share or
    an average, a count; empty for others. `percent`: of a time, how many in a hundred took no
    longer. `times`: what the quotient is multiplied by.
    """

    name: str
    label: str
    unit: FigureUnit
    numerator: str
    denominator: str = ""
    percent: int = 0
    times: int = 1


def _minutes(first: datetime, last: datetime | None) -> int | None:
    return None if last is None else max(0, int((last - first).total_seconds() // 60))


def _is_fixed(repair: CountedRepair) -> bool:
    return repair.state is RepairState.CONFIRMED


def _came_back(repair: CountedRepair) -> bool:
    return bool(repair.returned or repair.reopened)


COUNTS: Final[Mapping[str, Count]] = {
    "reported": Count("every repair", ("state",), lambda _: 1),
    "open": Count("neither over nor closed", ("state",), lambda r: r.state in OPEN),
    "overdue": Count(
        "open, and the deadline that runs has passed",
        ("state", "overdue"),
        lambda r: r.state in OPEN and r.overdue,
    ),
    "finished": Count(
        "the work was said to be done, at least once",
        ("done_at",),
        lambda r: r.done_at is not None,
    ),
    "came_back": Count(
        "finished, and then said not to be fixed, or opened again",
        ("done_at", "returned", "reopened"),
        lambda r: r.done_at is not None and _came_back(r),
    ),
    "fixed": Count("confirmed as fixed", ("state",), _is_fixed),
    "fixed_at_once": Count(
        "fixed, work began once, and it never came back",
        ("state", "visits", "returned", "reopened"),
        lambda r: _is_fixed(r) and r.visits == 1 and not _came_back(r),
    ),
    "silent": Count(
        "closed because nobody answered for seven days",
        ("state",),
        lambda r: r.state is RepairState.CLOSED,
    ),
    "ended": Count(
        "fixed, or closed by silence",
        ("state",),
        lambda r: r.state in {RepairState.CONFIRMED, RepairState.CLOSED},
    ),
    "ratings": Count("each rating", ("stars",), lambda r: len(r.stars)),
    "marks": Count("each mark of a rating", ("stars",), lambda r: MARKS * len(r.stars)),
    "stars": Count("the stars of all marks", ("stars",), lambda r: sum(r.stars)),
}
TIMES: Final[Mapping[str, Took]] = {
    "response": Took(
        "from the report until it was first accepted; what was refused counts nowhere",
        ("created_at", "accepted_at"),
        lambda r: _minutes(r.created_at, r.accepted_at),
    ),
    "fix": Took(
        "of what is fixed, from the report until the work was last said to be done",
        ("state", "created_at", "done_at"),
        lambda r: _minutes(r.created_at, r.done_at) if _is_fixed(r) else None,
    ),
}
U = FigureUnit
FIGURES: Final = (
    Defined("reported", "报修数", U.REPAIRS, "reported"),
    Defined("open", "未办结", U.REPAIRS, "open"),
    Defined("overdue", "超时未办结", U.REPAIRS, "overdue"),
    Defined("finished", "已完工", U.REPAIRS, "finished"),
    Defined("fixed", "已修好", U.REPAIRS, "fixed"),
    Defined("silent", "无人反馈关闭", U.REPAIRS, "silent"),
    Defined("first_response_median", "首次响应时长(中位数)", U.MINUTES, "response", percent=50),
    Defined("first_response_p90", "首次响应时长(九成)", U.MINUTES, "response", percent=90),
    Defined("fix_median", "修好时长(中位数)", U.MINUTES, "fix", percent=50),
    Defined("fix_p90", "修好时长(九成)", U.MINUTES, "fix", percent=90),
    Defined("came_back_share", "返修率", U.BASIS_POINTS, "came_back", "finished", times=WHOLE),
    Defined(
        "first_visit_share", "一次修好率", U.BASIS_POINTS, "fixed_at_once", "fixed", times=WHOLE
    ),
    Defined("silent_share", "无人反馈关闭率", U.BASIS_POINTS, "silent", "ended", times=WHOLE),
    Defined("ratings", "评价数", U.RATINGS, "ratings"),
    Defined("average_rating", "平均评分", U.HUNDREDTHS, "stars", "marks", times=HUNDRED),
)
