"""Personal data of exports: files that name people, sealed and removed after a day."""

from typing import Final

from mongo_indexes import export_parts, exports
from services.dependencies import Dependencies, Transaction
from services.exports import store
from services.exports.models import KEY
from services.kernel.personal_data import Fate, Holding

HOLDINGS: Final = (
    Holding(
        collection=exports.COLLECTION,
        fate=Fate.REMOVED,
        person="person",
        sealed={"key_sealed": KEY},
        why="本人要求导出的文件,加密,一天后自动删除",
    ),
    Holding(
        collection=export_parts.COLLECTION,
        fate=Fate.REMOVED,
        person="person",
        why="导出文件的内容,加密,一天后自动删除",
    ),
)


async def close(deps: Dependencies, tx: Transaction, person_id: str) -> None:
    """Remove what a person asked for, with the keys: no link opens a file from now on."""
    await store.remove_of(deps.db, tx, person_id)


async def forget(deps: Dependencies, tx: Transaction, person_id: str) -> bool:
    """Remove some of the parts of their files, which nobody can open any more."""
    return await store.remove_parts(deps.db, tx, person_id)
