"""Personal data of consents, and their withdrawal when an account is erased."""

from typing import Final

from mongo_indexes import consents
from services.consents import store
from services.consents.policies import PolicyKey
from services.dependencies import Dependencies, Transaction
from services.kernel.personal_data import PROOF, Fate, Holding

HOLDINGS: Final = (
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
        words={"policy": PolicyKey},
        law=PROOF,
    ),
)


async def forget(deps: Dependencies, tx: Transaction, person_id: str) -> bool:
    """Withdraw what is still agreed to. The rows stay: they prove that consent was given.

    What is in force stands with the account, and ends with it (people.privacy.close).
    """
    return await store.withdraw_all(deps.db, tx, person_id, deps.now())
