"""Arrears by age: what is asked and seen of what homes owe since when."""

from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.fees.models import HomeFee
from services.kernel.days import Day, plus_days
from services.kernel.labels import Labelled
from services.kernel.pages import ListQuery

# Last day of owners who left, and the day since when a home owes, as answers show them.
FormerOwners = Annotated[Day | None, Meta(examples=[None])]
OldestDue = Annotated[Day, Meta(examples=["2026-04-01"])]
CURRENT: Final = ""  # the household of today, as others are named by their last day


class Age(Labelled):
    """Age of a debt: how many days its due day is over."""

    NOT_DUE = "not_due", "未到期"
    MONTH = "month", "逾期1至30天"
    QUARTER = "quarter", "逾期31至90天"
    YEAR = "year", "逾期91至365天"
    OLDER = "older", "逾期一年以上"


# Age → the most days that its due day is over.
LAST_DAYS: Final = {Age.NOT_DUE: 0, Age.MONTH: 30, Age.QUARTER: 90, Age.YEAR: 365}


def first_due_on(age: Age, today: Day) -> Day:
    """Return the earliest due day of a debt of this age; "" where there is none."""
    return plus_days(today, -LAST_DAYS[age]) if age in LAST_DAYS else ""


def age_of(due_on: Day, today: Day) -> Age:
    """Return how old a debt is: on its due day there is still time."""
    return next(age for age in Age if due_on >= first_due_on(age, today))


def household_of(owners_until: Day | None, today: Day) -> str:
    """Return who owes it of a home: CURRENT, or the last day of owners who left."""
    return owners_until if owners_until and owners_until < today else CURRENT


class OwedBill(Struct, frozen=True, kw_only=True):
    """Fee that a home owes, with what is left to pay of it.

    `household`: who owes it, see household_of().
    """

    id: str
    home: str
    household: str
    kind: HomeFee
    title: str
    due_on: Day
    liable_on: Day
    account: str
    payee_name: str
    owed_fen: int


class ArrearsSort(Labelled):
    HOME = "home", "按房屋"


class ArrearsQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which debts to list.

    `age`: Debts with something of this age; all without it.
    `kind`: Fee that is owed; all fees without it.
    `sort`: Order of the list.
    """

    age: Age | None = None
    kind: HomeFee | None = None
    sort: ArrearsSort = ArrearsSort.HOME


class HomeArrears(Struct, kw_only=True):
    """What one household owes of a home, by age.

    `place`: Path of the home that was billed.
    `address`: Address of the home, as people say it.
    `owners_until`: Last day on which the debtors owned it; null while they do.
    `kinds`: Fees that are owed.
    `since`: Due day of the oldest debt.
    `bills`: Number of owed bills.
    `amount_fen`: Sum of what is owed, in fen.
    `not_due_fen`: What of it may still be paid in time, in fen.
    `month_fen`: What of it is overdue since 1 to 30 days, in fen.
    `quarter_fen`: What of it is overdue since 31 to 90 days, in fen.
    `year_fen`: What of it is overdue since 91 to 365 days, in fen.
    `older_fen`: What of it is overdue since more than 365 days, in fen.
    """

    place: str
    address: str
    owners_until: FormerOwners
    kinds: list[HomeFee]
    since: OldestDue
    bills: int
    amount_fen: int
    not_due_fen: int
    month_fen: int
    quarter_fen: int
    year_fen: int
    older_fen: int


class AgeSum(Struct, frozen=True, kw_only=True):
    """Sum of the debts of one age.

    `age`: How many days their due days are over.
    `homes`: Number of homes that owe something of this age.
    `amount_fen`: Sum of it, in fen.
    """

    age: Age
    homes: int
    amount_fen: int


class PlaceArrears(Struct, kw_only=True):
    """Debts of a place by age.

    `place`: Path of the place.
    `address`: Address of the place.
    `homes`: Number of homes that owe something.
    `amount_fen`: Sum of what they owe, in fen.
    `ages`: The same by age, the youngest first.
    """

    place: str
    address: str
    homes: int
    amount_fen: int
    ages: list[AgeSum]


class AgesQuery(Struct, forbid_unknown_fields=True, kw_only=True):
    """Which debts to add up.

    `kind`: Fee that is owed; all fees without it.
    """

    kind: HomeFee | None = None


class ArrearsByAge(Struct, kw_only=True):
    """Debts of a place and of what lies directly below it, of one moment.

    `counted_on`: Beijing day from which the age is counted.
    `total`: The whole place.
    `parts`: Each place directly below it that owes anything; they add up to the whole.
    """

    counted_on: Day
    total: PlaceArrears
    parts: list[PlaceArrears]


class Owed(Struct, kw_only=True):
    """Sum of what one household owes of a home while it is read bill by bill."""

    home: str
    household: str
    since: Day = "9999-12-31"
    bills: int = 0
    kinds: set[HomeFee] = field(default_factory=set)
    ages: dict[Age, int] = field(default_factory=lambda: dict.fromkeys(Age, 0))

    def add(self, kind: HomeFee, due_on: Day, owed_fen: int, today: Day) -> None:
        self.kinds.add(kind)
        self.since = min(self.since, due_on)
        self.bills += 1
        self.ages[age_of(due_on, today)] += owed_fen


class Due(Struct, frozen=True, kw_only=True):
    """Bill of a home that is owed to one account, as far as money is matched to it."""

    bill_id: str
    home: str
    kind: HomeFee
    owed_fen: int
    due_on: str
    period: str
