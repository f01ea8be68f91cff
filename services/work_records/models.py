"""Work records (工作记录): what a head did in an office in a month; kept, sent and seen."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.kernel.days import Day, Month
from services.kernel.pages import ListQuery
from services.kernel.permissions import Role
from services.kernel.types import TEXT
from services.kernel.vault import Sealed
from services.kernel.work import WorkUnit

REMARK: Final = Sealed("work_records", "remark")
WorkRemark = Annotated[
    str,
    Meta(min_length=1, max_length=200, pattern=TEXT, examples=["住院两周,由代理人走访"]),
]


class WorkRecord(Struct, kw_only=True):
    """What a head did in an office in a month. Its figures never change.

    `appointment`: the office. `person`: whose; empty once they are erased. `under`: the place
    and all above it. `from_day`, `to_day`: days of the month on which they held it. `open_at`:
    when others see it, and the head's remark may not be changed any more.
    """

    id: str = field(name="_id")
    appointment: str
    person: str
    role: Role
    place: str
    under: list[str]
    month: Month
    from_day: Day
    to_day: Day
    figures: dict[str, int | None]
    remark_sealed: str = ""
    made_at: datetime
    open_at: datetime


def record_id(appointment: str, month: Month) -> str:
    return f"{appointment}@{month}"


# What clients send


class MyWorkQuery(Struct, forbid_unknown_fields=True, kw_only=True):
    """Which month of mine to show.

    `month`: Month; the present one without it.
    """

    month: Month | None = None


class WorkRecordsQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which records to list.

    `month`: Month; the last one that may be seen without it.
    """

    month: Month | None = None


class RemarkOnWork(Struct, forbid_unknown_fields=True, kw_only=True):
    """Remark of a head on a month of theirs.

    `remark`: What others should know with the figures; null for none.
    """

    remark: WorkRemark | None


# What clients see


class WorkFigureView(Struct, kw_only=True):
    """One figure.

    `name`: Stable name of the figure.
    `label`: The same as people say it.
    `unit`: What is counted.
    `value`: How much; null where there is nothing to tell, or it would be about few homes.
    """

    name: Annotated[str, Meta(examples=["visits_made"])]
    label: Annotated[str, Meta(examples=["走访"])]
    unit: Annotated[WorkUnit, Meta(examples=["times"])]
    value: Annotated[int | None, Meta(examples=[12])]


class MyWorkRecord(Struct, kw_only=True):
    """What I did in an office in a month.

    `record_id`: Id of the record; null while the month is not over, and it is counted anew.
    `role`: Office.
    `place`: Path of the place of the office.
    `address`: Address of the place, as people say it.
    `from_day`: First day of the month on which I held it.
    `to_day`: Last day of the month on which I held it.
    `figures`: What I did.
    `remark`: My remark; null for none.
    `remark_until`: When others see it, and my remark may not be changed any more; null while
    the month is not over.
    """

    record_id: Annotated[str | None, Meta(examples=["01jr8z@2026-02"])]
    role: Annotated[Role, Meta(examples=["unit_head"])]
    place: Annotated[str, Meta(examples=["cc.chaoyang.guilin.xincheng.c07.b3.u2"])]
    address: Annotated[str, Meta(examples=["春光小区3栋2单元"])]
    from_day: Annotated[Day, Meta(examples=["2026-02-01"])]
    to_day: Annotated[Day, Meta(examples=["2026-02-28"])]
    figures: list[WorkFigureView]
    remark: Annotated[str | None, Meta(examples=[None])]
    remark_until: Annotated[datetime | None, Meta(examples=["2026-03-04T16:00:00Z"])]


class MyWork(Struct, kw_only=True):
    """What I did in a month, office by office.

    `month`: Which calendar month in Beijing.
    `items`: One for each office that I held.
    """

    month: Annotated[Month, Meta(examples=["2026-02"])]
    items: list[MyWorkRecord]


class WorkRecordRow(Struct, kw_only=True):
    """What a head did in an office in a month, as the community sees it.

    `record_id`: Id by which the head remarks on it.
    `month`: Which calendar month in Beijing.
    `role`: Office.
    `place`: Path of the place of the office.
    `address`: Address of the place, as people say it.
    `name_masked`: Name of the head, masked; null when not known.
    `from_day`: First day of the month on which they held it.
    `to_day`: Last day of the month on which they held it.
    `figures`: What they did.
    `remark`: The head's remark; null for none.
    """

    record_id: Annotated[str, Meta(examples=["01jr8z@2026-02"])]
    month: Annotated[Month, Meta(examples=["2026-02"])]
    role: Annotated[Role, Meta(examples=["unit_head"])]
    place: Annotated[str, Meta(examples=["cc.chaoyang.guilin.xincheng.c07.b3.u2"])]
    address: Annotated[str, Meta(examples=["春光小区3栋2单元"])]
    name_masked: Annotated[str | None, Meta(examples=["张*"])]
    from_day: Annotated[Day, Meta(examples=["2026-02-01"])]
    to_day: Annotated[Day, Meta(examples=["2026-02-28"])]
    figures: list[WorkFigureView]
    remark: Annotated[str | None, Meta(examples=[None])]
