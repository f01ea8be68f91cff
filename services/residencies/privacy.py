"""Personal data of residencies, and its erasure.

Rows of the register stay with the community: only their tie to the account is cut. What the
person brought in themself, by a request or an invitation, loses every word that says who they
were.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from mongo_indexes import residencies
from services.dependencies import Dependencies, Transaction
from services.kernel.days import day_of, plus_days
from services.kernel.documents import Document
from services.kernel.personal_data import GONE, REGISTER, Fate, Holding

# What writes a residency that the person themself brought in.
OWN_SOURCES: Final = r"^(request|invitation):"


RESIDENCIES: Final = Holding(
    collection=residencies.COLLECTION,
    fate=Fate.BLANKED,
    title="房屋关系",
    person="person",
    shows={
        "home": "房屋",
        "relation": "关系",
        "name_sealed": "登记姓名",
        "phone_sealed": "登记电话",
        "id_number_sealed": "身份证号",
        "from_day": "开始日期",
        "to_day": "结束日期",
        "bound_by": "绑定方式",
        "bound_at": "绑定时间",
        "ended_because": "结束原因",
    },
    sealed={
        "name_sealed": "residencies/{id}/name",
        "phone_sealed": "residencies/{id}/phone",
        "id_number_sealed": "residencies/{id}/id_number",
        "ended_because": "residencies/{id}/because",
        "history.because": "residencies/{id}/because",
    },
    law=REGISTER,
    staff=("recorded_by", "ended_by"),
)


async def own_sources(deps: Dependencies, tx: Transaction, person_id: str) -> list[str]:
    """Return what a person's own rows come from: request:… and invitation:…, by index."""
    own = {"person": person_id, "source": {"$regex": OWN_SOURCES}}
    cursor = deps.db[residencies.COLLECTION].find(own, {"source": 1}, session=tx)
    return [row["source"] for row in await cursor.to_list()]


async def forget(deps: Dependencies, tx: Transaction, person_id: str, now: datetime) -> None:
    """Cut the ties to homes. Served by index `person`."""
    rows = deps.db[residencies.COLLECTION]
    own = {"person": person_id, "source": {"$regex": OWN_SOURCES}}
    async for row in rows.find(own, {"to_day": 1, "ended_at": 1}, session=tx):
        await rows.update_one(
            {"_id": row["_id"]}, {"$set": _blanked(deps, row, now)}, session=tx
        )
    free = {"person": None, "bound_by": None, "bound_at": None}
    await rows.update_many({"person": person_id}, {"$set": free}, session=tx)


async def blank_left(deps: Dependencies, tx: Transaction, brought: Mapping[str, str]) -> None:
    """Blank what a person brought in and then let go of. `brought`: residency → its source.

    Not what the community has written another phone into since: that is somebody else.
    """
    rows = deps.db[residencies.COLLECTION]
    left = {"_id": {"$in": list(brought)}, "person": None, "phone_index": None}
    async for row in rows.find(left, session=tx):
        if row["source"] == brought[row["_id"]]:
            change = {"$set": _blanked(deps, row, deps.now())}
            await rows.update_one({"_id": row["_id"]}, change, session=tx)


def _blanked(deps: Dependencies, row: Document, now: datetime) -> Document:
    name = deps.vault.seal(GONE, place=f"residencies/{row['_id']}/name")
    words: Document = {
        "name_sealed": name,
        "phone_sealed": None,
        "phone_index": None,
        "id_number_sealed": None,
        "id_number_index": None,
        "ended_because": "",
        "history": [],
    }
    yesterday = plus_days(day_of(now), -1)
    over = row.get("to_day") is not None and row["to_day"] <= yesterday
    return words if over else {**words, "to_day": yesterday, "ended_at": now}
