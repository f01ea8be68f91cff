# ruff: noqa: INP001  loaded by import-linter
"""Contract of import-linter: modules of a name are imported inside their own package only.

    [[tool.importlinter.contracts]]
    name = "a store is private to its package"
    type = "private"
    container = "services"
    endings = ["store"]

A module of `services.parks` whose name is an ending, or ends in `_` and one, may be imported by
other modules of `services.parks` and by nothing else. `protected` cannot say this: its allowed
importers are one list for all protected modules.
"""

from typing import cast

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class PrivateModules(Contract):
    """Options: `container`, the parent of the packages; `endings` of the private names."""

    type_name = "private"

    container = fields.StringField()
    endings = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002, FBT001  import-linter's signature
        container, endings = str(self.container), tuple(cast("list[str]", self.endings))
        links = sorted(
            (importer, module)
            for module in graph.modules
            if is_private(module, container, endings)
            for importer in graph.find_modules_that_directly_import(module)
            if not f"{importer}.".startswith(f"{package(module, container)}.")
        )
        return ContractCheck(kept=not links, metadata={"links": links})

    def render_broken_contract(self, check: ContractCheck) -> None:
        links = cast("list[tuple[str, str]]", check.metadata["links"])
        for importer, module in links:
            output.print_error(f"{importer} imports {module}, which is private")
        output.new_line()


def is_private(module: str, container: str, endings: tuple[str, ...]) -> bool:
    name = module.rpartition(".")[2]
    named = name in endings or name.endswith(tuple(f"_{ending}" for ending in endings))
    return named and module.startswith(f"{container}.")


def package(module: str, container: str) -> str:
    """The package right below the container that holds a module."""
    return ".".join(module.split(".")[: container.count(".") + 2])
