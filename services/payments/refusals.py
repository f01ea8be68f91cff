"""Refusals of a payment: why a bill cannot be paid at this moment."""

from services.kernel import errors
from services.payments.models import Payment
from services.wechat.errors import PayError, PayReaction


class BillAlreadyPaid(errors.Conflict):
    code = "bill_already_paid"


class DifferentPayees(errors.InvalidInput):
    """One WeChat order has one payee; property fee and waste fee have different ones."""

    code = "different_payees"


class PaymentInProgress(errors.Conflict):
    """Somebody may be typing the password for one of these bills at this moment."""

    code = "payment_in_progress"


class PayeeUnavailable(errors.Unavailable):
    code = "payee_unavailable"


class WeChatPayUnavailable(errors.Unavailable):
    """The order may or may not exist at WeChat: ask again, it is the same order."""

    code = "wechat_pay_unavailable"


class PaymentRefused(errors.Conflict):
    """WeChat will not take this payment; its reason is in details."""

    code = "payment_refused"


def refusal(error: PayError, payment: Payment) -> errors.DomainError:
    """Say in our words why there is nothing to pay with yet."""
    match error.reaction:
        case PayReaction.CONFIG_ALARM | PayReaction.PERMANENT:
            return PayeeUnavailable("收款单位的微信支付暂时不可用,请联系物业或社区")
        case PayReaction.SHOW:
            return PaymentRefused("微信没有受理这笔支付,请稍后再试", wechat_code=error.code)
        case _:
            return WeChatPayUnavailable(
                "微信支付暂时没有回应,请稍后再试", payment_id=payment.id, retry_after_seconds=3
            )
