"""Trade bills: what is kept of WeChat's daily bill and its comparison with the books."""

from datetime import datetime

from msgspec import Struct, field

from services.kernel.days import Day
from services.payments.trade_bills.states import TradeBillState


class Sums(Struct, kw_only=True):
    """Counts and sums of one side, in fen."""

    payments: int = 0
    paid_fen: int = 0
    refunds: int = 0
    refunded_fen: int = 0


class TradeBill(Struct, kw_only=True):
    """One Beijing day of one merchant account.

    `said`: the bill's rows about our mini-program. `found`: what the books have of them (a
    refund that WeChat closed counts: no money moved). `others`: rows of other programs that
    share the account. `lacking`: payments of ours that day which no bill has.
    """

    id: str = field(name="_id")  # account:mchid:day
    account: str
    mchid: str
    day: Day
    state: TradeBillState = TradeBillState.DIFFERS
    said: Sums = field(default_factory=Sums)
    found: Sums = field(default_factory=Sums)
    others: int = 0
    lacking: int = 0
    checked_at: datetime

    @property
    def agrees(self) -> bool:
        """Tell whether counts and sums are the same on both sides."""
        return self.said == self.found and not self.lacking


def trade_bill_id(account: str, mchid: str, day: str) -> str:
    """Name a day of a merchant account; a merchant replaced under its key has other days."""
    return f"{account}:{mchid}:{day}"
