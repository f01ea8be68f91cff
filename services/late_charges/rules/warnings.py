"""Warning about the rate of a late charge, measured against what the creditor loses.

A court usually finds a late charge excessive that is more than 30 % above the loss (民法典 art.
585; 合同编通则解释 art. 65), and the loss of who waits for money is what a loan costs. It is a
warning and no bound: the debtor has to ask for less, and to prove it (art. 64).
"""

from typing import Final

from services.late_charges.loans.models import LoanRate

DAYS: Final = 365
TENTHS: Final = 13  # of the loss
UNKNOWN: Final = "市里还没有登记贷款市场报价利率,无法核对这个标准是否过高,请先核实"


def is_excessive(daily_rate: int, yearly_rate: int) -> bool:
    """Tell whether a rate is more than 1.3 times the loss.

    `daily_rate` in millionths of a day, `yearly_rate` in hundredths of a percent of a year.
    """
    return daily_rate * DAYS * 10 > TENTHS * yearly_rate * 100


def text_of(daily_rate: int, loan: LoanRate | None) -> str:
    """Write the warning about a rate; "" where there is none. `loan`: that of today."""
    if loan is None:
        return UNKNOWN
    if not is_excessive(daily_rate, loan.rate):
        return ""
    return (
        f"按{percent(daily_rate)}每天折合每年{percent(daily_rate * DAYS)},"
        f"高于损失的1.3倍({loan.id}起的贷款市场报价利率为每年{percent(loan.rate * 100)}),"
        "业主请求时法院一般会减少"
    )


def percent(millionths: int) -> str:
    """Write millionths as percent: 500 → 0.05%."""
    text = f"{millionths // 10_000}.{millionths % 10_000:04d}".rstrip("0").rstrip(".")
    return f"{text}%"
