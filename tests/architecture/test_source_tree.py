"""The source tree keeps its rules: names, sizes, signatures, what is private. One table.

Each rule is a function from the tree to the places that break it; its name is the rule. Below
the table, each is shown to find what breaks it, and only that.
`python scripts/shape.py` prints the figures; these say which file to change.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from scripts.shape import (
    EXCEPTED,
    MODULES_AT_MOST,
    PRODUCT,
    Function,
    Module,
    SourceTree,
    aliases,
    functions,
    imported_names,
)

LINES_AT_MOST: Final = 400
COLLECTIONS_AT_MOST: Final = 2
# Nouns that end in -ing, with what they are.
NOUNS_IN_ING: Final = {
    "server.serving": "the HTTP server and its shutdown",
    "services.kernel.masking": "the masked forms of names and phones",
    "services.payments.booking": "the entry of a payment in the books",
    "handlers.working_time": "the time in which a place works",
    "mongo_indexes.working_hours": "the hours in which a place works",
}
# The stars between or behind what is left of a masked phone or name.
MASKS: Final = "services.kernel.masking"
STARS: Final = re.compile(r"\*|\*{4,}")
# What takes the place of a sealed value as a word; `Sealed` of the vault writes it.
SEALING: Final = frozenset({"seal", "unseal", "seal_bytes", "unseal_bytes"})
OF_A_FIELD: Final = re.compile(r"[A-Z_]+\.place\(.*\)")
# `if found is None or not actor.may(...)`, or with a helper that is given the actor.
ASKED: Final = re.compile(r"\bactor\.(may|places|person_id)\b|is None or .*\bactor\b(?!\.)")
MISSING: Final = re.compile(r"raise (errors\.)?NotFound|raise (models\.)?missing")
# What a function of services/ takes from everywhere stands first, in this order.
SHARED_PARAMETERS: Final = {"deps": 0, "db": 0, "tx": 1, "actor": 2}
OPTIONAL_TRANSACTION: Final = "Transaction | None = None"
Rule = Callable[[SourceTree], Iterator[str]]


def no_module_is_named_by_a_verb(tree: SourceTree) -> Iterator[str]:
    for module in tree.of(*PRODUCT):
        words = module.short.split("_")
        by_a_verb = any(word.endswith("ing") for word in words)
        if by_a_verb and not module.is_package and module.name not in NOUNS_IN_ING:
            yield module.name


def every_listed_noun_in_ing_is_there(tree: SourceTree) -> Iterator[str]:
    yield from sorted(NOUNS_IN_ING.keys() - tree.modules.keys())


def no_package_has_over_twelve_modules(tree: SourceTree) -> Iterator[str]:
    for package, members in tree.packages().items():
        if len(members) > MODULES_AT_MOST and package not in EXCEPTED:
            yield f"{package}: {len(members)}"


def no_file_is_over_400_lines(tree: SourceTree) -> Iterator[str]:
    for module in tree.modules.values():
        if module.lines > LINES_AT_MOST:
            yield f"{module.path}: {module.lines}"


def no_name_is_an_alias_of_another_modules(tree: SourceTree) -> Iterator[str]:
    for module in tree.of(*PRODUCT):
        yield from (f"{module.path}: {alias}" for alias in aliases(module))


def no_package_keeps_over_two_collections(tree: SourceTree) -> Iterator[str]:
    """A collection is kept by the package, or sub-package, whose store queries it."""
    kept: dict[str, set[str]] = defaultdict(set)
    for module in tree.of("services"):
        if is_store(module.name):
            kept[module.package] |= {
                name for name in tree.imports[module.name] if name.startswith("mongo_indexes.")
            }
    for package, collections in kept.items():
        if len(collections) > COLLECTIONS_AT_MOST:
            names = sorted(name.removeprefix("mongo_indexes.") for name in collections)
            yield f"{package}: {', '.join(names)}"


def no_store_is_reached_from_another_package(tree: SourceTree) -> Iterator[str]:
    """Neither imported, nor found as an attribute of a module, nor under another's name."""
    for module in tree.of(*PRODUCT):
        names = {origin(tree, name) for name in used_names(module)}
        names |= {origin(tree, name) for name in tree.imports[module.name]}
        foreign = {
            store
            for name in names
            for store in [store_in(name)]
            if store and feature(store) != feature(module.name)
        }
        yield from (f"{module.path}: {store}" for store in sorted(foreign))


def shared_parameters_come_first(tree: SourceTree) -> Iterator[str]:
    for module in tree.of("services"):
        for function in functions(module):
            if wrong := parameters_out_of_order(function):
                yield f"{module.path}:{function.lineno} {function.name}: {wrong}"


def only_masking_masks(tree: SourceTree) -> Iterator[str]:
    """A name or a phone is masked in one way, whoever shows it."""
    for module in tree.of("handlers", "server", "services"):
        if module.name == MASKS:
            continue
        for node in ast.walk(module.tree):
            text = node.value if isinstance(node, ast.Constant) else None
            if isinstance(text, str) and STARS.fullmatch(text):
                yield f"{module.path}:{node.lineno}"


