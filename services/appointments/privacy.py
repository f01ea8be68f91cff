"""Personal data of appointments, and its erasure."""

from typing import Final

from msgspec import Struct

from mongo_indexes import appointments
from services.appointments import store
from services.appointments.models import BECAUSE, NAME, PHONE, Visibility
from services.dependencies import Dependencies, Transaction
from services.kernel import steps
from services.kernel.documents import Document
from services.kernel.errors import Conflict
from services.kernel.permissions import Role
from services.kernel.personal_data import ERASED, GONE, OFFICE, Fate, Holding

APPOINTMENTS: Final = Holding(
    collection=appointments.COLLECTION,
    fate=Fate.BLANKED,
    title="担任职务",
    rank=3,
    revealed=True,
    person="person",
    shows={
        "role": "职务",
        "place": "范围",
        "name_sealed": "姓名",
        "phone_sealed": "电话",
        "phone_visible_to": "电话对谁公开",
        "from_day": "开始日期",
        "to_day": "结束日期",
        "ended_because": "结束原因",
    },
    words={"role": Role, "phone_visible_to": Visibility},
    sealed={
        "name_sealed": NAME,
        "phone_sealed": PHONE,
        "ended_because": BECAUSE,
    },
    law=OFFICE,
    staff=("appointed_by", "ended_by"),
)


HOLDINGS: Final = (APPOINTMENTS,)


class StillInOfficeDetails(Struct, frozen=True, kw_only=True):
    """Roles that the person still holds.

    `appointments`: Ids of the appointments that hold or will hold.
    """

    appointments: list[str]


class StillInOffice(Conflict):
    """Hand the office over, or resign, first. `appointments` in details."""

    code = "still_in_office"
    details_type = StillInOfficeDetails


async def require_out_of_office(deps: Dependencies, tx: Transaction, person_id: str) -> None:
    """Raise StillInOffice while a role is held, or will be."""
    today = deps.today()
    if held := await store.ids_since(deps.db, tx, person_id, today):
        raise StillInOffice("您还担任职务,请先辞任并交接", appointments=held)


async def forget(deps: Dependencies, tx: Transaction, person_id: str) -> bool:
    """Blank who held past offices. Their terms and the id stay, as in the audit."""
    ids = await store.named_ids_of(deps.db, tx, person_id)
    await store.overwrite(deps.db, tx, {each: _blanked(deps, each) for each in ids})
    return len(ids) == steps.AT_ONCE


def _blanked(deps: Dependencies, appointment_id: str) -> Document:
    return {
        "name_sealed": NAME.seal(deps.vault, appointment_id, GONE),
        "phone_sealed": PHONE.seal(deps.vault, appointment_id, GONE),
        "phone_index": f"{ERASED}:{appointment_id}",
        "phone_visible_to": "nobody",
        "ended_because": "",
    }
