"""Personal data of jobs and workers: none, a payload holds ids only."""

from typing import Final

from mongo_indexes import outbox, workers
from services.kernel.personal_data import Fate, Holding

HOLDINGS: Final = (
    Holding(
        collection=outbox.COLLECTION,
        fate=Fate.NOBODYS,
        why="待办的后台工作,只有编号,办完三十天后删除",
    ),
    Holding(collection=workers.COLLECTION, fate=Fate.NOBODYS, why="后台进程的心跳"),
)
