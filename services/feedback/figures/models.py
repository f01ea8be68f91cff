"""Figures of feedback: what is asked, and what is seen."""

from typing import Annotated

from msgspec import Meta, Struct

from services.kernel.days import Month
from services.kernel.labels import Labelled
from services.kernel.pages import ListQuery
from services.kernel.types import BasisPoints

Figure = Annotated[int, Meta(ge=0)]
Share = Annotated[BasisPoints | None, Meta(examples=[8000])]


class FeedbackFiguresBy(Labelled):
    """What figures of feedback are broken down by."""

    KIND = "kind", "类别"
    PLACE = "place", "下级地点"
    RUNG = "rung", "办理层级"
    MONTH = "month", "月份"


class FeedbackFiguresQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which figures to show.

    `from_month`: First month in which it was said.
    `to_month`: Last month; two years at most.
    `by`: What to break them down by.
    """

    from_month: Month
    to_month: Month
    by: FeedbackFiguresBy = FeedbackFiguresBy.KIND


class FeedbackFigures(Struct, kw_only=True):
    """Figures of what was said; null where there is nothing to count. See feedback-figures.md.

    `key`: Kind, path, rung or month; empty for all together, which comes first.
    `label`: The same as people say it.
    `by`: What these are broken down by.
    `from_month`: First month in which it was said.
    `to_month`: Last month.
    `is_without_few`: Whether places are left out of which these figures would tell of fewer
    than five homes.
    `said`: Everything that was said.
    `open`: What is not over.
    `overdue`: What is not over and whose deadline has passed, with nobody above.
    `open_week`: Open for less than 7 days.
    `open_month`: Open for 7 to 30 days.
    `open_quarter`: Open for 30 to 90 days.
    `open_longer`: Open for 90 days or longer.
    `solved`: What was confirmed as solved.
    `settled`: What whoever wrote it down settled at once; nobody confirmed it.
    `thanked`: Praise that was thanked for.
    `silent`: What was closed because nobody answered.
    `withdrawn`: What was withdrawn.
    `returned`: How often somebody said that it is not solved.
    `came_again`: What was said again after its end.
    `first_rung_share`: Of what is solved, what the first rung solved, in basis points.
    `satisfaction`: Of the answers, those that it is solved, in basis points; silence is none.
    """

    key: Annotated[str, Meta(examples=["complaint"])]
    label: Annotated[str, Meta(examples=["投诉"])]
    by: FeedbackFiguresBy
    from_month: Month
    to_month: Month
    is_without_few: Annotated[bool, Meta(examples=[False])]
    said: Figure
    open: Figure
    overdue: Figure
    open_week: Figure
    open_month: Figure
    open_quarter: Figure
    open_longer: Figure
    solved: Figure
    settled: Figure
    thanked: Figure
    silent: Figure
    withdrawn: Figure
    returned: Figure
    came_again: Figure
    first_rung_share: Share
    satisfaction: Share


class FiguresSight(Struct, frozen=True, kw_only=True):
    """What of a place's feedback somebody gets figures of.

    `abouts`: offices, complaints about whose holders do not count for them. `hidden`: places of
    too few homes.
    """

    abouts: tuple[str, ...]
    hidden: tuple[str, ...]
