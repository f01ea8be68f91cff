"""Prepayments: money paid for bills to come, kept by home, household, fee and payee."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.fees.models import AccountKey, FeeKind
from services.kernel.days import Day
from services.kernel.labels import Labelled
from services.kernel.money import Fen
from services.kernel.pages import ListQuery

# Hangzhou's rule, in the absence of one of Jilin: a year at most, and not beyond the contract.
MOST_MONTHS: Final = 12


class Prepayment(Struct, kw_only=True):
    """Balance that pays the bills of one fee and payee for one household of owners.

    The journals are the truth and this is their projection: `fen` is what stands on the
    account `prepaid:ID`. `since`: the first day on which those whose money it is own the home,
    "" for its first owners. `owners_until`: their last day as owners, None while it is theirs.
    So a sale hands the buyer nothing of it.
    `version`: how often it was changed, for the names of its journals.
    """

    id: str = field(name="_id")  # a digest of home, fee, account and the owners' first day
    home: str
    kind: FeeKind
    payee: str
    account: str
    payee_name: str
    since: str
    owners_until: Day | None = None
    fen: Fen = 0
    version: int = 0
    opened_at: datetime


class Deposit(Struct, frozen=True):
    """Money for a prepayment: no more than makes it `most_fen` is kept there."""

    prepayment: str
    fen: int
    most_fen: int


# What clients send and see


class PrepaymentSort(Labelled):
    HOME = "home", "按房屋"
    LARGEST = "largest", "余额大的在前"


class PrepaymentOwners(Labelled):
    """Whose money it is."""

    TODAY = "today", "现在的业主"
    FORMER = "former", "已过户的业主,余额待退"


class PrepaymentsQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which prepayments to list.

    `kind`: Fee that it pays; all of them without it.
    `account`: Key of the payee's merchant account; all without it.
    `owners`: Of who owns the home today, or of who sold it; both without it.
    `sort`: Order of the list.
    """

    kind: FeeKind | None = None
    account: AccountKey | None = None
    owners: PrepaymentOwners | None = None
    sort: PrepaymentSort = PrepaymentSort.HOME


class PrepaymentView(Struct, kw_only=True):
    """Money that lies there for bills to come.

    `prepayment_id`: Opaque id of the prepayment.
    `home`: Path of the home.
    `address`: Address of the home, as people say it.
    `kind`: Fee that it pays.
    `account`: Key of the payee's merchant account.
    `payee_name`: Who has the money.
    `balance_fen`: What is left of it, in fen.
    `owners_until`: Last day of those whose money it is as owners; null while the home is
    theirs. Afterwards it pays no bill and is to be given back.
    """

    prepayment_id: Annotated[str, Meta(examples=["1v5n8q2t4w6y9b3d7f0h2k5m8p"])]
    home: str
    address: str
    kind: FeeKind
    account: str
    payee_name: str
    balance_fen: Annotated[int, Meta(examples=[15_354])]
    owners_until: Annotated[Day | None, Meta(examples=[None])]


class OfferQuery(Struct, forbid_unknown_fields=True, kw_only=True):
    """Which fee to pay in advance.

    `kind`: Fee.
    """

    kind: FeeKind


class MonthsSum(Struct, kw_only=True):
    """What some months to come cost at today's price.

    `months`: Number of months.
    `amount_fen`: Sum of them, in fen.
    """

    months: int
    amount_fen: Annotated[int, Meta(examples=[15_354])]


class OfferView(Struct, kw_only=True):
    """What a home may pay in advance for a fee.

    `kind`: Fee.
    `payee_name`: Who receives the money; empty where no month to come has a price.
    `balance_fen`: What lies there already, in fen.
    `most_fen`: What may be paid beside it, in fen; 0 while bills of the fee are owed.
    `owes`: Whether the home owes bills of the fee: they are paid first.
    `sums`: What each number of months costs that may be paid.
    """

    kind: FeeKind
    payee_name: str
    balance_fen: Annotated[int, Meta(examples=[15_354])]
    most_fen: Annotated[int, Meta(examples=[46_062])]
    owes: Annotated[bool, Meta(examples=[False])]
    sums: list[MonthsSum]


class PrepaidMove(Labelled):
    PAID_IN = "paid_in", "预存"
    USED = "used", "抵缴账单"
    RETURNED = "returned", "账单减少,退回预存"
    TAKEN_OUT = "taken_out", "退还"
    TAKEN_BACK = "taken_back", "未领取,转回预存"


class PrepaymentMovement(Struct, kw_only=True):
    """Change of a prepayment.

    `at`: When it was booked.
    `kind`: What it was.
    `amount_fen`: How much more there is since, in fen; below 0 for less.
    `title`: Bill that it paid, e.g. 2026年3月物业费; empty for none.
    """

    at: datetime
    kind: PrepaidMove
    amount_fen: Annotated[int, Meta(examples=[-5118])]
    title: Annotated[str, Meta(examples=["2026年3月物业费"])]


class MyPrepayment(PrepaymentView, kw_only=True):
    """Money of my household that lies there, and how it moved.

    `movements`: The latest first.
    """

    movements: list[PrepaymentMovement]


class MyPrepayments(Struct, kw_only=True):
    """Money that my homes paid in advance.

    `items`: Each home, fee and payee.
    """

    items: list[MyPrepayment]
