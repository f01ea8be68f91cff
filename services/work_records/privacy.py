"""Personal data of work records, and its erasure: the counts stay with the place."""

from collections.abc import Sequence
from typing import Final

from mongo_indexes import work_records
from services.dependencies import Dependencies, Transaction
from services.kernel.documents import Document
from services.kernel.permissions import Role
from services.kernel.personal_data import Fate, Holding
from services.work_records import figures, store, views
from services.work_records.models import REMARK


async def _in_words(deps: Dependencies, rows: Sequence[Document]) -> None:
    """Write figures as people read them, in place: 走访 → 12次."""
    for row in rows:
        shown = figures.shown(deps, row["figures"])
        row["figures"] = {each.label: views.said(each) for each in shown}


RECORDS: Final = Holding(
    collection=work_records.COLLECTION,
    fate=Fate.BLANKED,
    title="工作记录",
    person="person",
    shows={
        "role": "职务",
        "place": "范围",
        "month": "月份",
        "figures": "工作量",
        "remark_sealed": "本人说明",
    },
    words={"role": Role},
    sealed={"remark_sealed": REMARK},
    complete=_in_words,
    law="三长工作量是社区的统计:保留数字,去掉是谁和本人的说明",
)
HOLDINGS: Final = (RECORDS,)


async def forget(deps: Dependencies, tx: Transaction, person_id: str) -> bool:
    """Remove who it was, and what they remarked."""
    return await store.forget(deps.db, tx, person_id)
