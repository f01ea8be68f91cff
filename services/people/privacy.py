"""Personal data of accounts and phones, and its erasure."""

from datetime import datetime
from typing import Final

from mongo_indexes import people, phones
from services.dependencies import Dependencies, Transaction
from services.kernel.documents import Document
from services.kernel.personal_data import ERASED, Fate, Holding

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


async def forget(deps: Dependencies, tx: Transaction, person_id: str, now: datetime) -> None:
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
