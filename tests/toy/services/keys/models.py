"""Loans of keys: what is kept, sent and seen."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.kernel.days import Day
from services.kernel.labels import Labelled
from services.kernel.pages import ListQuery
from services.kernel.paths import PlacePath
from services.kernel.types import LINE
from services.keys.states import LoanState

Door = Annotated[
    str, Meta(min_length=1, max_length=20, pattern=LINE, examples=["单元门"])
]  # which door the key opens
LoanId = Annotated[
    str, Meta(min_length=1, max_length=64, pattern=LINE, description="Id of the loan.")
]
LONGEST_DAYS: Final = 30


class Loan(Struct, kw_only=True):
    """Key that somebody of a home has."""

    id: str = field(name="_id")
    home: str
    person: str
    door: str
    back_on: Day
    state: LoanState = LoanState.LENT
    lent_at: datetime
    returned_at: datetime | None = None


# What clients send and see


class BorrowKey(Struct, forbid_unknown_fields=True, kw_only=True):
    """Wish to borrow a key.

    `door`: Door that the key opens.
    `days`: Days until it is brought back.
    """

    door: Door
    days: Annotated[int, Meta(ge=1, le=LONGEST_DAYS)] = 7


class LoanSort(Labelled):
    HOME = "home", "按房屋"
    LAST_HOME = "last_home", "按房屋倒序"


class LoansQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which loans to list.

    `state`: State of the loans; all without it.
    `sort`: Order of the list.
    """

    state: LoanState | None = None
    sort: LoanSort = LoanSort.HOME


class KeyFigures(Struct, kw_only=True):
    """Keys of a place, counted.

    `place`: Path of the place.
    `keys_out`: Number of keys that are not back.
    """

    place: PlacePath
    keys_out: int


class LoanView(Struct, kw_only=True):
    """Loan of a key.

    `loan_id`: Opaque id of the loan.
    `home`: Path of the home that borrowed the key.
    `door`: Door that the key opens.
    `back_on`: Day on which it is to be brought back.
    `state`: State of the loan.
    `lent_at`: When it was lent.
    `returned_at`: When it was brought back; null before.
    """

    loan_id: str
    home: PlacePath
    door: Door
    back_on: Day
    state: LoanState
    lent_at: datetime
    returned_at: datetime | None
