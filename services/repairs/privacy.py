"""Personal data of repairs, and its erasure."""

from typing import Final

from mongo_indexes import repairs
from services.dependencies import Dependencies, Transaction
from services.kernel import steps
from services.kernel.personal_data import Fate, Holding
from services.repairs import store
from services.repairs.call_backs import actions as call_backs
from services.repairs.models import ACCESS, NAME, OUTSIDE, PHONE, TEXT
from services.repairs.ratings import actions as ratings
from services.repairs.reviews import actions as reviews
from services.repairs.states import RepairState

REPAIRS: Final = Holding(
    collection=repairs.COLLECTION,
    fate=Fate.BLANKED,
    title="报修",
    person="person",
    shows={
        "number": "编号",
        "place": "地点",
        "text": "填写的内容",
        "text_sealed": "填写的内容(室内)",
        "phone_sealed": "联系电话",
        "access_sealed": "上门说明",
        "state": "状态",
        "created_at": "时间",
    },
    words={"state": RepairState},
    sealed={
        "text_sealed": TEXT,
        "name_sealed": NAME,
        "phone_sealed": PHONE,
        "access_sealed": ACCESS,
        "outside_sealed": OUTSIDE,
    },
    law="《物业管理条例》第35、36条:物业服务记录;保留维修经过,去掉本人填写的内容",
    staff=("filed_by", "holder"),
)
HOLDINGS: Final = (REPAIRS,)


async def forget(deps: Dependencies, tx: Transaction, person_id: str) -> bool:
    """Remove what a person wrote into repairs of their own; the work goes on."""
    found = await store.of_person(deps.db, tx, person_id, limit=steps.AT_ONCE)
    await store.blank(deps.db, tx, found)
    more = await ratings.forget(deps, tx, person_id)
    more |= await call_backs.forget(deps, tx, person_id)
    more |= await reviews.forget(deps, tx, person_id)
    return more or len(found) == steps.AT_ONCE
