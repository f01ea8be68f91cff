"""Personal data of fee reductions, and its erasure."""

from typing import Final

from mongo_indexes import fee_reduction_rules, fee_reductions
from services.dependencies import Dependencies, Transaction
from services.fee_reductions import jobs, store
from services.fee_reductions.models import FIELDS
from services.fee_reductions.rules.models import Cause
from services.fee_reductions.states import ReductionAction, ReductionState
from services.kernel import steps
from services.kernel.personal_data import ACCOUNTING, Fate, Holding

REDUCTIONS: Final = Holding(
    collection=fee_reductions.COLLECTION,
    fate=Fate.BLANKED,
    title="费用减免申请",
    revealed=True,
    person="person",
    shows={
        "home": "房屋",
        "cause": "减免原因",
        "from_day": "开始日期",
        "last_day": "结束日期",
        "document_sealed": "填写的证明编号",
        "note_sealed": "填写的说明",
        "photo_ids": "证明照片编号",
        "state": "状态",
        "created_at": "申请时间",
        "decided_at": "决定时间",
        "decision_sealed": "决定的理由",
        "ending_sealed": "提前结束的原因",
    },
    words={"cause": Cause, "state": ReductionState},
    sealed={f"{name}_sealed": field for name, field in FIELDS.items()},
    law=ACCOUNTING,
    staff=("filed_by", "decided_by", "ended_by"),
)
RULES: Final = Holding(
    collection=fee_reduction_rules.COLLECTION,
    fate=Fate.NOBODYS,
    staff=("created_by", "ended_by"),
    why="减免标准",
)
HOLDINGS: Final = (REDUCTIONS, RULES)


async def close(deps: Dependencies, tx: Transaction, person_id: str) -> None:
    """Withdraw a person's open requests: nobody waits for their decision any more."""
    for found in await store.open_of(deps.db, tx, person_id):
        await store.move(deps.db, tx, found.id, ReductionAction.CLOSE)


async def forget(deps: Dependencies, tx: Transaction, person_id: str) -> bool:
    """Erase text and proof of a person's reductions; what bills were reduced by stays."""
    found = await store.of_person(deps.db, tx, person_id, limit=steps.AT_ONCE)
    await jobs.blank(deps, tx, found)
    return len(found) == steps.AT_ONCE


async def withdrawn(deps: Dependencies, tx: Transaction, person_id: str) -> None:
    """Withdraw what waits of hardship and erase all text of it, with the consent to keep it.

    Few: one request of a home is open for each cause, and each is for months.
    """
    found = await store.of_person(deps.db, tx, person_id, limit=steps.AT_ONCE)
    sensitive = [one for one in found if one.cause.is_sensitive]
    for one in sensitive:
        if one.state is ReductionState.REQUESTED:
            await store.move(deps.db, tx, one.id, ReductionAction.CLOSE)
    await jobs.blank(deps, tx, sensitive)
