"""Debts of a home by who owes them: what is asked and seen."""

from msgspec import Struct

from services.fees.models import HomeFee
from services.kernel.days import Day, Month
from services.kernel.labels import Labelled
from services.kernel.pages import ListQuery


class DebtSort(Labelled):
    HOME = "home", "按房屋"


class FormerDebtsQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which debts of former owners to list.

    `kind`: Fee that is owed; all fees without it.
    `sort`: Order of the list.
    """

    kind: HomeFee | None = None
    sort: DebtSort = DebtSort.HOME


class Debt(Struct, frozen=True, kw_only=True):
    """What one household owes of a home: of those who owned it until one day, or own it.

    `days`: on which they are liable for it; whose debt it is follows from them.
    """

    home: str
    owners_until: Day | None
    days: frozenset[Day]
    kinds: frozenset[HomeFee]
    bills: int
    amount_fen: int
    overdue_bills: int
    overdue_fen: int
    since: Month


class DebtView(Struct, kw_only=True):
    """Debt of one household of owners for a home.

    `place`: Path of the home that was billed.
    `address`: Address of the home, as people say it.
    `debtors`: Masked names of who owned the home then, or rented it and pays by contract.
    `owners_until`: Last day on which they owned it; null while they do.
    `mine`: Whether it is my household's own.
    `kinds`: Fees that are owed.
    `bills`: Number of owed bills.
    `amount_fen`: Sum of owed bills, in fen.
    `overdue_bills`: Number of the bills whose due day is over.
    `overdue_fen`: Sum of the bills whose due day is over, in fen.
    `since`: First month that is owed.
    """

    place: str
    address: str
    debtors: list[str]
    owners_until: Day | None
    mine: bool
    kinds: list[HomeFee]
    bills: int
    amount_fen: int
    overdue_bills: int
    overdue_fen: int
    since: Month


class HomeDebts(Struct, kw_only=True):
    """Debts of a home, as far as one sees them.

    `items`: What each household owes, those of today first.
    `amount_fen`: Sum of all of these, in fen.
    """

    items: list[DebtView]
    amount_fen: int
