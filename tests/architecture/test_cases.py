"""The engine of cases knows no kind: what one needs is a column that all may have."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from scripts.shape import Module, SourceTree
from server.features import FEATURES
from services.cases.actions import Words
from services.cases.kinds import Kind, Question, Rung, Step

ENGINE: Final = "services.cases"


def engine(tree: SourceTree) -> list[Module]:
    return [m for m in tree.of("services") if f"{m.name}.".startswith(f"{ENGINE}.")]


def homes_of_kinds(tree: SourceTree) -> set[str]:
    """Return the packages of services/ that have a kind of their own."""
    return {".".join(m.name.split(".")[:2]) for m in tree.of("services") if "= Kind(" in m.text}


def judged(module: Module) -> Iterator[str]:
    """Yield where a module asks which kind it has before it."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Compare | ast.MatchValue):
            named = {ast.unparse(part) for part in ast.iter_child_nodes(node)}
            if named & {"kind", "kind.name", "kind.collection", "kind.model", "row.kind"}:
                yield f"{module.path}:{node.lineno}"


def test_the_engine_imports_no_package_that_has_a_kind(source_tree: SourceTree) -> None:
    packages = homes_of_kinds(source_tree)
    assert len(packages) >= 2
    assert len(packages) <= len(FEATURES.cases)
    for module in engine(source_tree):
        found = {".".join(each.split(".")[:2]) for each in source_tree.imports[module.name]}
        assert not found & packages, module.path


def test_the_engine_names_no_kind(source_tree: SourceTree) -> None:
    names = {*FEATURES.cases, *(kind.collection for kind in FEATURES.cases.values())}
    for module in engine(source_tree):
        texts = (n.value for n in ast.walk(module.tree) if isinstance(n, ast.Constant))
        assert not names & {text for text in texts if isinstance(text, str)}, module.path


def test_the_engine_asks_nowhere_which_kind_it_has(source_tree: SourceTree) -> None:
    assert [place for module in engine(source_tree) for place in judged(module)] == []


def test_a_question_which_kind_it_is_would_be_found() -> None:
    for asked in ("kind is REPAIR", "kind.name == 'repair'"):
        node: Any = ast.parse(f"if {asked}:\n    pass")
        module = Module("services.cases.made", path=None, text="", tree=node)  # type: ignore[arg-type]
        assert [*judged(module)]


@pytest.mark.parametrize("name", FEATURES.cases)
def test_a_kind_is_known_by_the_name_in_its_rows(name: str) -> None:
    kind: Kind = FEATURES.cases[name]
    assert kind.name == name
    assert {"state", "steps", "entered_at", kind.place} <= {*kind.model.__struct_fields__}


@pytest.mark.parametrize("shape", [Kind, Step, Rung, Question, Words])
def test_every_column_is_explained(shape: type[Any]) -> None:
    page = Path(__file__).parents[2] / "docs" / "explanation" / "cases.md"
    text = page.read_text(encoding="utf-8")
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| ")]
    named = " ".join(rows).replace("source, action, target", "`source` `action` `target`")
    assert [name for name in shape.__struct_fields__ if f"`{name}`" not in named] == []
