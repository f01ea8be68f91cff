# ruff: noqa: INP001  a script, like its neighbours
"""Writer of the table of personal data in docs/explanation/privacy.md.

    python -m scripts.privacy_table

The table is what the packages declare about people (services/kernel/personal_data.py), so that
the page and the program cannot differ; tests/architecture/test_privacy_page.py compares them.
"""

from pathlib import Path
from typing import Final

from server.features import FEATURES

PAGE: Final = Path(__file__).parent.parent / "docs" / "explanation" / "privacy.md"
START, END = "<!-- table -->\n", "<!-- end -->"
HEADING = "| collection | on erasure | in the export | law, or why not |\n|---|---|---|---|\n"


def table() -> str:
    rows = (
        f"| `{h.collection}` | {h.fate} | {h.title or '—'} | {h.law or h.why or '—'} |\n"
        for h in sorted(FEATURES.holdings, key=lambda holding: holding.collection)
    )
    return HEADING + "".join(rows)


def renewed(page: str) -> str:
    """Return the page with the table as it is; ValueError for one that has no place for it."""
    return with_table(page, table())


def with_table(page: str, made: str) -> str:
    """Return a page with another table in the place for it. Raises ValueError without one."""
    before, start, rest = page.partition(START)
    _, end, after = rest.partition(END)
    if not end:
        raise ValueError(f"the page has no {START.strip()} … {END}")
    return f"{before}{start}{made}{end}{after}"


if __name__ == "__main__":
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
