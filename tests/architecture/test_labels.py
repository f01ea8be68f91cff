"""Labels: what people read for a code stands beside it, and in no second dictionary."""

import ast
from collections.abc import Iterator
from importlib import import_module
from typing import Final

import pytest

from scripts.shape import PRODUCT, SourceTree
from server.features import FEATURES
from services.kernel.labels import Labelled

# Dictionaries that say something else of a code than what it is called.
OTHER_WORDS: Final = {
    # what a message says of a step, and a page of a state
    "services.feedback.notify": {"PROGRESS", "WORK", "EARLIER", "LATE"},
    "services.feedback.views": {"PROGRESS"},
    "services.home_requests.states": {"PROGRESS"},  # the sentence of a message
    "services.notices.states": {"INSTEAD"},  # what to do in place of an action
    "services.surveys.states": {"INSTEAD"},  # the same
    "services.feedback.boards.today": {"DO"},  # what is to be done with each kind
    "services.feedback.kind": {"GAVE_BACK"},  # who did it, in the state that it was in
    "services.repairs.notify": {
        "PROGRESS",
        "WORK",
        "NEWS",
        "LATE",
    },  # what a message says of a step
    # neutral words for screens
    "services.mediations.notify": {"PROGRESS", "FAILED", "WORK", "LATE_WORK"},
    "services.tasks.parts.notify": {"WORDS"},
    "services.tasks.rounds.notify": {"WORDS"},
    "services.register.sheet.cells": {"RELATIONS"},  # what registers write for it
}


def kinds() -> list[type[Labelled]]:
    return sorted(Labelled.__subclasses__(), key=lambda kind: (kind.__module__, kind.__name__))


def is_read(node: ast.expr) -> bool:
    """Tell whether something is Chinese text."""
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and any("一" <= letter <= "鿿" for letter in node.value)
    )


def is_member(module: str, key: ast.expr | None) -> bool:
    match key:
        case ast.Attribute(value=ast.Name(id=owner)):
            kind = getattr(import_module(module), owner, None)
            return isinstance(kind, type) and issubclass(kind, Labelled)
    return False


def is_second(module: str, node: ast.Dict) -> bool:
    """Tell whether a dictionary says for the values of one enumeration what they are called."""
    if not node.values or not all(is_read(value) for value in node.values):
        return False
    if all(is_member(module, key) for key in node.keys):
        return True
    keys = {key.value for key in node.keys if isinstance(key, ast.Constant)}
    return len(keys) == len(node.keys) > 1 and any(keys <= {*kind} for kind in kinds())


def second_dictionaries(module: str, tree: ast.Module) -> Iterator[str]:
    for statement in tree.body:
        name = ast.unparse(getattr(statement, "target", statement)).split(" ")[0]
        if name not in OTHER_WORDS.get(module, set()):
            for node in ast.walk(statement):
                if isinstance(node, ast.Dict) and is_second(module, node):
                    yield f"{module}:{node.lineno}"


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__qualname__)
def test_every_value_has_a_label(kind: type[Labelled]) -> None:
    assert [member.name for member in kind if not member.label] == []


def test_no_dictionary_says_it_again(source_tree: SourceTree) -> None:
    found = [
        second
        for module in source_tree.of(*PRODUCT)
        if module.name.split(".")[0] in {"services", "handlers"}
        for second in second_dictionaries(module.name, module.tree)
    ]
    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        'NAMES = {FeeKind.WASTE_FEE: "垃圾费"}',
        'NAMES: Final = {"property_fee": "物业费", "waste_fee": "垃圾费"}',
        'def f():\n    return {"owner": "业主", "tenant": "租客"}',
    ],
)
def test_a_second_dictionary_is_found(text: str) -> None:
    module = "services.bills.store"  # where FeeKind is imported
    assert [*second_dictionaries(module, ast.parse(text))]


def test_an_export_writes_what_is_a_code_somewhere_by_labels_everywhere() -> None:
    coded = {h.shows[field] for h in FEATURES.holdings for field in h.words}
    assert coded >= {"关系", "职务", "状态", "操作"}
    for holding in FEATURES.holdings:
        shown = {field for field, label in holding.shows.items() if label in coded}
        assert shown == holding.words.keys(), holding.collection
