"""Features: what a package declares is registered by its `feature.py`, listed nowhere else."""

import ast
from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest

from scripts.shape import PRODUCT, SourceTree
from server.features import FEATURES
from services.kernel.features import Feature, Features, Schedule


def declared(tree: SourceTree, name: str) -> Iterator[tuple[str, Any]]:
    """Yield (module, value) of each constant of this name in services/."""
    for module in tree.of("services"):
        for node in module.tree.body:
            if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == name:
                yield module.name, getattr(import_module(module.name), name)


def test_every_declared_job_is_registered(source_tree: SourceTree) -> None:
    found = dict(declared(source_tree, "JOBS"))
    assert found
    lost = {m: sorted(jobs.keys() - FEATURES.jobs.keys()) for m, jobs in found.items()}
    assert not any(lost.values()), lost
    assert FEATURES.jobs == {name: job for jobs in found.values() for name, job in jobs.items()}


def test_every_declared_schedule_is_registered(source_tree: SourceTree) -> None:
    found = {s.kind for _, schedules in declared(source_tree, "SCHEDULES") for s in schedules}
    kinds = [schedule.kind for schedule in FEATURES.schedules]
    assert sorted(kinds) == sorted(found)


def test_a_registration_is_found_and_never_imported(source_tree: SourceTree) -> None:
    """Whoever imports one lists packages by hand again."""
    names = {m.name for m in source_tree.of("services") if m.name.endswith(".feature")}
    assert names
    assert all(name.count(".") == 2 for name in names), "one for each package of services/"
    importers = {
        module.path
        for module in source_tree.of(*PRODUCT)
        if any(name in names for name in source_tree.imports[module.name])
    }
    assert not importers


async def nothing(*_: object) -> None:
    """A job."""


def test_a_job_of_two_packages_is_refused() -> None:
    one, other = Feature(jobs={"a.b": nothing}), Feature(jobs={"a.b": nothing})
    with pytest.raises(ValueError, match=r"a\.b"):
        Features({"one": one, "other": other})


def test_features_stand_in_the_order_of_their_packages() -> None:
    def feature(kind: str) -> Feature:
        return Feature(schedules=(Schedule(kind, timedelta(hours=1)),))

    features = Features({"b": feature("b.x"), "a": feature("a.x")})
    assert [schedule.kind for schedule in features.schedules] == ["a.x", "b.x"]
