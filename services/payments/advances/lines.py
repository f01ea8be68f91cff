"""Lines of orders and counter payments that pay no bill, but in advance."""

from services.fees.models import BillKind
from services.kernel import errors
from services.kernel.days import plus_months
from services.payments.models import Line
from services.prepayments.offers import Offer


class MonthsOrSum(errors.InvalidInput):
    """Either months are named or a sum."""

    code = "months_or_sum"


def require_one(months: int | None, amount_fen: int | None) -> None:
    """Raise MonthsOrSum unless one of both is named."""
    if (months is None) == (amount_fen is None):
        raise MonthsOrSum("请选择预存几个月,或填写预存金额")


def line_of(offer: Offer, months: int | None, amount_fen: int | None) -> Line:
    """Return the line that pays months to come, or a sum. Raises TooMuchAhead."""
    return line_for(offer, offer.amount_of(months, amount_fen), _explanation(offer, months))


def line_for(offer: Offer, amount_fen: int, explanation: str) -> Line:
    """Return the line that pays a sum in advance."""
    return Line(
        bill_id=offer.prepayment.id,
        home=offer.prepayment.home,
        kind=BillKind(offer.prepayment.kind),
        period=offer.outlook.months[0],
        explanation=explanation,
        amount_fen=amount_fen,
        prepaid=True,
        most_fen=offer.most_fen,
    )


def _explanation(offer: Offer, months: int | None) -> str:
    """Say what is paid in advance. It binds nobody: bills go by the rules of their day."""
    if months is None:
        return "预收,抵缴以后的账单"
    first = offer.outlook.months[0]
    last = plus_months(first, months - 1)
    return f"预收{months}个月({first}至{last}),按现行收费标准计算,抵缴以后的账单"
