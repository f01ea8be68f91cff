"""Personal data of appointments, and its erasure."""

from typing import Final

from mongo_indexes import appointments
from services.dependencies import Dependencies, Transaction
from services.kernel.days import day_of, not_over_on
from services.kernel.errors import Conflict
from services.kernel.personal_data import ERASED, GONE, OFFICE, Fate, Holding

APPOINTMENTS: Final = Holding(
    collection=appointments.COLLECTION,
    fate=Fate.BLANKED,
    title="担任职务",
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
    sealed={
        "name_sealed": "appointments/{id}/name",
        "phone_sealed": "appointments/{id}/phone",
        "ended_because": "appointments/{id}/because",
    },
    law=OFFICE,
    staff=("appointed_by", "ended_by"),
)


class StillInOffice(Conflict):
    """Hand the office over, or resign, first. `appointments` in details."""

    code = "still_in_office"


async def require_out_of_office(deps: Dependencies, tx: Transaction, person_id: str) -> None:
    """Raise StillInOffice while a role is held, or will be."""
    query = {"person": person_id, **not_over_on(day_of(deps.now()))}
    cursor = deps.db[appointments.COLLECTION].find(query, {"_id": 1}, session=tx)
    if held := [row["_id"] for row in await cursor.to_list()]:
        raise StillInOffice("您还担任职务,请先辞任并交接", appointments=held)


async def forget(deps: Dependencies, tx: Transaction, person_id: str) -> None:
    """Past offices stay with their terms and the id, as the audit does; the words go."""
    rows = deps.db[appointments.COLLECTION]
    async for row in rows.find({"person": person_id}, {"_id": 1}, session=tx):
        place = f"appointments/{row['_id']}"
        words = {
            "name_sealed": deps.vault.seal(GONE, place=f"{place}/name"),
            "phone_sealed": deps.vault.seal(GONE, place=f"{place}/phone"),
            "phone_index": f"{ERASED}:{row['_id']}",
            "phone_visible_to": "nobody",
            "ended_because": "",
        }
        await rows.update_one({"_id": row["_id"]}, {"$set": words}, session=tx)
