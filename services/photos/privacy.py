"""Personal data of photos, and its erasure."""

from typing import Final

from mongo_indexes import photos
from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.kernel import steps
from services.kernel.personal_data import Fate, Holding
from services.photos import cleanup, store
from services.photos.models import KEY, Media, PhotoPurpose

HOLDINGS: Final = (
    Holding(
        collection=photos.COLLECTION,
        fate=Fate.REMOVED,
        title="上传的照片",
        person="person",
        shows={
            "_id": "照片编号",
            "purpose": "用途",
            "media": "类型",
            "width": "宽(像素)",
            "height": "高(像素)",
            "seconds": "时长(秒)",
            "bytes": "大小(字节)",
            "created_at": "上传时间",
        },
        words={"purpose": PhotoPurpose, "media": Media},
        sealed={"key_sealed": KEY},
    ),
)


async def forget(deps: Dependencies, tx: Transaction, person_id: str) -> bool:
    """Erase photos of a person: nobody sees them from now on.

    The worker removes the files within seconds.
    """
    count = await store.disown(deps.db, tx, person_id, deps.now())
    if count:
        await jobs.enqueue(deps, tx, cleanup.CLEANUP, deps.new_id())
    return count == steps.AT_ONCE
