"""The page about messages shows purposes, reserves and moments as the program has them."""

from scripts.message_table import PAGE, renewed


def test_the_tables_on_the_page_are_those_of_the_program() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == renewed(page), "run make generated"
