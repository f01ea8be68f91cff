"""Figures of feedback as a list: shown by pages and exported whole."""

from typing import Final

from services.feedback.figures import actions
from services.feedback.figures.definitions import FIGURES
from services.feedback.figures.models import FeedbackFigures, FeedbackFiguresQuery
from services.kernel.lists import List
from services.kernel.permissions import Permission
from services.kernel.tables import columns

FEEDBACK_FIGURES: Final = List(
    name="feedback_figures",
    needs=Permission.VIEW_RATES,
    title="民情统计",
    query=FeedbackFiguresQuery,
    read=actions.listing,
    columns=columns(
        FeedbackFigures, label="分项", **{each.name: each.label for each in FIGURES}
    ),
)
