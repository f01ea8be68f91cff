"""Personal data of cases of every kind: their histories and parties, and its erasure."""

from collections.abc import Sequence
from typing import Final

from mongo_indexes import case_events, case_numbers, case_parties
from services.cases import history, store
from services.cases.models import REMARK
from services.cases.parties import actions as parties
from services.cases.parties.models import NOTE
from services.dependencies import Dependencies, Transaction
from services.kernel import steps
from services.kernel.documents import Document
from services.kernel.personal_data import Fate, Holding


async def _in_words(deps: Dependencies, rows: Sequence[Document]) -> None:
    """Write each step by its name, in place."""
    for row in rows:
        if kind := deps.features.cases.get(row["kind"]):
            row["action"] = history.labels(kind).get(row["action"], row["action"])


HISTORY: Final = Holding(
    collection=case_events.COLLECTION,
    fate=Fate.BLANKED,
    title="事项的经过",
    person="by",
    shows={"at": "时间", "action": "步骤", "remark_sealed": "填写的说明"},
    sealed={"remark_sealed": REMARK},
    complete=_in_words,
    law="事项处理过程须可追溯:保留步骤和时间,去掉本人填写的内容",
    staff=("holder",),
)
PARTIES: Final = Holding(
    collection=case_parties.COLLECTION,
    fate=Fate.REMOVED,
    title="报告和加入的事项",
    person="person",
    shows={
        "case": "事项编号",
        "joined_at": "时间",
        "fixed": "是否已解决",
        "note_sealed": "填写的说明",
    },
    sealed={"note_sealed": NOTE},
)
NUMBERS: Final = Holding(
    collection=case_numbers.COLLECTION,
    fate=Fate.NOBODYS,
    why="只记每个小区每年编到几号",
)
HOLDINGS: Final = (HISTORY, PARTIES, NUMBERS)


async def forget(deps: Dependencies, tx: Transaction, person_id: str) -> bool:
    """Remove what a person wrote about cases of their own, and that they were a party."""
    written = await store.written_by(deps.db, tx, person_id, limit=steps.AT_ONCE)
    await store.blank(deps.db, tx, [event.id for event in written])
    more = await parties.forget(deps, tx, person_id)
    return more or len(written) == steps.AT_ONCE
