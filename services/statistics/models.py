"""Figures of fee collection, in integers so that two screens cannot disagree."""

from typing import Annotated

from msgspec import Meta, Struct

from services.fees.models import FeeKind
from services.kernel.days import Month
from services.kernel.labels import Labelled
from services.places.models import Kind

Months = Annotated[int, Meta(ge=1, le=12)]


class By(Labelled):
    """Rungs of the ladder a breakdown may show."""

    COMPOUND = Kind.COMPOUND.value, Kind.COMPOUND.label
    BUILDING = Kind.BUILDING.value, Kind.BUILDING.label
    UNIT = Kind.UNIT.value, Kind.UNIT.label


class Counts(Struct, frozen=True, kw_only=True):
    """Counts and sums that rates are made of. A home lies in one part only, so parts add up."""

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
    """Share of a whole.

    `numerator`: What was reached: homes or fen.
    `denominator`: What could be reached: homes or fen.
    `basis_points`: Hundredths of a percent, rounded down: 10000 means all; null is 0/0.
    """

    numerator: int
    denominator: int
    basis_points: int | None


class Rates(Struct, frozen=True, kw_only=True):
    """户收费率, 收费率, 清缴率. Homes in the first, fen in the others.

    `household_rate`: Homes that paid all their bills of the span, of those billed.
    `amount_rate`: Fen paid on the bills of the span, of the fen billed.
    `arrears_recovery_rate`: Fen of arrears recovered, of those recovered and remaining; null
    where it would tell of fewer than five homes of an earlier month, and where these months
    are too many to be counted in time.
    """

    household_rate: Rate
    amount_rate: Rate
    arrears_recovery_rate: Rate | None


class PartRates(Struct, kw_only=True):
    """Rates of a part of the place.

    `place`: Path of the part.
    `address`: Address of the part, as people say it.
    `rates`: The three rates of the part; null where they would tell of fewer than five homes.
    """

    place: str
    address: str
    rates: Rates | None


class RatesView(Struct, kw_only=True):
    """The rates of a place; with `by`, those of its parts that were billed, by path.

    Whoever may not see the homes that owe gets no figures about fewer than five homes, nor
    figures whose difference would be.

    `place`: Path of the place.
    `period`: First month of the span.
    `months`: Number of months of the span.
    `kind`: Fee that is looked at; null for all.
    `rates`: The three rates of the place; null where they would tell of fewer than five homes.
    `parts`: The rates of its parts; empty without a breakdown.
    """

    place: str
    period: Month
    months: int
    kind: FeeKind | None
    rates: Rates | None
    parts: list[PartRates]
