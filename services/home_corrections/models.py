"""Corrections of homes: what is kept, sent and seen."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.kernel.days import Day
from services.kernel.labels import Labelled
from services.kernel.money import Area
from services.kernel.pages import ListQuery
from services.kernel.paths import PlacePath
from services.kernel.types import Reason
from services.kernel.vault import Sealed
from services.places.models import Name, Usage

Document = Annotated[Reason, Meta(description="Paper that shows it, e.g. 不动产权证第12345号.")]


class Change(Labelled):
    """Kind of a correction of a home."""

    CORRECTED = "corrected", "更正"  # another area, use or room number
    RETIRED = "retired", "注销"  # there is no such home
    MERGED = "merged", "合并"  # it is another home of the register, written twice
    RESTORED = "restored", "恢复"  # it was retired by mistake


class Facts(Struct, frozen=True, kw_only=True):
    """What the register says of a home.

    `name`: Room number of the home, e.g. 502.
    `area`: Area in 0.01 m², e.g. 8530; null when not known.
    `usage`: What the home is used as.
    """

    name: str
    area: int | None = None
    usage: Usage | None = None


class Ended(Struct, frozen=True, kw_only=True):
    """Relation to a home that ended with it. `to_day`: the last day that it had before."""

    residency: str
    to_day: Day | None


DOCUMENT: Final = Sealed("home_corrections", "document")
REASON: Final = Sealed("home_corrections", "reason")


class HomeCorrection(Struct, kw_only=True):
    """One correction of one home, never changed after it was written.

    `source`: the import of a register that made it; empty for a correction by hand.
    `ended`: the register's people of a home that was retired, for its return.
    """

    id: str = field(name="_id")
    home: str
    change: Change
    from_day: Day
    before: Facts
    after: Facts
    merged_into: str | None = None
    document_sealed: str
    reason_sealed: str
    by: str
    at: datetime
    source: str = ""
    ended: list[Ended] = []


class CorrectHome(Struct, forbid_unknown_fields=True, kw_only=True):
    """Correction of a home. What is left out stays as it is.

    `from_day`: First day on which the area and the use count; today or earlier.
    `name`: Right room number, e.g. 502.
    `area`: Right area in 0.01 m², e.g. 8530.
    `usage`: Right use of the home.
    `document`: Paper that shows it, e.g. 不动产权证第12345号.
    `reason`: Why the register was wrong.
    """

    from_day: Day
    name: Name | None = None
    area: Area | None = None
    usage: Usage | None = None
    document: Document
    reason: Reason


class RetireHome(Struct, forbid_unknown_fields=True, kw_only=True):
    """End of a home that does not exist, or stands in the register twice.

    `from_day`: First day on which there is no such home; today or earlier.
    `merge_into`: Path of the home of the same unit that it really is; null for none.
    `document`: Paper that shows it, e.g. 测绘报告.
    `reason`: Why the register was wrong.
    """

    from_day: Day
    merge_into: PlacePath | None = None
    document: Document
    reason: Reason


class RestoreHome(Struct, forbid_unknown_fields=True, kw_only=True):
    """Return of a home that was retired by mistake.

    `document`: Paper that shows it, e.g. 现场核查记录.
    `reason`: Why it was retired by mistake.
    """

    document: Document
    reason: Reason


class CorrectionSort(Labelled):
    HOME = "home", "按房屋"
    NEWEST = "newest", "最新在前"


class CorrectionsQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which corrections to list.

    `change`: What became of the homes; all without it.
    `written_from`: First day on which they were written.
    `written_to`: Last day on which they were written.
    `sort`: Order of the list.
    """

    change: Change | None = None
    written_from: Day | None = None
    written_to: Day | None = None
    sort: CorrectionSort = CorrectionSort.HOME


class HomeCorrectionView(Struct, kw_only=True):
    """Correction of a home, with what was written before and since.

    `correction_id`: Opaque id of the correction.
    `home`: Path of the home.
    `address`: Address of the home today, as people say it.
    `change`: What became of the home.
    `from_day`: First day on which it counts.
    `before`: What the register said before.
    `after`: What it says since.
    `merged_into`: Path of the home that it turned out to be; null for none.
    `document`: Paper that shows it.
    `reason`: Why the register was wrong.
    `by`: Id of the person who wrote it.
    `at`: When it was written.
    """

    correction_id: str
    home: str
    address: str
    change: Change
    from_day: Day
    before: Facts
    after: Facts
    merged_into: str | None
    document: str
    reason: str
    by: str
    at: datetime
