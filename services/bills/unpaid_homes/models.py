"""Unpaid homes: what is asked and seen of homes that owe."""

from typing import Annotated

from msgspec import Meta, Struct

from services.fees.models import HomeFee
from services.kernel.days import Day, Month
from services.kernel.labels import Labelled
from services.kernel.pages import ListQuery

OverdueDays = Annotated[int, Meta(ge=1, le=3650)]


class Due(Labelled):
    """Homes by whether a due day of theirs is over."""

    OVERDUE = "overdue", "已逾期"  # something they owe is overdue
    NOT_YET_DUE = "not_yet_due", "未到期"  # they owe, and have time for all of it
    ALL = "all", "全部"  # whoever is overdue first


class Debts(Struct, frozen=True):
    """Bills owed: of one period and kind, or of all; of homes that are late, or are not.

    `today`: the Beijing day that decides. `days`: how many days a bill of a late home is
    overdue at least.
    """

    today: Day
    period: Month | None = None
    kind: HomeFee | None = None
    due: Due = Due.ALL
    days: int = 1


class UnpaidHomesQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which unpaid bills to look for.

    `period`: Month that the bills are for; all months without it.
    `kind`: Fee that the bills are for; all fees without it.
    `due`: Homes of which a due day is over; those that still have time, or all, only if asked.
    `overdue_days`: Only homes of which a bill is overdue for so many days or more.
    """

    period: Month | None = None
    kind: HomeFee | None = None
    due: Due = Due.OVERDUE
    overdue_days: OverdueDays | None = None


class Arrears(Struct, kw_only=True):
    """Arrears of one home. `since`: the first month owed; `due_on`: the earliest due day."""

    home: str
    bills: int = 0
    amount_fen: int = 0
    since: Month
    due_on: Day


class Debt(Struct, frozen=True):
    """One bill that a home owes."""

    home: str
    kind: HomeFee
    period: Month
    months: int
    owed_fen: int
    due_on: Day


class UnpaidHome(Struct, kw_only=True):
    """Home that owes something.

    `place`: Path of the home.
    `address`: Address of the home, as people say it.
    `resident`: The owner's masked name; null when not known.
    `bills`: Number of owed bills.
    `amount_fen`: What is left to pay, in fen.
    `overdue_bills`: Number of the bills whose due day is over.
    `overdue_fen`: Sum of the bills whose due day is over, in fen.
    `not_yet_due_fen`: Sum of the bills there is still time for, in fen.
    `kinds`: Fees that are owed.
    `months`: Months that are owed, the first first.
    `since`: First month that is owed.
    `days_overdue`: Days since the oldest due day; 0 until it is over.
    """

    place: str
    address: str
    resident: str | None
    bills: int
    amount_fen: int
    overdue_bills: int
    overdue_fen: int
    not_yet_due_fen: int
    kinds: list[HomeFee]
    months: list[Month]
    since: Month
    days_overdue: int
