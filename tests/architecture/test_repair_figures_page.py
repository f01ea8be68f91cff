"""The page about figures of repairs shows them as they are counted; so do the answers."""

from itertools import chain
from typing import Final

from scripts.repair_figures_table import PAGE, renewed
from services.repairs.figures.definitions import COUNTS, FIGURES, TIMES
from services.repairs.figures.models import CountedRepair, RepairFigures
from services.repairs.models import Repair

ELSEWHERE: Final = {"stars"}  # of ratings


def test_the_tables_on_the_page_are_those_of_the_program() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == renewed(page), "run make generated"


def test_an_answer_has_each_figure_that_is_defined_and_no_other() -> None:
    assert [each.name for each in FIGURES] == [*RepairFigures.__struct_fields__]


def test_a_figure_is_made_of_what_is_counted() -> None:
    for each in FIGURES:
        assert each.numerator in (TIMES if each.percent else COUNTS), each.name
        assert each.denominator in {"", *COUNTS}, each.name
    used = {name for each in FIGURES for name in (each.numerator, each.denominator)}
    assert used - {""} == {*COUNTS, *TIMES}


def test_what_is_counted_is_read_of_repairs() -> None:
    named = {field for each in chain(COUNTS.values(), TIMES.values()) for field in each.sources}
    assert named <= {*CountedRepair.__struct_fields__}
    assert {*CountedRepair.__struct_fields__} - ELSEWHERE <= {*Repair.__struct_fields__}
