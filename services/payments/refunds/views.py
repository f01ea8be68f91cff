"""Views of refunds."""

from services.kernel.views import show
from services.payments.refunds.models import Refund, RefundView


def view(refund: Refund) -> RefundView:
    """Show a refund to whoever operates the system."""
    return show(refund, RefundView, refund_id=refund.id, payment_id=refund.payment)
