# ruff: noqa: INP001, T201  scripts are run, not imported; this one prints
"""Figures of the source tree: sizes, imports, names, support code of the tests.

`python scripts/shape.py` prints them; `--against PATH` sets those of another checkout beside
them; `--packages` prints the imports inside every package. Everything is read from the syntax
trees, so that the same tree gives the same figures on every machine. The definitions:

product             files of server, handlers, services, mongo_indexes, sandbox, demo
function            a `def` or `async def`, methods and nested ones too
own imports         distinct modules of the project that a file imports; `__init__.py` left out
names shared by 3   share of the modules in packages of services/ whose file name stands in at
                    least three of these packages
-ing modules        modules (not packages) whose name ends in -ing
alias               `name = module.name` at the top of a file that imported `module` there
over 12 modules     packages of services/ with more than 12 modules; sub-packages count apart
biggest package     the package of services/ with most modules, without the EXCEPTED ones
imports inside      imports between two modules of one package
depth               number of modules in the longest chain of such imports
support             lines of tests/**/*.py in files not named test_*.py, over all lines there
percentile          nearest rank
"""

import argparse
import ast
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path

PRODUCT = ("server", "handlers", "services", "mongo_indexes", "sandbox", "demo")
TREES = (*PRODUCT, "tests")
MODULES_AT_MOST = 12
# WeChat's protocols (login, messages, pushes, payments, bills) share one transport and signing.
# The kernel is no feature but the words of all of them, one small module each.
EXCEPTED = ("services.kernel", "services.wechat")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, eq=False)
class Module:
    """One file of Python, parsed."""

    name: str  # dotted; a package bears the name of its folder
    path: Path
    text: str
    tree: ast.Module

    @property
    def is_package(self) -> bool:
        return self.path.name == "__init__.py"

    @property
    def root(self) -> str:
        return self.name.partition(".")[0]

    @property
    def package(self) -> str:
        return self.name if self.is_package else self.name.rpartition(".")[0]

    @property
    def short(self) -> str:
        return self.name.rpartition(".")[2]

    @property
    def lines(self) -> int:
        return len(self.text.splitlines())


class SourceTree:
    """All modules of a checkout and what they import of each other."""

    def __init__(self, root: Path) -> None:
        files = (file for tree in TREES for file in sorted((root / tree).rglob("*.py")))
        self.modules = {m.name: m for file in files for m in [parse(root, file)]}
        self.imports = {m.name: frozenset(self._imported(m)) for m in self.modules.values()}

    def _imported(self, module: Module) -> Iterator[str]:
        for node in ast.walk(module.tree):
            for base, name in imported_names(module, node):
                whole = f"{base}.{name}" if name else base
                found = whole if whole in self.modules else base
                if found in self.modules and found != module.name:
                    yield found

    def of(self, *roots: str) -> list[Module]:
        return [module for module in self.modules.values() if module.root in roots]

    def packages(self, root: str = "services") -> dict[str, list[Module]]:
        """The modules of each package below `root`, itself left out."""
        found: dict[str, list[Module]] = defaultdict(list)
        for module in self.of(root):
            if not module.is_package and module.package != root:
                found[module.package].append(module)
        return dict(found)

    def inside(self, members: Iterable[Module]) -> dict[str, set[str]]:
        """Which modules of one package import which others of it."""
        names = {module.name for module in members}
        return {name: set(self.imports[name] & names) for name in sorted(names)}


def parse(root: Path, file: Path) -> Module:
    parts = file.relative_to(root).with_suffix("").parts
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    text = file.read_text(encoding="utf-8")
    return Module(name, file.relative_to(root), text, ast.parse(text, str(file)))


def imported_names(module: Module, node: ast.AST) -> Iterator[tuple[str, str]]:
    """(module, name in it or "") of each import of a node; relative ones made absolute."""
    match node:
        case ast.Import(names=names):
            yield from ((name.name, "") for name in names)
        case ast.ImportFrom(module=base, names=names, level=level):
            parts = module.package.split(".")
            above = parts[: len(parts) - level + 1] if level else []
            whole = ".".join([*above, *([base] if base else [])])
            yield from ((whole, name.name) for name in names)


def aliases(module: Module) -> list[str]:
    """Assignments `name = module.name` at the top of a file."""
    imported = {
        name.asname or name.name.partition(".")[0]
        for node in module.tree.body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in node.names
    }
    found = []
    for node in module.tree.body:
        match node:
            case (
                ast.Assign(value=ast.Attribute(value=ast.Name(id=base)))
                | ast.AnnAssign(value=ast.Attribute(value=ast.Name(id=base)))
            ) if base in imported:
                found.append(ast.unparse(node))
    return found


def functions(module: Module) -> Iterator[Function]:
    return (node for node in ast.walk(module.tree) if isinstance(node, Function))


def in_ing(modules: Iterable[Module]) -> list[str]:
    return [m.name for m in modules if not m.is_package and m.short.endswith("ing")]


def shared_names(packages: dict[str, list[Module]], *, by: int = 3) -> float:
    """Share of the modules whose name stands in at least `by` packages."""
    modules = [module.short for members in packages.values() for module in members]
    count = Counter(modules)
    return sum(count[name] >= by for name in modules) / max(1, len(modules))


