"""Views of payments: how an order stands, and what the client needs to pay it."""

import msgspec

from services.dependencies import Dependencies
from services.kernel.views import show
from services.payments.models import Payment, PaymentOrder, PaymentView, PayParams


def view(payment: Payment) -> PaymentView:
    """Show how an order stands to whoever made it."""
    return show(payment, PaymentView, payment_id=payment.id)


def order_view(deps: Dependencies, payment: Payment, prepay_id: str) -> PaymentOrder:
    """Show what wx.requestPayment needs, signed for this moment."""
    params = deps.merchants[payment.account].pay_params(prepay_id)
    return show(
        payment,
        PaymentOrder,
        payment_id=payment.id,
        pay_params=msgspec.convert(params, PayParams),
    )
