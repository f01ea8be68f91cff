"""Deferred imports: which modules a process does without until something of theirs is used."""

import ast
from collections.abc import Iterator

from scripts.shape import Module, SourceTree

# Module of a library → modules of ours that may name it.
DEFERRED = {
    "PIL": {"services.photos.reencode"},
    "cn2an": {"services.register.sheet.names"},
    "jieba": {"services.kernel.words"},
    "phonenumbers": {"services.kernel.phones"},
    "reportlab": {"services.kernel.papers"},
    "segno": {"services.kernel.papers"},
    "wechatpy": {"services.wechat.client", "services.wechat.push"},
    "xlsxwriter": {"services.kernel.tables", "services.register.sheet.template"},
    "av": {"services.photos.contents.remux"},
    "python_calamine": {
        "services.bank_statements.files.tables",
        "services.register.sheet.workbook",
    },
}
# Modules of ours that import them like any other: these are deferred themselves, or run in a
# process of their own alone.
OF_THEIRS = {
    "services.bank_statements.files.child",
    "services.bank_statements.files.tables",
    "services.kernel.papers",
    "services.photos.contents.child",
    "services.photos.contents.remux",
    "services.register.sheet.child",
    "services.register.sheet.workbook",
}
OWN = ("server", "handlers", "services", "mongo_indexes")


def test_a_library_is_named_where_the_table_says(source_tree: SourceTree) -> None:
    found: dict[str, set[str]] = {}
    for module in source_tree.of(*OWN):
        for name in named(module.tree):
            if (library := name.partition(".")[0]) in DEFERRED:
                found.setdefault(library, set()).add(module.name)
    assert found == DEFERRED


def test_what_is_deferred_is_imported_in_no_other_way(source_tree: SourceTree) -> None:
    avoided = {*DEFERRED, *OF_THEIRS}
    eager = {
        (module.name, name)
        for module in source_tree.of(*OWN)
        if module.name not in OF_THEIRS
        for name in imported(module.tree.body)
        if avoided & set(prefixes(name))
    }
    assert not eager


def test_what_the_tools_see_is_what_python_gets(source_tree: SourceTree) -> None:
    """A module stands in both branches under one name, and nothing else does."""
    for module in source_tree.of(*OWN):
        for seen, got in branches(module):
            assert list(imported(seen)) == deferrals(got), module.name


def named(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        yield from names_of(node)


def imported(body: list[ast.stmt]) -> Iterator[str]:
    """Yield what a body imports when it is run: never what is for the tools alone."""
    for node in body:
        yield from names_of(node)


def names_of(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Import(names=names):
            yield from (name.name for name in names)
        case ast.ImportFrom(module=str(module), names=names):
            yield from (f"{module}.{name.name}" for name in names)


def prefixes(name: str) -> Iterator[str]:
    parts = name.split(".")
    yield from (".".join(parts[:end]) for end in range(1, len(parts) + 1))


def branches(module: Module) -> Iterator[tuple[list[ast.stmt], list[ast.stmt]]]:
    for node in module.tree.body:
        match node:
            case ast.If(test=ast.Name(id="TYPE_CHECKING"), body=seen, orelse=got):
                yield seen, got


def deferrals(body: list[ast.stmt]) -> list[str]:
    """Return the modules of `name = deferred("module")`, each under its own last name."""
    found: list[str] = []
    for node in body:
        match node:
            case ast.Assign(
                targets=[ast.Name(id=name)],
                value=ast.Call(
                    func=ast.Name(id="deferred"), args=[ast.Constant(value=str(module))]
                ),
            ) if module.rpartition(".")[2] == name:
                found.append(module)
    return found
