"""Views of payees."""

from services.fees.payees.models import Payee, PayeeView
from services.kernel.views import show


def view(payee: Payee) -> PayeeView:
    """Show a payee to whoever manages fees."""
    return show(payee, PayeeView, payee_id=payee.id, firm_id=payee.firm or None)
