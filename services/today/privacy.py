"""Personal data of the list of what heads have to do: what somebody put off."""

from collections.abc import Sequence
from typing import Final

from mongo_indexes import today_put_offs
from services.dependencies import Dependencies, Transaction
from services.kernel.documents import Document
from services.kernel.personal_data import Fate, Holding
from services.today import store


async def _labelled(deps: Dependencies, rows: Sequence[Document]) -> None:
    """Write what people call the kind of each row."""
    labels = {kind.name: kind.label for kind in deps.features.today}
    for row in rows:
        row["label"] = labels.get(row["kind"], "")


HOLDINGS: Final = (
    Holding(
        collection=today_put_offs.COLLECTION,
        fate=Fate.REMOVED,
        title="暂缓的待办",
        person="person",
        shows={"label": "待办", "place": "地点", "until": "暂缓到"},
        complete=_labelled,
    ),
)


async def forget(deps: Dependencies, tx: Transaction, person_id: str) -> bool:
    """Remove what a person put off."""
    return await store.forget(deps.db, tx, person_id)
