"""The page about privacy shows the table as it is."""

import pytest

from scripts.privacy_table import PAGE, renewed


def test_the_table_on_the_page_is_the_table_of_the_program() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == renewed(page), "run make generated"


def test_a_row_that_is_missing_is_written() -> None:
    page = PAGE.read_text(encoding="utf-8")
    row = next(line for line in page.splitlines(keepends=True) if line.startswith("| `photos`"))
    assert renewed(page.replace(row, "")) == page


def test_a_page_without_a_place_for_it_is_refused() -> None:
    with pytest.raises(ValueError, match="end"):
        renewed("# Nothing\n<!-- table -->\n")
