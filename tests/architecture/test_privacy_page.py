"""The page about privacy shows the table as it is."""

from pathlib import Path

from server.features import FEATURES

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "privacy.md"
HEADING = "| collection | on erasure | in the export | law, or why not |\n|---|---|---|---|\n"


def made() -> str:
    rows = (
        f"| `{h.collection}` | {h.fate} | {h.title or '—'} | {h.law or h.why or '—'} |\n"
        for h in sorted(FEATURES.holdings, key=lambda holding: holding.collection)
    )
    return HEADING + "".join(rows)


def test_the_table_on_the_page_is_the_table_of_the_program() -> None:
    shown = PAGE.read_text(encoding="utf-8").partition("<!-- table -->\n")[2]
    assert shown.partition("<!-- end -->")[0] == made(), f"paste:\n{made()}"
