"""Job names: each is written where its job is done, so that no name crosses a layer upwards.

Whoever enqueues a job of another package imports its constant, and imports go down only.
"""

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Final

import pytest

from server.features import FEATURES

ROOT: Final = Path(__file__).parents[2]
# Names of before a package was divided; rows of the outbox still bear them.
OLD: Final = {
    "heads.term_ending",
    "heads.resigned",
    "homes.pass_on",
    "homes.let_proof_go",
    "fees.run",
}
# Where a call has the job's name: method → position.
NAMED_AT: Final = {"enqueue": 2, "keep_going": 1}


def package_of(module: str) -> str:
    return module.split(".")[1]


def trees() -> Iterator[tuple[str, ast.Module]]:
    """Yield (module name, syntax tree) of everything under services/."""
    for path in sorted((ROOT / "services").rglob("*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        yield name.removesuffix(".__init__"), ast.parse(path.read_text(encoding="utf-8"))


def value_of(module: ModuleType, node: ast.expr) -> object:
    """Return what a literal, a constant or an imported constant stands for; else None."""
    match node:
        case ast.Constant(value=value):
            return value
        case ast.Name(id=name):
            return getattr(module, name, None)
        case ast.Attribute(value=ast.Name(id=owner), attr=name):
            return getattr(getattr(module, owner, None), name, None)
    return None


def enqueued() -> list[tuple[str, str]]:
    """Return (module, job name) of each call that makes a job and names it by a constant."""
    calls = []
    for module, tree in trees():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            at = NAMED_AT.get(node.func.attr)
            if at is not None and len(node.args) > at:
                name = value_of(import_module(module), node.args[at])
                if isinstance(name, str):
                    calls.append((module, name))
    return calls


@pytest.mark.parametrize("name", sorted(FEATURES.jobs))
def test_a_job_is_named_after_the_package_that_does_it(name: str) -> None:
    package = package_of(FEATURES.jobs[name].__module__)
    assert name in OLD or name.partition(".")[0] == package


def test_a_job_is_written_out_only_where_it_is_done() -> None:
    written = {
        (package_of(module), node.value)
        for module, tree in trees()
        if "." in module
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and node.value in FEATURES.jobs
    }
    elsewhere = {
        (package, name)
        for package, name in written
        if package != package_of(FEATURES.jobs[name].__module__)
    }
    assert not elsewhere
    assert {name for _, name in written} == set(FEATURES.jobs)


def test_every_job_that_is_made_is_done_by_somebody() -> None:
    names = {name for _, name in enqueued()}
    assert names >= {"appointments.term_ending", "messaging.send", "payments.check"}
    assert names <= set(FEATURES.jobs)
    assert {schedule.kind for schedule in FEATURES.schedules} <= set(FEATURES.jobs)
