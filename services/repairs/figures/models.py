"""Figures of repairs: what is read of a repair, what is kept, and what is seen."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, NamedTuple

from msgspec import Meta, Struct, field

from services.kernel.days import Month
from services.kernel.labels import Labelled
from services.repairs.models import Part
from services.repairs.states import RepairState


class CountedRepair(Struct, kw_only=True):
    """What figures read of a repair; the fields are those of services.repairs.models.Repair.

    `stars`: sums of the three marks of its ratings, which are kept elsewhere.
    """

    id: str = field(name="_id")
    firm: str = ""
    category: str
    part: Part
    state: RepairState
    created_at: datetime
    accepted_at: datetime | None = None
    done_at: datetime | None = None
    overdue: bool = False
    visits: int = 0
    returned: int = 0
    reopened: int = 0
    stars: list[int] = []


class By(StrEnum):
    """What kept sums are of: all repairs of a place and month, or those of a key."""

    ALL = "all"
    CATEGORY = "category"
    FIRM = "firm"


class Cell(NamedTuple):
    """What one document of a place and month sums up.

    `key`: a category or a firm; empty for all, and for no firm. `few`: whether these are the
    repairs in homes of compounds with fewer homes than a figure may be about, or all others.
    """

    by: By
    key: str
    few: bool


class FiguresBy(Labelled):
    """What figures of repairs are broken down by."""

    PLACE = "place", "下级"
    FIRM = "firm", "物业企业"
    CATEGORY = "category", "报修类别"
    MONTH = "month", "月份"


class FiguresQuery(Struct, forbid_unknown_fields=True, kw_only=True):
    """Which figures to show.

    `from_month`: First month in which the repairs were reported.
    `to_month`: Last month; two years at most.
    `by`: What to break them down by; nothing without it.
    """

    from_month: Month
    to_month: Month
    by: FiguresBy | None = None


Figure = Annotated[int, Meta(ge=0)]


class RepairFigures(Struct, kw_only=True):
    """Figures of repairs; null where there is nothing to count. See repair-figures.md.

    `reported`: Repairs that were reported, without those merged into others.
    `open`: Those that are not over.
    `overdue`: Those that are not over and whose deadline has passed.
    `finished`: Those of which somebody said that the work is done, at least once.
    `fixed`: Those that were confirmed as fixed.
    `silent`: Those that were closed because nobody answered.
    `first_response_median`: Minutes until they were accepted: half took no longer.
    `first_response_p90`: Minutes until they were accepted: nine in ten took no longer.
    `fix_median`: Minutes until the fixed ones were done: half took no longer.
    `fix_p90`: Minutes until the fixed ones were done: nine in ten took no longer.
    `came_back_share`: Of those finished, those that were not fixed then, in basis points.
    `first_visit_share`: Of those fixed, those that one visit fixed, in basis points.
    `silent_share`: Of those fixed or closed by silence, the latter, in basis points.
    `ratings`: Ratings that were given.
    `average_rating`: Average of all their marks, in hundredths of a star.
    """

    reported: Figure
    open: Figure
    overdue: Figure
    finished: Figure
    fixed: Figure
    silent: Figure
    first_response_median: Figure | None
    first_response_p90: Figure | None
    fix_median: Figure | None
    fix_p90: Figure | None
    came_back_share: Figure | None
    first_visit_share: Figure | None
    silent_share: Figure | None
    ratings: Figure
    average_rating: Figure | None


class FiguresPart(Struct, kw_only=True):
    """Figures of a part.

    `key`: Path, firm, category or month; empty for no firm.
    `label`: The same as people say it.
    `figures`: Its figures.
    """

    key: Annotated[str, Meta(examples=["stair_light"])]
    label: Annotated[str, Meta(examples=["楼道灯不亮"])]
    figures: RepairFigures


class RepairFiguresView(Struct, kw_only=True):
    """Figures of the repairs of a place; with `by`, of the parts that have any, by key.

    Parts by place are the places directly below; of a compound, itself.

    `place`: Path of the place.
    `from_month`: First month in which the repairs were reported.
    `to_month`: Last month.
    `is_without_homes`: Whether repairs in homes are left out, of compounds with fewer than five
    homes, if there are any.
    `figures`: Figures of all.
    `parts`: Figures of the parts; empty without `by`.
    """

    place: str
    from_month: Month
    to_month: Month
    is_without_homes: bool
    figures: RepairFigures
    parts: list[FiguresPart]
