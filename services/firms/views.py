"""Views of firms and contracts."""

from services.firms.models import Contract, ContractView, Firm, FirmView


def firm_view(firm: Firm) -> FirmView:
    return FirmView(firm_id=firm.id, name=firm.name, credit_code=firm.credit_code)


def contract_view(contract: Contract) -> ContractView:
    return ContractView(
        contract_id=contract.id,
        firm_id=contract.firm,
        compound=contract.place,
        from_day=contract.from_day,
        to_day=contract.to_day,
        agreed_to_day=contract.agreed_to_day,
        ended_because=contract.ended_because,
    )
