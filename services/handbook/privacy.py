"""Personal data of articles of the handbook: ids of staff who wrote and published them."""

from typing import Final

from mongo_indexes import handbook_articles
from services.kernel.personal_data import Fate, Holding

HOLDINGS: Final = (
    Holding(
        collection=handbook_articles.COLLECTION,
        fate=Fate.NOBODYS,
        staff=("written_by", "published_by", "reviewed_by", "retired_by"),
        why="常见问题处理手册",
    ),
)
