"""Personal data of outages: ids of staff who announced and ended them."""

from typing import Final

from mongo_indexes import outages
from services.kernel.personal_data import Fate, Holding

HOLDINGS: Final = (
    Holding(
        collection=outages.COLLECTION,
        fate=Fate.NOBODYS,
        staff=("announced_by", "ended_by"),
        why="停水停电等公共设施停用的通告",
    ),
)
