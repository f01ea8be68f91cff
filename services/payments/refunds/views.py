"""Views of refunds."""

from services.payments.refunds.models import Refund, RefundView


def view(refund: Refund) -> RefundView:
    return RefundView(
        refund_id=refund.id,
        number=refund.number,
        payment_id=refund.payment,
        account=refund.account,
        amount_fen=refund.amount_fen,
        reason=refund.reason,
        state=refund.state,
        problem=refund.problem,
        requested_at=refund.requested_at,
    )
