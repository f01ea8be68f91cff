"""Refusals of a price, and of a quote that does not keep to the list."""

from msgspec import Struct

from services.kernel import errors


class BadPrice(errors.InvalidInput):
    """A price band lies at a compound, goes upwards, and begins today at the earliest."""

    code = "bad_repair_price"


class NoContract(errors.Conflict):
    """No firm serves the compound today: there is nobody who could charge."""

    code = "repair_price_no_contract"


class PriceMovedOnDetails(Struct, frozen=True, kw_only=True):
    """Latest version that is there.

    `version`: Number of the item's latest version; 0 for none.
    """

    version: int


class PriceMovedOn(errors.Conflict):
    """Somebody else wrote a version meanwhile: look again."""

    code = "repair_price_moved_on"
    details_type = PriceMovedOnDetails


class PriceEnded(errors.Conflict):
    """Somebody else set the last day meanwhile, or it can only become earlier."""

    code = "repair_price_ended"
    details_type = errors.LatestDay


class PricesFull(errors.Conflict):
    """A price list is read whole by residents."""

    code = "repair_prices_full"
    details_type = errors.Most


class PriceUnknownDetails(Struct, frozen=True, kw_only=True):
    """Line whose item is not on the list.

    `line`: Number of the line, the first is 0.
    `item`: Code that it names.
    """

    line: int
    item: str


class PriceUnknown(errors.InvalidInput):
    """The item is not on the price list that counts on the day."""

    code = "repair_price_unknown"
    details_type = PriceUnknownDetails


class PriceOutOfBandDetails(Struct, frozen=True, kw_only=True):
    """Line whose price is not within the band.

    `line`: Number of the line, the first is 0.
    `item`: Code that it names.
    `low_fen`: Lowest price of a unit, in fen.
    `high_fen`: Highest price of a unit, in fen.
    """

    line: int
    item: str
    low_fen: int
    high_fen: int


class PriceOutOfBand(errors.InvalidInput):
    """A line of a quote asks for less or more than the price list says."""

    code = "repair_price_out_of_band"
    details_type = PriceOutOfBandDetails
