"""Call-backs (回访): what is kept of them, what is sent, and what is seen."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.kernel.days import Month
from services.kernel.labels import Labelled
from services.kernel.pages import ListQuery
from services.kernel.types import Remark
from services.kernel.vault import Sealed
from services.repairs.models import Part, RepairNumber

NOTE: Final = Sealed("repair_call_backs", "note")


class CallBackResult(Labelled):
    FIXED = "fixed", "确实修好"
    NOT_FIXED = "not_fixed", "没有修好"  # it is opened again
    NOT_REACHED = "not_reached", "没有联系上"  # may be tried again, for sixty days


class CallBack(Struct, kw_only=True):
    """Repair that was drawn, and what was said when somebody asked.

    `number`, `place`, `compound`, `part`, `category`, `firm`: those of the repair. `person`:
    whose it is; None without an account. `worker`: who did it. `month`: in which it ended.
    `rank`: place of the repair in the draw. `of`: repairs among which was drawn.
    `tries`: how often somebody asked. `called_by`, `called_at`: of the last time; none of those
    that ended without, which have the result that nobody was reached.
    """

    id: str = field(name="_id")
    repair: str
    number: str
    place: str
    compound: str
    part: Part
    category: str
    firm: str = ""
    person: str | None
    worker: str = ""
    month: Month
    rank: str
    of: int
    result: CallBackResult | None = None
    note_sealed: str = ""
    tries: int = 0
    called_by: str = ""
    called_at: datetime | None = None


class RecordCallBack(Struct, forbid_unknown_fields=True, kw_only=True):
    """What was said at a call-back.

    `result`: Whether it is really fixed.
    `note`: Anything else.
    """

    result: CallBackResult
    note: Remark | None = None


class CallBacksQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which call-backs to list.

    `month`: Month in which the repairs ended.
    `result`: What was said.
    `is_waiting`: Only those that nobody has asked about, or only the rest.
    """

    month: Month | None = None
    result: CallBackResult | None = None
    is_waiting: bool | None = None


class CallBackView(Struct, kw_only=True):
    """Repair that the community asks about once more.

    `call_back_id`: Opaque id of the call-back.
    `repair_id`: Id of the repair that was drawn.
    `number`: Number of the repair for people, beside the compound.
    `place`: Path of its place.
    `address`: Address of that place, as people say it.
    `category_label`: Category of the repair as people read it.
    `month`: Month in which the repair ended.
    `of`: Repairs of the compound among which was drawn.
    `is_waiting`: Whether nobody has asked yet, and it is not too late.
    `result`: What was said; null before.
    `note`: What was written with it; null for nothing.
    `tries`: How often somebody asked.
    `called_at`: When somebody last asked; null before.
    """

    call_back_id: str
    repair_id: str
    number: RepairNumber
    place: str
    address: str
    category_label: Annotated[str, Meta(examples=["楼道灯不亮"])]
    month: Month
    of: int
    is_waiting: bool
    result: CallBackResult | None
    note: Annotated[str, Meta(examples=["灯还是一闪一闪"])] | None
    tries: int
    called_at: datetime | None
