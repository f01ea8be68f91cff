"""Personal data of places: none."""

from typing import Final

from mongo_indexes import places
from services.kernel.personal_data import Fate, Holding

HOLDINGS: Final = (
    Holding(
        collection=places.COLLECTION,
        fate=Fate.NOBODYS,
        why="小区、楼栋、房屋和网格,没有人",
    ),
)
