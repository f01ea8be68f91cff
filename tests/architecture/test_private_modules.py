"""The contract of import-linter that keeps a store inside its package."""

import pytest
from grimp import ImportGraph

from scripts.private_modules import PrivateModules

STORES = (
    "services.parks.store",
    "services.parks.code_store",
    "services.parks.sheet.store",
)
INSIDE = ("services.parks", "services.parks.actions", "services.parks.sheet.rows")
OUTSIDE = ("services.parkways.actions", "services.lamps.registry", "handlers.parks")


def kept(importer: str, imported: str) -> bool:
    graph = ImportGraph()
    graph.add_import(importer=importer, imported=imported)
    contract = PrivateModules(
        name="a store is private",
        session_options={},
        contract_options={"container": "services", "endings": ["store"]},
    )
    return contract.check(graph, verbose=False).kept


@pytest.mark.parametrize("store", STORES)
def test_a_store_is_for_its_own_package(store: str) -> None:
    assert all(kept(importer, store) for importer in INSIDE)
    assert not any(kept(importer, store) for importer in OUTSIDE)


@pytest.mark.parametrize("module", ["services.parks.restore", "sandbox.store"])
def test_other_modules_are_for_all(module: str) -> None:
    assert all(kept(importer, module) for importer in OUTSIDE)
