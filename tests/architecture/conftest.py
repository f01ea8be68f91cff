"""The product's source, parsed once for all rules."""

from pathlib import Path

import pytest

from scripts.shape import SourceTree


@pytest.fixture(scope="session")
def source_tree() -> SourceTree:
    return SourceTree(Path(__file__).parents[2])
