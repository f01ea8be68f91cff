# ruff: noqa: INP001  a script, like its neighbours
"""Writer of the table of docs/explanation/work-records.md.

    python -m scripts.work_figures_table

The figures are those that packages register (services/kernel/work.py);
tests/architecture/test_work_figures_page.py compares them.
"""

from pathlib import Path
from typing import Final

from scripts.privacy_table import with_table
from server.features import FEATURES

PAGE: Final = Path(__file__).parent.parent / "docs" / "explanation" / "work-records.md"
HEADING: Final = "| figure | label | unit | is |\n|---|---|---|---|\n"


def table() -> str:
    lines = (
        f"| `{name}` | {each.label} | {each.unit} ({each.unit.label}) | {each.meaning} |\n"
        for name, each in FEATURES.work_figures.items()
    )
    return HEADING + "".join(lines)


def renewed(page: str) -> str:
    """Return the page with the table as it is. Raises ValueError without a place."""
    return with_table(page, table())


if __name__ == "__main__":
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
