"""What the accounts hold about people, and how it is taken away.

Register rows stay with the community: only their tie to the account is cut. What the person
brought in themself, by a request or an invitation, loses every word that says who they were.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from mongo_indexes import appointments, consents, people, phones, residencies
from services.accounts.terms import not_over_on
from services.dependencies import Dependencies, Transaction
from services.kernel.days import day_of, plus_days
from services.kernel.documents import Document
from services.kernel.errors import Conflict
from services.kernel.personal_data import OFFICE, PROOF, REGISTER, Fate, Holding

GONE: Final = "已注销"
ERASED: Final = "erased"
# What writes a residency that the person themself brought in.
OWN_SOURCES: Final = r"^(request|invitation):"

PEOPLE: Final = Holding(
    collection=people.COLLECTION,
    fate=Fate.BLANKED,
    title="账号",
    person="_id",
    shows={
        "_id": "编号",
        "openid": "微信用户编号",
        "phone_sealed": "手机号",
        "phone_given_at": "手机号验证时间",
        "created_at": "注册时间",
        "signed_in_at": "最近登录",
        "consents": "现行同意的版本",
    },
    sealed={"phone_sealed": "people/{id}/phone"},
)
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
HOLDINGS: Final = (
    PEOPLE,
    RESIDENCIES,
    APPOINTMENTS,
    Holding(
        collection=consents.COLLECTION,
        fate=Fate.KEPT,
        title="同意记录",
        person="person",
        shows={
            "policy": "文件",
            "version": "版本",
            "sha256": "文本指纹",
            "given_at": "同意时间",
            "withdrawn_at": "撤回时间",
        },
        law=PROOF,
    ),
    Holding(
        collection=phones.COLLECTION,
        fate=Fate.REMOVED,
        why="手机号的加密指纹,没有可读的内容",
    ),
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


async def erase(deps: Dependencies, tx: Transaction, person_id: str) -> None:
    """Take away who a person was. Their id stays, and leads to nobody."""
    now = deps.now()
    await _close(deps, tx, person_id, now)
    await _unbind(deps, tx, person_id, now)
    await _blank_offices(deps, tx, person_id)
    await deps.db[consents.COLLECTION].update_many(
        {"person": person_id, "withdrawn_at": None}, {"$set": {"withdrawn_at": now}}, session=tx
    )


async def _close(deps: Dependencies, tx: Transaction, person_id: str, now: datetime) -> None:
    """Empty the account and release WeChat user and phone to whoever they are next."""
    empty: Document = {
        "wechat_key": f"{ERASED}:{person_id}",
        "openid": "",
        "phone_sealed": None,
        "phone_index": None,
        "phone_given_at": None,
        "signed_in_at": None,
        "consents": {},
        "closed_at": now,
    }
    before = await deps.db[people.COLLECTION].find_one_and_update(
        {"_id": person_id}, {"$set": empty}, session=tx
    )
    if before and before.get("phone_index"):
        key = {"_id": before["phone_index"], "person": person_id}
        await deps.db[phones.COLLECTION].delete_one(key, session=tx)


async def own_sources(deps: Dependencies, tx: Transaction, person_id: str) -> list[str]:
    """Return what a person's own rows come from: request:… and invitation:…, by index."""
    own = {"person": person_id, "source": {"$regex": OWN_SOURCES}}
    cursor = deps.db[residencies.COLLECTION].find(own, {"source": 1}, session=tx)
    return [row["source"] for row in await cursor.to_list()]


async def _unbind(deps: Dependencies, tx: Transaction, person_id: str, now: datetime) -> None:
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


async def _blank_offices(deps: Dependencies, tx: Transaction, person_id: str) -> None:
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
