"""Numbers in the pages that a test knows: each page says the same."""

from pathlib import Path
from typing import Final

from tests.services.test_ledger_proof import MUTANTS

ROOT: Final = Path(__file__).parents[2]


def test_the_decision_says_how_many_changes_of_the_books_are_found() -> None:
    text = (ROOT / "docs/decisions/61-ledger-chain.md").read_text(encoding="utf-8")
    assert f"**What it proves.** {len(MUTANTS)} changes of real books" in text
