"""Personal data of home requests, and its erasure."""

from typing import Final

from mongo_indexes import home_requests
from services.cases import actions as cases
from services.dependencies import Dependencies, Transaction
from services.home_requests import store
from services.home_requests.kind import HOME_REQUEST
from services.home_requests.models import FIELDS
from services.home_requests.states import Event, RequestState
from services.kernel import personal_data, steps
from services.kernel.personal_data import REGISTER, Fate, Holding
from services.residencies import privacy as residencies_privacy
from services.residencies.models import Relation

REQUESTS: Final = Holding(
    collection=home_requests.COLLECTION,
    fate=Fate.BLANKED,
    title="房屋绑定申请",
    revealed=True,
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
    words={"relation": Relation, "state": RequestState},
    # the advice is a head's words: not shown, since it is not the person's own
    sealed={f"{name}_sealed": field for name, field in FIELDS.items()},
    law=REGISTER,
    staff=("filed_by", "advised_by", "decided_by"),
)
HOLDINGS: Final = (REQUESTS,)


async def close(deps: Dependencies, tx: Transaction, person_id: str) -> None:
    """Withdraw a person's open requests: nobody shall be bound by one any more."""
    for found in await store.open_of(deps.db, tx, person_id):
        await cases.advance(deps, tx, None, HOME_REQUEST, found, Event.CLOSE)


async def forget(deps: Dependencies, tx: Transaction, person_id: str) -> bool:
    """Erase the text of a person's requests, and blank what came of them and was left."""
    requests = await store.of_person(deps.db, tx, person_id, limit=steps.AT_ONCE)
    gone = {each.id: each.seal(deps.vault, personal_data.GONE, "name") for each in requests}
    await store.blank(deps.db, tx, gone)
    brought = [f"request:{each.id}" for each in requests if each.residency]
    await residencies_privacy.blank_left(deps, tx, brought)
    return len(requests) == steps.AT_ONCE
