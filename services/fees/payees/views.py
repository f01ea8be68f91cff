"""Views of payees."""

from services.dependencies import Dependencies
from services.fees.payees.models import Payee, PayeeView
from services.kernel.views import show


def view(deps: Dependencies, payee: Payee) -> PayeeView:
    """Show a payee to whoever manages fees, with the name its account is configured under."""
    client = deps.merchants.get(payee.account)
    return show(
        payee,
        PayeeView,
        payee_id=payee.id,
        account_name=client.account.name if client else None,
        firm_id=payee.firm or None,
    )
