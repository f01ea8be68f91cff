"""Personal data of calls, and its erasure.

Who asked for whom is the person's to see; what an office did stays in the audit.
"""

from typing import Final

from mongo_indexes import call_settings, calls
from services.calls import store
from services.calls.states import CallState
from services.dependencies import Dependencies, Transaction
from services.kernel.callables import CallCircle
from services.kernel.personal_data import Fate, Holding

CALLS: Final = Holding(
    collection=calls.COLLECTION,
    fate=Fate.REMOVED,
    title="谁请求与您通话、查看过您的电话",
    person="person",
    shows={
        "office": "谁",
        "place": "关于哪里",
        "asked_at": "请求时间",
        "state": "结果",
        "answered_at": "答复时间",
        "shown": "查看号码次数",
        "last_shown_at": "最后一次查看",
    },
    words={"state": CallState},
    staff=("asker",),
)
SETTINGS: Final = Holding(
    collection=call_settings.COLLECTION,
    fate=Fate.REMOVED,
    title="电话向谁显示",
    person="_id",
    shows={"shown_to": "向谁显示", "changed_at": "更改时间"},
    words={"shown_to": CallCircle},
)
HOLDINGS: Final = (CALLS, SETTINGS)


async def forget(deps: Dependencies, tx: Transaction, person_id: str) -> bool:
    """Remove a person's settings, and some of the calls with them."""
    return await store.remove_of(deps.db, tx, person_id)
