"""Refusals of a payment: why a bill cannot be paid at this moment."""

from collections.abc import Sequence

from msgspec import UNSET, Struct, UnsetType

from services.bills.models import Bill
from services.bills.states import BillState
from services.fees.models import BillKind
from services.kernel import errors
from services.wechat.errors import PayError, PayReaction


class BillAlreadyPaidDetails(Struct, frozen=True, kw_only=True):
    """Payment that paid the bills, when it is one of the person who asks.

    `payment_id`: Id of the payment; absent when somebody else paid.
    """

    payment_id: str | UnsetType = UNSET


class PaymentInProgressDetails(Struct, frozen=True, kw_only=True):
    """Time to wait before asking again.

    `retry_after_seconds`: Seconds to wait; absent when a person has to look into it.
    """

    retry_after_seconds: int | UnsetType = UNSET


class WeChatPayUnavailableDetails(Struct, frozen=True, kw_only=True):
    """Order that may exist at WeChat, and when to ask again.

    `payment_id`: Id of the payment; asked again, it is the same order.
    `retry_after_seconds`: Seconds to wait before asking again.
    """

    payment_id: str
    retry_after_seconds: int


class PaymentRefusedDetails(Struct, frozen=True, kw_only=True):
    """Reason of WeChat.

    `wechat_code`: WeChat Pay's own error code, e.g. `RULE_LIMIT`.
    """

    wechat_code: str


class BillAlreadyPaid(errors.Conflict):
    """Paid or void meanwhile. `payment_id` in details when it was the actor's own payment."""

    code = "bill_already_paid"
    details_type = BillAlreadyPaidDetails


class TooMuchDetails(Struct, frozen=True, kw_only=True):
    """What is owed of the bills.

    `owed_fen`: Sum of what is owed, in fen.
    """

    owed_fen: int


class TooMuch(errors.InvalidInput):
    """More than is owed of the bills."""

    code = "more_than_owed"
    details_type = TooMuchDetails


class DifferentPayees(errors.InvalidInput):
    """One WeChat order has one payee; property fee and waste fee have different ones."""

    code = "different_payees"


class DifferentFees(errors.InvalidInput):
    """One order and one receipt are for one fee, or for repairs, also of one payee."""

    code = "different_fees"


class PaymentInProgress(errors.Conflict):
    """Payment of one of these bills is open: somebody may be typing the password."""

    code = "payment_in_progress"
    details_type = PaymentInProgressDetails


class PayeeUnavailable(errors.Unavailable):
    """The payee's merchant account is missing, or WeChat refuses its keys."""

    code = "payee_unavailable"


class WeChatPayUnavailable(errors.Unavailable):
    """The order may or may not exist at WeChat: ask again, it is the same order."""

    code = "wechat_pay_unavailable"
    details_type = WeChatPayUnavailableDetails


class PaymentRefused(errors.Conflict):
    """WeChat will not take this payment; its reason is in details."""

    code = "payment_refused"
    details_type = PaymentRefusedDetails


def require_payable(bills: Sequence[Bill]) -> None:
    """Raise BillAlreadyPaid unless all are owing; others unless of one payee and one fee.

    Raises DifferentPayees, DifferentFees.
    """
    if any(bill.state is not BillState.OWING for bill in bills):
        raise BillAlreadyPaid("有账单已经缴过或作废,请刷新后再试")
    if len({(bill.account, bill.payee_name) for bill in bills}) > 1:
        raise DifferentPayees("这些账单的收款单位不同,请分开支付")
    kinds = {bill.kind for bill in bills}
    if len(kinds) > 1:
        fees = "和".join(kind.label for kind in BillKind if kind in kinds)
        raise DifferentFees(f"{fees}请分开支付,各有收据")


def is_refused(error: PayError) -> bool:
    """Tell whether WeChat's answer to a first request says that there is no order."""
    return error.reaction in {
        PayReaction.PERMANENT,
        PayReaction.CONFIG_ALARM,
        PayReaction.SHOW,
    }


def refusal(error: PayError, payment_id: str) -> errors.DomainError:
    """Return our own error for WeChat's: why there is nothing to pay with yet."""
    match error.reaction:
        case PayReaction.CONFIG_ALARM | PayReaction.PERMANENT:
            return PayeeUnavailable("收款单位的微信支付暂时不可用,请联系物业或社区")
        case PayReaction.SHOW:
            return PaymentRefused("微信没有受理这笔支付,请稍后再试", wechat_code=error.code)
        case _:
            return WeChatPayUnavailable(
                "微信支付暂时没有回应,请稍后再试", payment_id=payment_id, retry_after_seconds=3
            )
