"""Collection figures: integers all the way, so that two screens can never disagree."""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from services.fees.models import FeeKind
from services.kernel.days import Day, Month
from services.places.models import Kind

Months = Annotated[int, Meta(ge=1, le=12)]


class By(StrEnum):
    """Rungs of the ladder a breakdown may show."""

    COMPOUND = Kind.COMPOUND
    BUILDING = Kind.BUILDING
    UNIT = Kind.UNIT


class Span(Struct, frozen=True):
    """Months from `period` on, of one kind of fee or of all."""

    period: Month
    months: int = 1
    kind: FeeKind | None = None


class Debts(Struct, frozen=True):
    """Bills owed: of one period and kind, or of all."""

    period: Month | None = None
    kind: FeeKind | None = None


class Counts(Struct, frozen=True, kw_only=True):
    """What the rates are made of. A home lies in one part only, so parts add up."""

    billed_homes: int = 0
    paid_homes: int = 0
    due_fen: int = 0
    received_fen: int = 0
    recovered_fen: int = 0
    remaining_fen: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        fields = self.__struct_fields__
        return Counts(**{name: getattr(self, name) + getattr(other, name) for name in fields})


class Rate(Struct, frozen=True, kw_only=True):
    """`basis_points`: hundredths of a percent, rounded down: 100 % means all. Null is 0/0."""

    numerator: int
    denominator: int
    basis_points: int | None


class Rates(Struct, frozen=True, kw_only=True):
    """户收费率, 收费率, 清缴率. Homes in the first, fen in the others."""

    household_rate: Rate
    amount_rate: Rate
    arrears_recovery_rate: Rate


class PartRates(Struct, kw_only=True):
    place: str
    address: str
    rates: Rates


class RatesView(Struct, kw_only=True):
    """The rates of a place; with `by`, those of its parts that were billed, by path."""

    place: str
    period: Month
    months: int
    kind: FeeKind | None
    rates: Rates
    parts: list[PartRates]


class Arrears(Struct, kw_only=True):
    """What one home owes. `since`: the first month owed; `due_on`: the earliest due day."""

    home: str
    bills: int = 0
    amount_fen: int = 0
    since: Month
    due_on: Day


class Owed(Struct, frozen=True, kw_only=True):
    """Homes that owe something, and how much in all."""

    homes: int = 0
    amount_fen: int = 0


class UnpaidHome(Struct, kw_only=True):
    """`resident`: the owner's masked name. `days_overdue`: 0 until the due day is over."""

    place: str
    address: str
    resident: str | None
    bills: int
    amount_fen: int
    since: Month
    days_overdue: int
