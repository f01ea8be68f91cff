"""Lifecycles: each is one table of one shape, complete, and read by the code.

The tables are found by name: `TABLE` in every module `states` of services/. That nothing else
writes a kept state is in test_state_writes.py.
"""

import ast
from collections import Counter
from datetime import timedelta
from enum import StrEnum
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from scripts.shape import SourceTree
from services.kernel.acts import Act
from services.kernel.permissions import Permission
from services.kernel.states import Table

ROOT: Final = Path(__file__).parents[2]
TREE: Final = SourceTree(ROOT)
TABLES: Final[dict[str, Table[Any, Any]]] = {
    module.name: import_module(module.name).TABLE
    for module in TREE.of("services")
    if module.short == "states" and module.package != "services.kernel"
}
# WeChat's, and those of work under a lease: its owner and fence are stricter than a state.
NO_TABLE: Final = {"TradeState", "JobState", "KeyState"}


def enum_of(table: Table[Any, Any], column: str) -> type[StrEnum]:
    (found,) = {type(at) for row in table.rows if (at := getattr(row, column)) is not None}
    assert issubclass(found, StrEnum)
    return found


@pytest.fixture(params=TABLES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def table(name: str) -> Table[Any, Any]:
    return TABLES[name]


def test_every_kind_of_state_has_a_table() -> None:
    kinds = {
        (module.name, node.name)
        for module in TREE.of("services")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef) and node.name.endswith("State")
        if {ast.unparse(base) for base in node.bases} & {"StrEnum", "Labelled"}
    }
    elsewhere = {kind for module, kind in kinds if module not in TABLES}
    assert elsewhere == NO_TABLE
    assert len(TABLES) >= 16


def test_every_state_is_reached_from_the_first(table: Table[Any, Any]) -> None:
    reached = {table.first}
    for _ in table.rows:
        reached |= {row.target for row in table.rows if row.source in reached}
    assert reached - {None} == set(enum_of(table, "target"))


def test_every_action_is_in_its_table(table: Table[Any, Any]) -> None:
    assert {row.action for row in table.rows} == set(enum_of(table, "action"))


def test_an_action_is_asked_by_the_same_people_from_every_state(table: Table[Any, Any]) -> None:
    for action in enum_of(table, "action"):
        same = {(row.needs, row.own, row.act) for row in table.of(action)}
        assert len(same) == 1, action


def test_a_row_is_an_offices_or_ones_own_or_the_workers(table: Table[Any, Any]) -> None:
    for row in table.rows:
        assert not (row.needs and row.own), row
        assert row.needs is None or isinstance(row.needs, Permission), row


def test_what_a_person_asks_leaves_an_act(table: Table[Any, Any]) -> None:
    for row in table.rows:
        assert isinstance(row.act, Act) or not (row.needs or row.own), row


def test_a_deadline_is_a_span_or_a_field_of_the_document(
    name: str, table: Table[Any, Any]
) -> None:
    models = import_module(f"{name.removesuffix('.states')}.models")
    fields = {
        field.name
        for kind in vars(models).values()
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct)
        for field in msgspec.structs.fields(kind)
        if table.field in kind.__struct_fields__
    }
    for row in table.rows:
        match row.due:
            case timedelta():
                assert row.due > timedelta(), row
            case str():
                assert row.due in fields, row


def named(attribute: ast.Attribute) -> str:
    return f"{ast.unparse(attribute.value).rpartition('.')[2]}.{attribute.attr}"


def names_in(tree: ast.AST) -> Counter[str]:
    """Return how often `Owner.NAME` is written, the modules before the owner left out."""
    return Counter(named(at) for at in ast.walk(tree) if isinstance(at, ast.Attribute))


@cache
def names_outside_of_tables() -> Counter[str]:
    found = (names_in(each.tree) for each in TREE.of("services") if each.name not in TABLES)
    return sum(found, Counter[str]())


def test_every_action_is_made_by_some_code(name: str, table: Table[Any, Any]) -> None:
    """Written in the package outside of the table, or in its module more often than in rows."""
    kind = enum_of(table, "action")
    package = TREE.modules[name].package
    elsewhere = names_outside_of_tables()
    own = Counter(
        at.attr for at in ast.walk(TREE.modules[name].tree) if isinstance(at, ast.Attribute)
    )
    unused = {
        action.name
        for action in kind
        if not elsewhere[f"{kind.__name__}.{action.name}"]
        and own[action.name] <= len(table.of(action))
    }
    assert not unused, package


def test_the_act_of_a_transition_is_named_by_its_table_alone() -> None:
    acts = {f"Act.{row.act.name}" for table in TABLES.values() for row in table.rows if row.act}
    elsewhere = {
        f"{module.path}: {act}"
        for module in TREE.of("services")
        if module.name not in {*TABLES, "services.privacy.labels"}
        for act in acts & names_in(module.tree).keys()
    }
    # a session is confirmed at the phone that signed in, without any code to scan
    assert elsewhere == {"services/sessions/actions.py: Act.CONFIRMED"}
