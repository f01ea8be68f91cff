"""Personal data of prices of repairs: ids of who wrote or ended them in office."""

from typing import Final

from mongo_indexes import repair_prices
from services.kernel.personal_data import Fate, Holding

HOLDINGS: Final = (
    Holding(
        collection=repair_prices.COLLECTION,
        fate=Fate.NOBODYS,
        staff=("set_by", "ended_by"),
        why="入户维修价目",
    ),
)