def depth(edges: dict[str, set[str]]) -> int:
    """Modules in the longest chain. Raises CycleError where imports go in a circle."""
    chain: dict[str, int] = {}
    for name in TopologicalSorter(edges).static_order():
        chain[name] = 1 + max((chain[below] for below in edges[name]), default=0)
    return max(chain.values(), default=0)


def percentile(values: Iterable[int], share: float) -> int:
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def support_share(tree: SourceTree) -> float:
    tests = tree.of("tests")
    support = sum(m.lines for m in tests if not m.path.name.startswith("test_"))
    return support / max(1, sum(m.lines for m in tests))


Row = tuple[str, str, str]  # what, figure, aim


def sizes(tree: SourceTree, label: str, *roots: str) -> Iterator[Row]:
    modules = tree.of(*roots)
    yield f"{label}: files", str(len(modules)), ""
    yield f"{label}: functions", str(sum(1 for m in modules for _ in functions(m))), ""
    yield f"{label}: lines", str(sum(m.lines for m in modules)), ""


def figures(tree: SourceTree) -> Iterator[Row]:
    """Every figure of a tree with what it shall be."""
    yield from sizes(tree, "product", *PRODUCT)
    for root in PRODUCT:
        yield from sizes(tree, f"  {root}", root)
    yield from sizes(tree, "tests", "tests")
    product = tree.of(*PRODUCT)
    own = [len(tree.imports[m.name]) for m in product if not m.is_package]
    yield "own imports per file: p50", str(percentile(own, 0.5)), ""
    yield "own imports per file: p90", str(percentile(own, 0.9)), "≤ 9"
    yield "own imports per file: max", str(max(own)), ""
    packages = tree.packages()
    yield "module names shared by 3 packages", f"{shared_names(packages):.0%}", "≥ 60%"
    yield "-ing modules of services", str(len(in_ing(tree.of("services")))), ""
    yield "-ing modules of the product", str(len(in_ing(product))), "≤ 6"
    found = [alias for module in product for alias in aliases(module)]
    of_functions = [alias for alias in found if alias.partition(" ")[0].islower()]
    yield "aliases: functions", str(len(of_functions)), "0"
    yield "aliases: all", str(len(found)), "0"
    yield from inner_figures(tree, packages)
    yield "support share of test lines", f"{support_share(tree):.1%}", "≤ 15%"


def inner_figures(tree: SourceTree, packages: dict[str, list[Module]]) -> Iterator[Row]:
    over = [name for name, members in packages.items() if len(members) > MODULES_AT_MOST]
    yield "packages over 12 modules", str(len(over)), "≤ 1"
    yield "  of these not excepted", str(len([n for n in over if n not in EXCEPTED])), "0"
    usual = {name: members for name, members in packages.items() if name not in EXCEPTED}
    edges = {name: tree.inside(members) for name, members in usual.items()}
    biggest = max(usual, key=lambda name: (len(usual[name]), name))
    yield "biggest package", f"{biggest} ({len(usual[biggest])})", "≤ 12"
    yield "  imports inside it", str(count(edges[biggest])), "≤ 25"
    yield "  depth of it", str(depth(edges[biggest])), "≤ 5"
    yield "most imports inside a package", largest(edges, count), "≤ 25"
    yield "deepest package", largest(edges, depth), "≤ 5"


def count(edges: dict[str, set[str]]) -> int:
    return sum(map(len, edges.values()))


def largest(
    edges: dict[str, dict[str, set[str]]], measure: Callable[[dict[str, set[str]]], int]
) -> str:
    name = max(edges, key=lambda package: (measure(edges[package]), package))
    return f"{measure(edges[name])} ({name})"


def package_table(tree: SourceTree) -> Iterator[tuple[str, ...]]:
    yield "package", "modules", "imports inside", "depth"
    packages = {
        **tree.packages(),
        **{r: [m for m in tree.of(r) if m.package == r and not m.is_package] for r in PRODUCT},
    }
    for name in sorted(name for name, members in packages.items() if members):
        edges = tree.inside(packages[name])
        yield name, str(len(edges)), str(count(edges)), str(depth(edges))


def side_by_side(now: SourceTree, before: SourceTree | None) -> Iterator[tuple[str, ...]]:
    if before is None:
        yield "figure", "now", "aim"
        yield from figures(now)
        return
    yield "figure", "before", "now", "aim"
    earlier = {what: figure for what, figure, _ in figures(before)}
    yield from ((what, earlier[what], figure, aim) for what, figure, aim in figures(now))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--against", type=Path, metavar="PATH", help="another checkout")
    parser.add_argument("--packages", action="store_true", help="imports inside every package")
    given = parser.parse_args()
    now = SourceTree(Path(__file__).parent.parent)
    if given.packages:
        rows = [*package_table(now)]
    else:
        rows = [*side_by_side(now, SourceTree(given.against) if given.against else None)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(map(str.ljust, row, widths)).rstrip())


if __name__ == "__main__":
    main()
