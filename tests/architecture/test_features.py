"""Features: what a package declares is registered by its `feature.py`, listed nowhere else."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from graphlib import CycleError
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import pytest
from msgspec import structs

from scripts.shape import PRODUCT, SourceTree
from server.app import ROUTES
from server.features import FEATURES
from services.bills.runs.notify import BILL_ISSUED
from services.kernel.features import Feature, Features, Lane, Part, Schedule, Step
from services.kernel.personal_data import Fate
from services.kernel.today import TodayKind

ROOT: Final = Path(__file__).parents[2]


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


def test_every_declared_template_is_registered(source_tree: SourceTree) -> None:
    found = [t for _, templates in declared(source_tree, "TEMPLATES") for t in templates]
    assert found
    assert [*FEATURES.templates.values()] == sorted(found, key=lambda template: template.key)


def test_every_template_is_declared_in_the_list_of_its_module(source_tree: SourceTree) -> None:
    """A template that its module's TEMPLATES lacks could be sent by nobody."""
    for module in source_tree.of("services"):
        made = module.text.count(" Template(")
        if made and module.name != "services.kernel.templates":
            listed = import_module(module.name).TEMPLATES
            assert len(listed) == made, module.path


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


def test_what_is_declared_about_people_is_registered(source_tree: SourceTree) -> None:
    declared_here = {
        h.collection for _, held in declared(source_tree, "HOLDINGS") for h in held
    }
    registered = [holding.collection for holding in FEATURES.holdings]
    assert sorted(registered) == sorted(declared_here)


@pytest.mark.parametrize(
    ("begins", "registered"),
    [
        ("close", {*FEATURES.closings}),
        ("forget", {*FEATURES.erasure.values()}),
        ("require_", {*FEATURES.guards}),
    ],
)
def test_each_part_of_erasure_is_registered(
    source_tree: SourceTree, begins: str, registered: set[Part | Step]
) -> None:
    written = {
        getattr(import_module(module.name), node.name)
        for module in source_tree.of("services")
        if module.name.endswith(".privacy")
        for node in module.tree.body
        if isinstance(node, ast.AsyncFunctionDef) and node.name.startswith(begins)
    }
    assert written
    assert registered == written


def test_who_needs_the_account_to_close_comes_before_it() -> None:
    """Grants are counted by WeChat user, whom a closed account does not know any more."""
    done = [part.__module__ for part in FEATURES.closings]
    assert done.index("services.messaging.privacy") < done.index("services.people.privacy")


def test_whose_rows_end_with_a_person_takes_part_in_an_erasure(source_tree: SourceTree) -> None:
    """What a package says of its collections is done by the package."""
    ends = {
        module.name.split(".")[1]
        for module in source_tree.of("services")
        if module.short == "privacy"
        for holding in getattr(import_module(module.name), "HOLDINGS", ())
        if holding.fate in {Fate.REMOVED, Fate.BLANKED}
    }
    parts = [*FEATURES.closings, *FEATURES.erasure.values()]
    assert ends == {part.__module__.split(".")[1] for part in parts} - {"consents"}


def test_each_part_of_erasure_has_a_name_that_people_read() -> None:
    assert FEATURES.forgets.keys() == FEATURES.erasure.keys()
    words = [*FEATURES.forgets.values()]
    assert all(words)
    assert len({*words}) == len(words)


def test_the_contract_knows_the_errors_of_every_package() -> None:
    """In a process of its own, as the command is: other tests have imported everything."""
    asked = (
        "from server.app import ROUTES\n"
        "from handlers.http.statuses import error_classes\n"
        "codes = {kind.code for kind in error_classes()}\n"
        "print(codes >= {'money_under_way', 'still_in_office'})"
    )
    command = [sys.executable, "-c", asked]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stdout == "True\n"


async def nothing(*_: object) -> None:
    """A job."""


@pytest.mark.parametrize(
    "feature",
    [
        Feature(jobs={"a_b": nothing}),
        Feature(templates=(structs.replace(BILL_ISSUED, key="a_b"),)),
        Feature(checked={"a_b": nothing}),
    ],
    ids=["job", "template", "content"],
)
def test_a_name_of_two_packages_is_refused(feature: Feature) -> None:
    with pytest.raises(ValueError, match="two packages: a_b"):
        Features({"one": feature, "other": feature})


def test_every_job_has_a_lane_and_every_lane_a_job() -> None:
    jobs = {"a.soon": nothing, "a.long": nothing}
    features = Features({"a": Feature(jobs=jobs, lanes={"a.long": Lane.LONG})})
    assert features.lanes == {"a.soon": Lane.PEOPLE, "a.long": Lane.LONG}
    foreign = Feature(lanes={"a.soon": Lane.MONEY})
    with pytest.raises(ValueError, match=r"lanes of no job: a\.soon"):
        Features({"a": Feature(jobs=jobs), "b": foreign})


def test_features_stand_in_the_order_of_their_packages() -> None:
    def feature(kind: str) -> Feature:
        return Feature(schedules=(Schedule(kind, timedelta(hours=1)),))

    features = Features({"b": feature("b.x"), "a": feature("a.x")})
    assert [schedule.kind for schedule in features.schedules] == ["a.x", "b.x"]


async def other(*_: object) -> None:
    """Another part."""


def test_a_part_of_closing_comes_before_what_it_needs() -> None:
    last = Feature(close=nothing)
    features = Features({"a": last, "b": Feature(close=other, before=("a",)), "c": last})
    assert features.closings.index(other) < features.closings.index(nothing)
    with pytest.raises(CycleError):
        Features({"a": Feature(before=("b",)), "b": Feature(before=("a",))})
    with pytest.raises(KeyError):
        Features({"a": Feature(before=("gone",))})


def kinds_of_today(tree: SourceTree) -> Iterator[tuple[str, TodayKind]]:
    """Yield (module, kind) of what heads have to do, as the packages declare it."""
    for module, found in declared(tree, "TODAY"):
        if module.endswith(".today"):
            yield from ((module, kind) for kind in found)


def test_every_declared_kind_of_what_heads_have_to_do_is_registered(
    source_tree: SourceTree,
) -> None:
    found = [kind for _, kind in kinds_of_today(source_tree)]
    assert found
    assert [*FEATURES.today] == sorted(found, key=lambda kind: (kind.weight, kind.name))


def test_what_heads_have_to_do_is_named_and_done_by_operations_that_there_are(
    source_tree: SourceTree,
) -> None:
    there = {c.operation for route in ROUTES for c in route.contracts().values()}
    for module, kind in kinds_of_today(source_tree):
        assert kind.name.startswith(f"{module.split('.')[1]}."), kind.name
        assert {*kind.operations} <= there, kind.name
        assert kind.operations or kind.done, f"{kind.name} could be done by nothing"
    labels = [kind.label for kind in FEATURES.today]
    assert len({*labels}) == len(labels)


def test_the_page_on_what_heads_have_to_do_has_every_kind() -> None:
    page = (ROOT / "docs/explanation/today.md").read_text(encoding="utf-8")
    rows = [f"| {kind.weight} | `{kind.name}` {kind.label} |" for kind in FEATURES.today]
    found = [line for line in page.splitlines() if re.match(r"\| \d+ \| `", line)]
    assert [line[: len(row)] for line, row in zip(found, rows, strict=True)] == rows
