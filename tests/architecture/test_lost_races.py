"""Who lost to somebody looks in a transaction what is there: see `Dependencies.in_transaction`.

Read off the syntax: where a transaction is tried in services/, whatever is awaited after its
failure is a transaction, too. One that commits and says that somebody was first needs no rule,
because what is read after a commit is up to date.
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from scripts.shape import Module, SourceTree, parse

TRIED: Final = "deps.in_transaction"
# A row of the audit is a transaction of its own.
MAY_FOLLOW: Final = frozenset({TRIED, "audit.refused"})


def late_looks(module: Module) -> Iterator[int]:
    """Yield the lines that may look past what won, after a transaction failed."""
    for attempt in (node for node in ast.walk(module.tree) if isinstance(node, ast.Try)):
        if any(TRIED in awaited(node) for node in attempt.body):
            for line in (line for handler in attempt.handlers for line in handler.body):
                if awaited(line) - MAY_FOLLOW:
                    yield line.lineno


def awaited(root: ast.AST) -> set[str]:
    """Return what is called and awaited, or iterated over, anywhere below a node."""
    found: list[ast.expr] = []
    for node in ast.walk(root):
        match node:
            case ast.Await(value=value):
                found.append(value)
            case ast.AsyncFor(iter=value) | ast.comprehension(iter=value, is_async=1):
                found.append(value)
    return {ast.unparse(node.func if isinstance(node, ast.Call) else node) for node in found}


def test_who_lost_looks_in_a_transaction(source_tree: SourceTree) -> None:
    modules = source_tree.of("services")
    assert [f"{m.path}:{line}" for m in modules for line in late_looks(m)] == []


@pytest.mark.parametrize(
    ("after", "lines"),
    [
        ("return await store.find(deps.db, park.id)", [5]),
        ("return await _again(deps, park)", [5]),
        ("if not await is_posted(deps, park.id): raise", [5]),
        ("return [park async for park in store.all(deps.db)]", [5]),
        ("return await deps.in_transaction(lambda tx: store.find(deps.db, tx, park.id))", []),
        ("raise Taken('已经有了') from None", []),
    ],
)
def test_a_look_outside_is_found(tmp_path: Path, after: str, lines: list[int]) -> None:
    file = tmp_path / "actions.py"
    file.write_text(
        "async def add(deps, park):\n"
        "    try:\n"
        "        await deps.in_transaction(save)\n"
        "    except DuplicateKeyError:\n"
        f"        {after}\n",
        encoding="utf-8",
    )
    assert [*late_looks(parse(tmp_path, file))] == lines


BULK: Final = "services.kernel.bulk"


def bare_bulks(module: Module) -> Iterator[int]:
    """Yield the lines where a module itself inserts many in a transaction."""
    for node in ast.walk(module.tree):
        match node:
            case ast.Call(func=ast.Attribute(attr="insert_many"), keywords=named) if any(
                each.arg == "session" for each in named
            ):
                yield node.lineno


def test_many_are_inserted_in_a_transaction_so_that_who_lost_is_told_as_of_one(
    source_tree: SourceTree,
) -> None:
    """BulkWriteError is no DuplicateKeyError: nobody who lost to somebody catches it."""
    found = {m.name for m in source_tree.of("services") if [*bare_bulks(m)]}
    assert found == {BULK}