def a_sealed_field_knows_its_place(tree: SourceTree) -> Iterator[str]:
    """Nobody else writes a place down: two that differ in a letter open nothing."""
    for module in tree.of("handlers", "server", "services"):
        if module.package == "services.kernel":
            continue
        for call in (node for node in ast.walk(module.tree) if isinstance(node, ast.Call)):
            if ast.unparse(call.func).rpartition(".")[2] in SEALING:
                places = [ast.unparse(w.value) for w in call.keywords if w.arg == "place"]
                if not all(OF_A_FIELD.fullmatch(place) for place in places):
                    yield f"{module.path}:{call.lineno}"


def one_function_judges_who_gets_a_document(tree: SourceTree) -> Iterator[str]:
    """No NotFound depends on who asks, but by the kernel's: a copy may forget a case."""
    for module in tree.of("handlers", "server", "services"):
        if module.package == "services.kernel":
            continue
        for branch in (node for node in ast.walk(module.tree) if isinstance(node, ast.If)):
            refuses = any(MISSING.match(ast.unparse(line)) for line in branch.body)
            if refuses and ASKED.search(ast.unparse(branch.test)):
                yield f"{module.path}:{branch.lineno}"


def is_store(module: str) -> bool:
    last = module.rpartition(".")[2]
    return module.startswith("services.") and (last == "store" or last.endswith("_store"))


def feature(module: str) -> str:
    """The package a module belongs to, sub-packages included: `services.register`."""
    return ".".join(module.split(".")[:2])


def store_in(name: str) -> str:
    """The store a dotted name leads to or through; "" when there is none."""
    parts = name.split(".")
    heads = (".".join(parts[:length]) for length in range(1, len(parts) + 1))
    return next((head for head in heads if is_store(head)), "")


@cache
def bindings(module: Module) -> dict[str, str]:
    """What imported names of a file stand for."""
    found: dict[str, str] = {}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom | ast.Import):
            pairs = zip(imported_names(module, node), node.names, strict=True)
            for (base, name), alias in pairs:
                whole = f"{base}.{name}" if name else base
                plain = alias.name if isinstance(node, ast.ImportFrom) else base.split(".")[0]
                found[alias.asname or plain] = whole if name or alias.asname else plain
    return found


def used_names(module: Module) -> Iterator[str]:
    """The whole names of all attributes that are reached through an import."""
    bound = bindings(module)
    for node in ast.walk(module.tree):
        parts: list[str] = []
        at: ast.AST = node
        while isinstance(at, ast.Attribute):
            parts.append(at.attr)
            at = at.value
        if parts and isinstance(at, ast.Name) and at.id in bound:
            yield ".".join([bound[at.id], *reversed(parts)])
    yield from bound.values()


def origin(tree: SourceTree, name: str) -> str:
    """Follow a name through the modules that only imported it from others."""
    module, _, rest = name.rpartition(".")
    while module and module not in tree.modules:
        module, _, head = module.rpartition(".")
        rest = f"{head}.{rest}"
    if name in tree.modules or not module:
        return name
    first, _, more = rest.partition(".")
    target = bindings(tree.modules[module]).get(first)
    if target is None:
        return name
    return origin(tree, f"{target}.{more}" if more else target)


def parameters_out_of_order(function: Function) -> str:
    arguments = function.args
    positional = [*arguments.posonlyargs, *arguments.args]
    names = [each.arg for each in positional if each.arg not in {"self", "cls"}]
    shared = sorted(
        (n for n in names if n in SHARED_PARAMETERS), key=SHARED_PARAMETERS.__getitem__
    )
    if names[: len(shared)] != shared:
        return f"({', '.join(names)})"
    optional = positional[len(positional) - len(arguments.defaults) :]
    if any(each.arg == "tx" for each in optional):
        return "an optional tx is keyword-only"
    for each, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if each.arg in SHARED_PARAMETERS:
            written = f"{ast.unparse(each.annotation)}" if each.annotation else ""
            written += f" = {ast.unparse(default)}" if default else ""
            if each.arg != "tx" or written != OPTIONAL_TRANSACTION:
                return f"*, {each.arg}: {written}"
    return ""


