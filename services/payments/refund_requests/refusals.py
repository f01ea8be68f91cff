"""Refusals of refunds: what cannot be asked for, and why."""

from msgspec import Struct

from services.kernel import errors


class NothingToRefund(errors.Conflict):
    """Nothing is left of the payment: its bills took none, or all is back, or on its way."""

    code = "nothing_to_refund"


class LeftOfBill(Struct, frozen=True, kw_only=True):
    """What may be asked back of a bill.

    `bill_id`: Opaque id of the bill.
    `left_fen`: What of it this payment paid and nobody asked back, in fen.
    """

    bill_id: str
    left_fen: int


class RefundExceedsPaid(errors.Conflict):
    """More than the payment paid of the bill, less what is back or was asked back."""

    code = "refund_exceeds_paid"
    details_type = LeftOfBill


class RefundTooLate(errors.Conflict):
    """WeChat gives money back for a year."""

    code = "refund_too_late"


class TooManyRefunds(errors.Conflict):
    """WeChat takes fifty refunds of an order."""

    code = "too_many_refunds"


class RefundMovedOn(errors.Conflict):
    """Somebody decided, withdrew or paid it out meanwhile."""

    code = "refund_moved_on"


class RefundByWeChat(errors.Conflict):
    """WeChat gives back what came by WeChat."""

    code = "refund_by_wechat"
