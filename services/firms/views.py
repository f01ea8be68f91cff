"""Views of firms and contracts."""

from services.firms.models import Contract, ContractView, Firm, FirmView
from services.kernel.views import show


def firm_view(firm: Firm) -> FirmView:
    """Show a firm of the directory: what a business licence says."""
    return show(firm, FirmView, firm_id=firm.id)


def contract_view(contract: Contract) -> ContractView:
    """Show a contract to whoever manages firms."""
    named = {"firm_id": contract.firm, "compound": contract.place}
    return show(contract, ContractView, contract_id=contract.id, **named)
