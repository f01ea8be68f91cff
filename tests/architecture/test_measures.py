"""Measures: each is a package's own, somebody reads it, and the index it names covers it."""

import ast
from collections.abc import Iterator
from importlib import import_module
from typing import Any, Final

import pytest

from scripts.shape import PRODUCT, Module, SourceTree
from server.features import FEATURES
from services.kernel.measures import FEN, Measure, Scan, Span

SPAN: Final = Span("2026-03", 2, "property_fee")
READER: Final = "services.statistics.measures"
# Each counts documents of one broadcast, survey or task, which is no figure of the places.
OF_ONE_THING: Final = {
    "services.surveys.answers.store",
    "services.messaging.broadcasts.homes_store",
    "services.messaging.bulk_store",
    "services.tasks.parts.store",
}
# Where a case counts depends on the case: what has no name counts for its building and in no
# figure of a unit. That is feedback's own rule; and no measure has its spans. How old a debt is
# depends on the day on which it is asked, as no figure of a measure does.
BY_A_RULE_OF_THEIR_OWN: Final = {
    "services.bills.arrears.store",
    "services.feedback.figures.store",
}
MEASURES: Final = FEATURES.measures.values()
of_each = pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.name)


def declared(tree: SourceTree) -> Iterator[tuple[Module, Measure]]:
    for module in tree.of("services"):
        if module.short == "measures" and module.package.count(".") == 1:
            for measure in getattr(import_module(module.name), "MEASURES", ()):
                yield module, measure


def test_every_declared_measure_is_registered_by_its_package(source_tree: SourceTree) -> None:
    found = [*declared(source_tree)]
    assert {module.package for module, _ in found} >= {"services.bills", "services.places"}
    assert sorted(measure.name for _, measure in found) == sorted(FEATURES.measures)
    for module, measure in found:
        assert f"services.{measure.name.partition('.')[0]}" == module.package


def test_every_measure_is_read_and_nobody_reads_another(source_tree: SourceTree) -> None:
    """A name is a text, because who reads a measure may lie below who counts it."""
    packages = {name.partition(".")[0] for name in FEATURES.measures}
    read = {
        node.value
        for module in source_tree.of(*PRODUCT)
        if READER in source_tree.imports[module.name]
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if node.value.partition(".")[0] in packages and "." in node.value
    }
    assert read == {*FEATURES.measures}


def test_figures_of_places_are_added_up_in_one_module(source_tree: SourceTree) -> None:
    """Whoever else groups paths by their first segments counts beside the measures."""
    grouping = {
        module.name
        for module in source_tree.of(*PRODUCT)
        if "services.kernel.paths" in source_tree.imports[module.name]
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom) and node.module == "services.kernel.paths"
        if "part" in {alias.name for alias in node.names}
    }
    assert grouping == {READER, *OF_ONE_THING, *BY_A_RULE_OF_THEIR_OWN}
    scans = {
        module.name
        for module in source_tree.of("services")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Scan"
    }
    assert all(name.endswith(".measures") for name in scans)


@of_each
def test_a_measure_tells_what_its_figures_are(measure: Measure) -> None:
    assert {*measure.figures} == {name for scan in measure.scans_of(SPAN) for name in scan.sums}
    for name, figure in measure.figures.items():
        assert figure.label
        assert name.endswith("_fen") is (figure.unit == FEN)


def test_no_two_figures_have_one_name() -> None:
    """They would be added up when somebody asks for both. Cells are named by their values."""
    names = [
        name
        for measure in MEASURES
        if not any(scan.cells for scan in measure.scans_of(SPAN))
        for name in measure.figures
    ]
    assert len(names) == len({*names})


def test_a_measure_of_months_needs_them() -> None:
    with pytest.raises(ValueError, match=r"bills\.billed"):
        FEATURES.measures["bills.billed"].scans_of(None)


def fields(value: Any) -> Iterator[str]:
    """Yield the fields that an expression reads."""
    match value:
        case dict():
            yield from (field for inner in value.values() for field in fields(inner))
        case list():
            yield from (field for inner in value for field in fields(inner))
        case str() if value.startswith("$"):
            yield value[1:]


def read_by(measure: Measure, scan: Scan) -> set[str]:
    counted = {*fields(scan.each)} if scan.each else {*fields(scan.sums)}
    return {measure.path, *scan.match_on("2026-03-02"), *counted, *scan.cells}


@of_each
def test_an_index_holds_all_that_a_measure_reads(measure: Measure) -> None:
    indexes = {
        index.document["name"]: {*index.document["key"]}
        for index in import_module(f"mongo_indexes.{measure.collection}").INDEXES
    }
    for scan in measure.scans_of(SPAN):
        assert read_by(measure, scan) <= indexes[scan.index]
