"""Personal data of fee rules: ids of staff who made them."""

from typing import Final

from mongo_indexes import fee_rules
from services.kernel.personal_data import Fate, Holding

HOLDINGS: Final = (
    Holding(
        collection=fee_rules.COLLECTION,
        fate=Fate.NOBODYS,
        staff=("created_by", "ended_by"),
        why="收费标准",
    ),
)
