"""Views of loans of keys."""

from services.kernel.views import show
from services.keys.models import Loan, LoanView


def view(loan: Loan) -> LoanView:
    """Show a loan to who lends keys, and to who borrowed this one."""
    return show(loan, LoanView, loan_id=loan.id)
