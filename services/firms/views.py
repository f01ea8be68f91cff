"""Views of firms and contracts."""

from collections.abc import Sequence

from services.dependencies import Dependencies
from services.firms import store
from services.firms.models import Contract, ContractView, Firm, FirmView
from services.kernel.views import show
from services.places import actions as places


def firm_view(firm: Firm) -> FirmView:
    """Show a firm of the directory: what a business licence says."""
    return show(firm, FirmView, firm_id=firm.id)


async def contract_views(
    deps: Dependencies, contracts: Sequence[Contract]
) -> list[ContractView]:
    """Show contracts to whoever manages firms: two queries however many."""
    firms = {
        firm.id: firm.name
        for firm in await store.find_firms(deps.db, {each.firm for each in contracts})
    }
    compounds = await places.addresses(deps, sorted({each.place for each in contracts}))
    return [
        show(
            contract,
            ContractView,
            contract_id=contract.id,
            firm_id=contract.firm,
            firm_name=firms.get(contract.firm, ""),
            compound=contract.place,
            compound_name=compounds.get(contract.place, ""),
        )
        for contract in contracts
    ]


async def contract_view(deps: Dependencies, contract: Contract) -> ContractView:
    """Show one contract to whoever manages firms."""
    [view] = await contract_views(deps, [contract])
    return view
