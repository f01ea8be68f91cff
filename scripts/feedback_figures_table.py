# ruff: noqa: INP001  a script, like its neighbours
"""Writer of the tables of docs/reference/feedback-figures.md.

    python -m scripts.feedback_figures_table

The figures are those of services/feedback/figures/definitions.py, by which they are counted;
tests/architecture/test_feedback_figures_page.py compares them.
"""

from pathlib import Path
from typing import Final

from scripts.privacy_table import with_table
from services.feedback.figures.definitions import COUNTS, FIGURES, Defined
from services.kernel.types import WHOLE

PAGE: Final = Path(__file__).parent.parent / "docs" / "reference" / "feedback-figures.md"
HEADING: Final = "| figure | label | unit | is |\n|---|---|---|---|\n"
PARTS: Final = "\n| what is counted | of each case | fields |\n|---|---|---|\n"


def tables() -> str:
    figures = (
        f"| `{each.name}` | {each.label} | {each.unit} ({each.unit.label}) | {_is(each)} |\n"
        for each in FIGURES
    )
    counted = (
        f"| `{name}` | {one.meaning} | {', '.join(f'`{field}`' for field in one.sources)} |\n"
        for name, one in COUNTS.items()
    )
    return HEADING + "".join(figures) + PARTS + "".join(counted)


def _is(figure: Defined) -> str:
    if not figure.denominator:
        return f"`{figure.numerator}`"
    whole = " + ".join(f"`{name}`" for name in figure.denominator)
    whole = f"({whole})" if len(figure.denominator) > 1 else whole
    return f"`{figure.numerator}` × {WHOLE} ÷ {whole}, rounded down"


def renewed(page: str) -> str:
    """Return the page with the tables as they are. Raises ValueError without a place."""
    return with_table(page, tables())


if __name__ == "__main__":
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
