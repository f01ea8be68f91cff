"""The page about figures of feedback shows them as they are counted; so do the answers."""

from msgspec.structs import fields

from mongo_indexes.feedback import COUNTED
from scripts.feedback_figures_table import PAGE, renewed
from services.feedback.figures.definitions import COUNTS, FIGURES, used
from services.feedback.figures.models import FeedbackFigures
from services.feedback.models import Feedback


def test_the_tables_on_the_page_are_those_of_the_program() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == renewed(page), "run make generated"


def test_an_answer_has_each_figure_that_is_defined_and_no_other() -> None:
    names = [each.name for each in fields(FeedbackFigures)]
    assert names[names.index("said") :] == [each.name for each in FIGURES]


def test_a_figure_is_made_of_what_is_counted() -> None:
    assert {*used()} == {*COUNTS}


def test_what_is_counted_is_read_of_the_index() -> None:
    named = {field for each in COUNTS.values() for field in each.sources}
    assert named <= {*COUNTED} <= {*Feedback.__struct_fields__}
