"""What the accounts hold about people, and how it is taken away.

Register rows stay with the community: only their tie to the account is cut. What the person
brought in themself, by a request or an invitation, loses every word that says who they were.
"""

from typing import Final

from mongo_indexes import consents, phones
from services.appointments import privacy as appointments_privacy
from services.appointments.privacy import APPOINTMENTS
from services.dependencies import Dependencies, Transaction
from services.kernel.personal_data import PROOF, Fate, Holding
from services.people import privacy as people_privacy
from services.people.privacy import PEOPLE
from services.residencies import privacy as residencies_privacy
from services.residencies.privacy import RESIDENCIES

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


async def erase(deps: Dependencies, tx: Transaction, person_id: str) -> None:
    """Take away who a person was. Their id stays, and leads to nobody."""
    now = deps.now()
    await people_privacy.forget(deps, tx, person_id, now)
    await residencies_privacy.forget(deps, tx, person_id, now)
    await appointments_privacy.forget(deps, tx, person_id)
    await deps.db[consents.COLLECTION].update_many(
        {"person": person_id, "withdrawn_at": None}, {"$set": {"withdrawn_at": now}}, session=tx
    )
