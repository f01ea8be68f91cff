"""The page about work records shows the figures that packages register."""

from scripts.work_figures_table import PAGE, renewed


def test_the_table_on_the_page_is_that_of_the_program() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == renewed(page), "run make generated"
