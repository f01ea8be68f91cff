"""Personal data of accounts and phones, and its erasure."""

from typing import Final

from mongo_indexes import people, phones
from services.dependencies import Dependencies, Transaction
from services.kernel.documents import Document
from services.kernel.personal_data import ERASED, Fate, Holding
from services.people import store
from services.people.models import PHONE

PEOPLE: Final = Holding(
    collection=people.COLLECTION,
    fate=Fate.BLANKED,
    title="账号",
    rank=1,
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
    sealed={"phone_sealed": PHONE},
)
HOLDINGS: Final = (
    PEOPLE,
    Holding(
        collection=phones.COLLECTION,
        fate=Fate.REMOVED,
        why="手机号的加密指纹,没有可读的内容",
    ),
)


async def close(deps: Dependencies, tx: Transaction, person_id: str) -> None:
    """Empty and close an account, and release its WeChat user and phone.

    The id stays, and leads to nobody.
    """
    empty: Document = {
        "wechat_key": f"{ERASED}:{person_id}",
        "openid": "",
        "union_key": None,
        "phone_sealed": None,
        "phone_index": None,
        "phone_given_at": None,
        "signed_in_at": None,
        "consents": {},
        "closed_at": deps.now(),
    }
    await store.close_account(deps.db, tx, person_id, empty)
