# ruff: noqa: INP001  a script, like its neighbours
"""Writer of the tables of docs/reference/repair-figures.md.

    python -m scripts.repair_figures_table

The figures are those of services/repairs/figures/definitions.py, by which they are counted;
tests/architecture/test_repair_figures_page.py compares them.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from scripts.privacy_table import with_table
from services.repairs.figures.definitions import (
    COUNTS,
    FIGURES,
    TIMES,
    Count,
    Defined,
    Took,
)

PAGE: Final = Path(__file__).parent.parent / "docs" / "reference" / "repair-figures.md"
HEADING: Final = "| figure | label | unit | is |\n|---|---|---|---|\n"
PARTS: Final = "\n| what is counted | of each repair | fields |\n|---|---|---|\n"


def tables() -> str:
    figures = (
        f"| `{each.name}` | {each.label} | {each.unit} ({each.unit.label}) | {_is(each)} |\n"
        for each in FIGURES
    )
    read: Mapping[str, Count | Took] = {**COUNTS, **TIMES}
    counted = (
        f"| `{name}` | {one.meaning} | {', '.join(f'`{field}`' for field in one.sources)} |\n"
        for name, one in read.items()
    )
    return HEADING + "".join(figures) + PARTS + "".join(counted)


def _is(figure: Defined) -> str:
    if figure.percent:
        return f"{figure.percent} in 100 of `{figure.numerator}` are no longer"
    if not figure.denominator:
        return f"`{figure.numerator}`"
    return f"`{figure.numerator}` × {figure.times} ÷ `{figure.denominator}`, rounded down"


def renewed(page: str) -> str:
    """Return the page with the tables as they are. Raises ValueError without a place."""
    return with_table(page, tables())


if __name__ == "__main__":
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
