"""Refusals of meters and readings."""

from msgspec import Struct

from services.kernel import errors
from services.kernel.days import Day


class BadMeter(errors.InvalidInput):
    """A meter belongs to a home, and its days are over."""

    code = "bad_meter"
    details_type = errors.UnknownDay


class MeterExists(errors.Conflict):
    """A meter with this number hangs in the compound already."""

    code = "meter_exists"


class MeterReplaced(errors.Conflict):
    """The meter was replaced: it is read and replaced no more."""

    code = "meter_replaced"


class MeterChanged(errors.Conflict):
    """Somebody changed the meter at the same moment: look again."""

    code = "meter_changed"


class ReadingOutOfOrderDetails(Struct, frozen=True, kw_only=True):
    """Reading that a new one does not fit.

    `day`: Day of that reading.
    `value`: What the dial showed then, in 0.001 of the unit.
    """

    day: Day
    value: int


class ReadingBelowLast(errors.Conflict):
    """A dial never runs back: read again, or write down that the meter was replaced."""

    code = "reading_below_last"
    details_type = ReadingOutOfOrderDetails


class ReadingAboveNext(errors.Conflict):
    """The dial showed less on a later day."""

    code = "reading_above_next"
    details_type = ReadingOutOfOrderDetails


class ReadingExists(errors.Conflict):
    """The meter was read on that day already."""

    code = "reading_exists"
    details_type = ReadingOutOfOrderDetails
