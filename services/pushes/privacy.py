"""Personal data of pushes from WeChat: a digest of each, for a while."""

from typing import Final

from mongo_indexes import push_events
from services.kernel.personal_data import Fate, Holding

HOLDINGS: Final = (
    Holding(
        collection=push_events.COLLECTION,
        fate=Fate.FADES,
        why="微信推送的去重指纹,三十天后自动删除",
    ),
)
