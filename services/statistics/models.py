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

    DISTRICT = Kind.DISTRICT.value, Kind.DISTRICT.label
    SUBDISTRICT = Kind.SUBDISTRICT.value, Kind.SUBDISTRICT.label
    COMMUNITY = Kind.COMMUNITY.value, Kind.COMMUNITY.label
    COMPOUND = Kind.COMPOUND.value, Kind.COMPOUND.label
    BUILDING = Kind.BUILDING.value, Kind.BUILDING.label
    UNIT = Kind.UNIT.value, Kind.UNIT.label


class SeriesBy(Labelled):
    """What a series may be broken down into: rungs of the ladder, grids, and firms."""

    DISTRICT = Kind.DISTRICT.value, Kind.DISTRICT.label
    SUBDISTRICT = Kind.SUBDISTRICT.value, Kind.SUBDISTRICT.label
    COMMUNITY = Kind.COMMUNITY.value, Kind.COMMUNITY.label
    COMPOUND = Kind.COMPOUND.value, Kind.COMPOUND.label
    BUILDING = Kind.BUILDING.value, Kind.BUILDING.label
    UNIT = Kind.UNIT.value, Kind.UNIT.label
    GRID = Kind.GRID.value, Kind.GRID.label
    FIRM = "firm", "物业企业"

    @property
    def depth(self) -> int:
        """Segments of the places that its parts are made of."""
        made_of = {SeriesBy.GRID: Kind.BUILDING, SeriesBy.FIRM: Kind.COMPOUND}
        return (made_of.get(self) or Kind(self.value)).depth


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


# Series


class SeriesQuery(Struct, forbid_unknown_fields=True, kw_only=True):
    """Which months of rates to show, one after another.

    `from_month`: First month.
    `to_month`: Last month, at most 36 months with the first.
    `kind`: Fee to look at; all fees without it.
    """

    from_month: Month
    to_month: Month
    kind: FeeKind | None = None


class PlaceSeriesQuery(SeriesQuery, forbid_unknown_fields=True, kw_only=True):
    """Which months of rates of a place to show, one after another.

    `from_month`: First month.
    `to_month`: Last month, at most 36 months with the first.
    `kind`: Fee to look at; all fees without it.
    `by`: What to break the rates down by; none without it.
    """

    by: SeriesBy | None = None


class MonthRates(Struct, kw_only=True):
    """Rates of one month.

    `period`: The month.
    `rates`: The three rates; null where they would tell of fewer than five homes.
    """

    period: Month
    rates: Rates | None


class PartSeries(Struct, kw_only=True):
    """Rates of a part, month by month.

    `part`: Path of the place or grid, or id of the firm; empty for what is in no grid, or in
    months in which no firm served.
    `name`: Address of the place, or name of the grid or firm, as people say it.
    `points`: Rates of each month; of a compound of a firm, of those in which the firm served.
    """

    part: Annotated[str, Meta(examples=["cc.chaoyang.guilin.xincheng.c07.b3"])]
    name: Annotated[str, Meta(examples=["春光小区3栋"])]
    points: list[MonthRates]


class SeriesView(Struct, kw_only=True):
    """Rates of a place, month by month, and those of its parts that were billed.

    What counts is what is counted of each month by itself. Fen and homes of the parts add up to
    those of the whole; homes of several fees or months do not, as a home is billed for several.

    `place`: Path of the place.
    `from_month`: First month.
    `to_month`: Last month.
    `kind`: Fee that is looked at; null for all.
    `by`: What the parts are; null for none.
    `points`: Rates of each month.
    `parts`: Rates of the parts, by path, or firms by name; empty without a breakdown.
    """

    place: str
    from_month: Month
    to_month: Month
    kind: FeeKind | None
    by: SeriesBy | None
    points: list[MonthRates]
    parts: list[PartSeries]


class FirmSeriesView(Struct, kw_only=True):
    """Rates of the compounds that a firm served, month by month.

    A month of a compound counts for the firm whose contract holds on its first day; where none
    does, for the one whose contract begins first within the month.

    `firm_id`: Opaque id of the firm.
    `firm_name`: Name of the firm, as on its business licence.
    `from_month`: First month.
    `to_month`: Last month.
    `kind`: Fee that is looked at; null for all.
    `points`: Rates of each month, of all its compounds that you may see.
    `parts`: Rates of these compounds, by path.
    `unseen_compounds`: How many compounds of the firm are not among them.
    """

    firm_id: str
    firm_name: str
    from_month: Month
    to_month: Month
    kind: FeeKind | None
    points: list[MonthRates]
    parts: list[PartSeries]
    unseen_compounds: int
