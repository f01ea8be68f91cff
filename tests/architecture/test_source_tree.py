"""The source tree keeps its rules (tests/architecture/rules.py)."""

from pathlib import Path

import pytest

from scripts.shape import SourceTree
from tests.architecture import rules


@pytest.fixture(scope="module")
def tree() -> SourceTree:
    return SourceTree(Path(__file__).parents[2])


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_the_source_tree(rule: rules.Rule, tree: SourceTree) -> None:
    assert [*rule(tree)] == []
