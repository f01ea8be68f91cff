"""Views of payments: how an order stands, and what the client needs to pay it."""

import msgspec

from services.dependencies import Dependencies
from services.payments.models import Payment, PaymentOrder, PaymentView, PayParams


def order_view(deps: Dependencies, payment: Payment, prepay_id: str) -> PaymentOrder:
    client = deps.merchants[payment.account]
    return PaymentOrder(
        payment_id=payment.id,
        amount_fen=payment.amount_fen,
        payee_name=payment.payee_name,
        expires_at=payment.expires_at,
        pay_params=msgspec.convert(client.pay_params(prepay_id), PayParams),
    )


def view(payment: Payment) -> PaymentView:
    return PaymentView(
        payment_id=payment.id,
        state=payment.state,
        amount_fen=payment.amount_fen,
        payee_name=payment.payee_name,
        bill_ids=payment.bill_ids,
        created_at=payment.created_at,
        expires_at=payment.expires_at,
        paid_at=payment.paid_at,
    )
