"""Every list that a package registers is walked by some test."""

import importlib
from pathlib import Path
from typing import Final

from server.features import FEATURES

TESTS: Final = Path(__file__).parents[1]


def test_every_list_has_a_case() -> None:
    """Its MAKERS stand in tests/lists, or beside the other tests of its feature."""
    walked: list[str] = []
    for path in (*TESTS.glob("lists/test_*.py"), *TESTS.glob("handlers/test_*.py")):
        if "\nMAKERS: Final" in path.read_text(encoding="utf-8"):
            module = importlib.import_module(f"tests.{path.parent.name}.{path.stem}")
            walked += module.MAKERS
    assert sorted(walked) == sorted(FEATURES.lists)
