"""What requests, invitations and codes hold about people, and how it is taken away."""

from typing import Final

from mongo_indexes import home_codes, home_invitations, home_requests
from services.dependencies import Dependencies, Transaction
from services.home_requests.states import OPEN, RequestState
from services.homes.models import SlipState
from services.kernel import personal_data
from services.kernel.documents import Document
from services.kernel.personal_data import REGISTER, Fate, Holding
from services.residencies import privacy as residencies_privacy

GONE: Final = personal_data.GONE

REQUESTS: Final = Holding(
    collection=home_requests.COLLECTION,
    fate=Fate.BLANKED,
    title="房屋申请",
    person="person",
    shows={
        "home": "房屋",
        "relation": "关系",
        "name_sealed": "填写的姓名",
        "id_number_sealed": "填写的身份证号",
        "note_sealed": "填写的说明",
        "photo_ids": "证明照片编号",
        "state": "状态",
        "created_at": "申请时间",
        "decided_at": "决定时间",
        "decision_sealed": "决定的理由",
    },
    sealed={
        "name_sealed": "home_requests/{id}/name",
        "id_number_sealed": "home_requests/{id}/id_number",
        "note_sealed": "home_requests/{id}/note",
        "advice_sealed": "home_requests/{id}/advice",  # a head's words: not the person's own
        "decision_sealed": "home_requests/{id}/decision",
    },
    law=REGISTER,
    staff=("filed_by", "advised_by", "decided_by"),
)
INVITATIONS: Final = Holding(
    collection=home_invitations.COLLECTION,
    fate=Fate.BLANKED,
    title="发出的邀请",
    person="person",
    shows={
        "home": "房屋",
        "relation": "关系",
        "state": "状态",
        "created_at": "时间",
        "expires_at": "有效期至",
        "used_at": "接受时间",
    },
    sealed={"name_sealed": "home_invitations/{id}/name"},  # the guest's, not the host's
    law=REGISTER,
)
HOLDINGS: Final = (
    REQUESTS,
    INVITATIONS,
    Holding(
        collection=home_codes.COLLECTION,
        fate=Fate.FADES,
        staff=("printed_by",),
        why="社区打印的一次性绑定码,只存指纹,用过或过期九十天后删除",
    ),
)


async def forget(deps: Dependencies, tx: Transaction, person_id: str) -> None:
    """End what a person asked for and whom they invited; take the words out of both.

    Before the account goes: what it accepted is found by what it is bound to.
    """
    await _forget_requests(deps, tx, person_id)
    mine = await residencies_privacy.own_sources(deps, tx, person_id)
    accepted = [source.partition(":")[2] for source in mine if source.startswith("invitation:")]
    for query in ({"person": person_id}, {"_id": {"$in": accepted}}):
        await _forget_invitations(deps, tx, query)


async def _forget_requests(deps: Dependencies, tx: Transaction, person_id: str) -> None:
    """Served by index `person`."""
    rows = deps.db[home_requests.COLLECTION]
    brought: dict[str, str] = {}
    fields = {"state": 1, "residency": 1}
    async for row in rows.find({"person": person_id}, fields, session=tx):
        if row.get("residency"):
            brought[row["residency"]] = f"request:{row['_id']}"
        place = f"home_requests/{row['_id']}/name"
        words: Document = {
            "name_sealed": deps.vault.seal(GONE, place=place),
            "id_number_sealed": None,
            "note_sealed": None,
            "advice_sealed": None,
            "decision_sealed": None,
            "photo_ids": [],
            "open_key": None,
        }
        if row["state"] in OPEN:
            words["state"] = RequestState.WITHDRAWN
        await rows.update_one({"_id": row["_id"]}, {"$set": words}, session=tx)
    await residencies_privacy.blank_left(deps, tx, brought)


async def _forget_invitations(deps: Dependencies, tx: Transaction, query: Document) -> None:
    """Served by index `person`, or by `_id`."""
    rows = deps.db[home_invitations.COLLECTION]
    async for row in rows.find(query, {"state": 1}, session=tx):
        place = f"home_invitations/{row['_id']}/name"
        words: Document = {"name_sealed": deps.vault.seal(GONE, place=place)}
        if row["state"] == SlipState.OPEN:
            words["state"] = SlipState.REVOKED
        await rows.update_one({"_id": row["_id"]}, {"$set": words}, session=tx)
