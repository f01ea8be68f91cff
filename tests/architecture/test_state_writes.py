"""Writes of a kept state: by the table of its lifecycle, and by nothing else.

Read off the syntax of every write to the database in services/: what is set, with the names in
it looked up in the function and the module. A first state is inserted; that is no write of one.
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from scripts.shape import Function, Module, functions
from tests.architecture.test_states import TABLES, TREE

# Work under a lease: whoever holds owner and fence writes, which is stricter than a state.
LEASED: Final = {
    "services.jobs.store",
    "services.jobs.batches_store",
    "services.idempotency.store",
}
FIELDS: Final = {table.field for table in TABLES.values()}
# Method or class of the driver → position of what it writes.
WRITES: Final = {
    "update_one": 1,
    "update_many": 1,
    "find_one_and_update": 1,
    "replace_one": 1,
    "find_one_and_replace": 1,
    "UpdateOne": 1,
    "UpdateMany": 1,
    "ReplaceOne": 1,
}
# A printed code takes the place of the residency's earlier one, in its first state.
REPLACE: Final = {"services.home_codes.store"}


def written_states(module: Module) -> set[int]:
    """Return the lines at which a module writes a state itself, the first one left out."""
    top = [node for node in module.tree.body if isinstance(node, ast.Assign | ast.AnnAssign)]
    found = set()
    for function in functions(module):
        known = assigned([*top, *ast.walk(function)])
        for node in ast.walk(function):
            whole = may_not_replace(module, node)
            for update in updates(node):
                if whole or sets_state(update, known) or copies(module, update, function):
                    found.add(update.lineno)
    return found


def assigned(nodes: list[ast.AST]) -> dict[str, list[ast.expr]]:
    """Return name → what is put into it: by assignment, by `|=`, or by a key."""
    found: dict[str, list[ast.expr]] = {}
    pairs: list[tuple[ast.expr, ast.expr]]
    for node in nodes:
        match node:
            case ast.Assign(targets=targets, value=value):
                pairs = [(each, value) for each in targets]
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                pairs = [(target, value)]
            case ast.AugAssign(target=target, value=value):
                pairs = [(target, value)]
            case _:
                continue
        for into, what in pairs:
            for name, put in put_into(into, what):
                found.setdefault(name, []).append(put)
    return found


def put_into(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    match target, value:
        case ast.Tuple(elts=targets), ast.Tuple(elts=values):
            for one, other in zip(targets, values, strict=True):
                yield from put_into(one, other)
        case ast.Name(id=name), _:
            yield name, value
        case ast.Subscript(value=ast.Name(id=name), slice=key), _:
            yield name, ast.copy_location(ast.Dict([key], [value]), value)


def updates(node: ast.AST) -> Iterator[ast.expr]:
    """Yield what a node writes: the second argument of a write, or what stands at a `$set`."""
    if isinstance(node, ast.Call):
        called = (
            node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)
        )
        if called in WRITES:
            yield from node.args[WRITES[called] :][:1]
            yield from (
                each.value for each in node.keywords if each.arg in {"update", "replacement"}
            )
    if isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and key.value == "$set":
                yield value


def sets_state(
    node: ast.expr, known: dict[str, list[ast.expr]], seen: tuple[str, ...] = ()
) -> bool:
    """Tell whether an expression has a state among its keys, in whatever it is made of."""
    match node:
        case ast.Name(id=name):
            return name not in seen and any(
                sets_state(each, known, (*seen, name)) for each in known.get(name, [])
            )
        case ast.Dict(keys=keys, values=values):
            named = [key.value if isinstance(key, ast.Constant) else None for key in keys]
            if FIELDS & {*named}:
                return True
            return any(
                sets_state(value, known, seen)
                for key, value in zip(named, values, strict=True)
                if key != "$setOnInsert"
            )
        case ast.List(elts=parts):
            return any(sets_state(part, known, seen) for part in parts)
        case ast.BinOp(left=left, right=right):
            return sets_state(left, known, seen) or sets_state(right, known, seen)
    return False


def may_not_replace(module: Module, node: ast.AST) -> bool:
    """Tell whether a node writes whole documents of a package that has a table."""
    called = ast.unparse(node.func).rpartition(".")[2] if isinstance(node, ast.Call) else ""
    return has_table(module) and "replace" in called.lower() and called in WRITES


def copies(module: Module, update: ast.expr, function: Function) -> bool:
    """Tell whether a whole struct is set without its state being taken out of it first."""
    text = ast.unparse(function)
    return (
        has_table(module)
        and isinstance(update, ast.Name)
        and f"{update.id} = to_document(" in text
        and not any(f"{update.id}.pop('{field}')" in text for field in FIELDS)
    )


def has_table(module: Module) -> bool:
    return f"{module.package}.states" in TABLES and module.name not in REPLACE


def test_only_the_table_writes_a_state_after_the_first() -> None:
    found = {
        f"{module.path}:{line}"
        for module in TREE.of("services")
        if module.name not in LEASED
        for line in written_states(module)
    }
    assert not found


@pytest.mark.parametrize("name", [*sorted(LEASED), *REPLACE])
def test_every_exception_is_needed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "REPLACE", set())
    assert written_states(TREE.modules[name])


HIDDEN: Final = {
    "in the call": 'await db.update_one(key, {"$set": {"state": B.PAID}}, session=tx)',
    "in a variable": 'change = {"$set": {"state": B.PAID}}\n await db.update_one(key, change)',
    "by key": 'change = {}\n change["state"] = B.PAID\n db.update_many(key, {"$set": change})',
    "by |=": 'change = {}\n change |= {"state": B.PAID}\n db.update_one(key, {"$set": change})',
    "joined": 'change = {"a": 1} | {"state": B.PAID}\n db.update_one(key, {"$set": change})',
    "unpacked": 'a, change = 1, {"state": B.PAID}\n db.update_one(key, {"$set": {**change}})',
    "handed on": 'await store.write(db, {"$set": {"state": B.PAID}})',
    "by a constant": "db.update_one(key, PAID)",
    "computed": 'db.update_many(key, [{"$set": {"state": B.PAID}}])',
    "whole": "db.replace_one(key, to_document(bill))",
    "by a copy": 'd = to_document(bill)\n db.update_one(key, {"$set": d}, upsert=True)',
}
ALLOWED: Final = {
    "asked for": 'query = {"state": B.PAID}\n db.update_one(query, {"$set": {"a": 1}})',
    "first": 'db.update_one(key, {"$setOnInsert": {"state": B.DRAFT}}, upsert=True)',
    "inserted": "db.insert_one(to_document(bill))",
    "by the table": 'await TABLE.move(db, key, BA.SETTLE, {"paid_at": at}, tx=tx)',
    "without it": 'd = to_document(b)\n d.pop("state")\n db.update_one(key, {"$set": d})',
}


def store_of(body: str) -> Module:
    text = 'PAID = {"$set": {"state": B.PAID}}\nasync def change(db, tx, key):\n ' + body
    path = Path("services/bills/store.py")
    return Module("services.bills.store", path, text, ast.parse(text))


@pytest.mark.parametrize("body", HIDDEN.values(), ids=HIDDEN)
def test_a_state_written_anywhere_else_is_found(body: str) -> None:
    assert written_states(store_of(body))


@pytest.mark.parametrize("body", ALLOWED.values(), ids=ALLOWED)
def test_what_writes_no_state_is_let_be(body: str) -> None:
    assert not written_states(store_of(body))