RULES: Final[tuple[Rule, ...]] = (
    no_module_is_named_by_a_verb,
    every_listed_noun_in_ing_is_there,
    no_package_has_over_twelve_modules,
    no_package_keeps_over_two_collections,
    no_file_is_over_400_lines,
    no_name_is_an_alias_of_another_modules,
    no_store_is_reached_from_another_package,
    shared_parameters_come_first,
    only_masking_masks,
    a_sealed_field_knows_its_place,
    one_function_judges_who_gets_a_document,
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_source_tree(rule: Rule, source_tree: SourceTree) -> None:
    assert [*rule(source_tree)] == []


STORE = "services/parks/store.py"
ACTIONS = "services/parks/actions.py"
# rule → files that break it once
BROKEN: dict[Rule, dict[str, str]] = {
    no_module_is_named_by_a_verb: {"services/parks/signing_in.py": ""},
    no_package_has_over_twelve_modules: {
        f"services/parks/m{number}.py": "" for number in range(13)
    },
    no_package_keeps_over_two_collections: {
        **{f"mongo_indexes/{name}.py": "" for name in "abc"},
        STORE: "from mongo_indexes import a, b\n",
        "services/parks/code_store.py": "from mongo_indexes.c import COLLECTION\n",
    },
    no_file_is_over_400_lines: {"tests/test_long.py": "\n" * 401},
    no_name_is_an_alias_of_another_modules: {
        ACTIONS: "from services.parks import store\n\nfind = store.find\n"
    },
    shared_parameters_come_first: {STORE: "def find(db, home, tx): ...\n"},
    a_sealed_field_knows_its_place: {
        ACTIONS: 'def keep(vault, row): return vault.seal(row.name, place=f"parks/{row.id}")\n'
    },
    one_function_judges_who_gets_a_document: {
        ACTIONS: (
            "def access(actor, park):\n"
            "    if park is None or not actor.may(VIEW, park.place):\n"
            "        raise errors.NotFound('没有')\n"
        )
    },
    only_masking_masks: {ACTIONS: 'def view(name): return f"{name[0]}*"\n'},
}
KEPT = {
    STORE: "from mongo_indexes import a, b\n\n\ndef find(db, tx, home): ...\n",
    "mongo_indexes/a.py": "",
    "mongo_indexes/b.py": "",
    "mongo_indexes/c.py": "",
    ACTIONS: (
        "from services.parks import store\n\n\n"
        "def move(deps, tx, actor, home): return store.find(deps.db, tx, home)\n"
        "def show(deps, home, *, tx: Transaction | None = None): ...\n"
        "class Job:\n    def run(self, deps, home): ...\n"
    ),
    "services/parks/codes/store.py": "from mongo_indexes.c import COLLECTION\n",
    "services/watering/__init__.py": "",
    "services/gravel/actions.py": "from services.parks import actions\nactions.move()\n",
    "server/serving.py": "",
}
REACHES = {
    "imported": "from services.parks import store\n",
    "imported by name": "from services.parks.store import find\n",
    "a name imported by its neighbour": "from services.parks.actions import find\n",
    "an attribute": "from services.parks import actions\nactions.store.find()\n",
    "an attribute of a neighbour": "from services.parks import actions\nactions.find()\n",
}


def tree(root: Path, files: dict[str, str]) -> SourceTree:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return SourceTree(root)


@pytest.mark.parametrize("rule", BROKEN, ids=lambda rule: rule.__name__)
def test_a_rule_finds_what_breaks_it(rule: Rule, tmp_path: Path) -> None:
    assert len([*rule(tree(tmp_path, BROKEN[rule]))]) == 1


@pytest.mark.parametrize("text", REACHES.values(), ids=REACHES)
def test_a_store_is_found_on_every_way_to_it(text: str, tmp_path: Path) -> None:
    files = {
        STORE: "def find(db): ...\n",
        ACTIONS: "from services.parks import store\nfrom services.parks.store import find\n",
        "services/lamps/actions.py": text,
    }
    found = [*no_store_is_reached_from_another_package(tree(tmp_path, files))]
    assert found == ["services/lamps/actions.py: services.parks.store"]


@pytest.mark.parametrize(
    "signature",
    [
        "(tx, deps)",
        "(actor, tx)",
        "(home, deps)",
        "(deps, actor, tx)",
        "(db, home, tx=None)",
        "(db, tx=None)",
        "(db, *, tx)",
        "(db, *, tx: Transaction | None)",
        "(home, *, actor)",
    ],
)
def test_shared_parameters_anywhere_else_are_found(signature: str, tmp_path: Path) -> None:
    files = {STORE: f"def find{signature}: ...\n"}
    assert [*shared_parameters_come_first(tree(tmp_path, files))]


def test_a_noun_in_ing_that_is_gone_is_found(tmp_path: Path) -> None:
    found = [*every_listed_noun_in_ing_is_there(tree(tmp_path, KEPT))]
    assert found == sorted(NOUNS_IN_ING.keys() - {"server.serving"})


def test_what_keeps_the_rules_breaks_none(tmp_path: Path) -> None:
    small = tree(tmp_path, KEPT)
    held = [rule for rule in RULES if rule is not every_listed_noun_in_ing_is_there]
    assert [broken for rule in held for broken in rule(small)] == []


def test_every_rule_is_tried() -> None:
    apart = {
        no_store_is_reached_from_another_package,
        every_listed_noun_in_ing_is_there,
    }
    assert BROKEN.keys() | apart == {*RULES}
