"""Working time: how long something may take, and until when that is."""

from datetime import datetime
from typing import Final

from msgspec import Struct

from services.kernel.labels import Labelled

# Minutes of a working day, 08:30 to 11:30 and 13:00 to 17:00, where a rule counts in days.
WORKING_DAY: Final = 420


class Pace(Labelled):
    """Which minutes of a span count."""

    CONTINUOUS = "continuous", "全天候"  # all: emergencies run day and night
    WORKING = "working", "工作时间"  # those of the place's working hours


class Span(Struct, frozen=True):
    """Length of time that a rule gives."""

    minutes: int
    pace: Pace


class Instant(Struct, frozen=True):
    """Instant at which a span is used up, in UTC.

    `is_estimated`: some day on the way is one whose year is not announced yet, so that
    weekends and the fixed statutory holidays were assumed.
    """

    at: datetime
    is_estimated: bool
