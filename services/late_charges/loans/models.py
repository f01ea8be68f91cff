"""Loan prime rates (贷款市场报价利率, LPR): what is kept, sent and seen of them."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct, field

from services.kernel.days import Day
from services.kernel.types import LINE

# A year's rate in hundredths of a percent, of one year's loans: 300 is 3.00 %.
YearlyRate = Annotated[int, Meta(ge=1, le=3000, examples=[300], extra={"unit": "basis_points"})]
LoanSource = Annotated[
    str,
    Meta(min_length=1, max_length=200, pattern=LINE, examples=["全国银行间同业拆借中心公告"]),
]


class LoanRate(Struct, kw_only=True):
    """Rate that was announced on a day and holds until the next one. `id`: the day."""

    id: Day = field(name="_id")
    rate: YearlyRate
    source: LoanSource
    set_by: str
    set_at: datetime


class SetLoanRate(Struct, forbid_unknown_fields=True, kw_only=True):
    """Rate of one year's loans that was announced.

    `rate`: Rate of a year, in hundredths of a percent: 300 is 3 %.
    `source`: Who announced it, and where.
    """

    rate: YearlyRate
    source: LoanSource


class LoanRateView(Struct, kw_only=True):
    """Rate of one year's loans.

    `day`: Day from which it holds.
    `rate`: Rate of a year, in hundredths of a percent.
    `source`: Who announced it, and where.
    """

    day: Day
    rate: YearlyRate
    source: LoanSource


class LoanRates(Struct, kw_only=True):
    """Rates of one year's loans that the city entered, the latest first.

    `items`: The latest of them, 200 at most.
    """

    items: list[LoanRateView]
