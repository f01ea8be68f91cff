"""Personal data of fee rules and payees: ids of staff who made them."""

from typing import Final

from mongo_indexes import fee_rules, payees
from services.kernel.personal_data import Fate, Holding

HOLDINGS: Final = (
    Holding(
        collection=fee_rules.COLLECTION,
        fate=Fate.NOBODYS,
        staff=("created_by", "ended_by"),
        why="收费标准",
    ),
    Holding(
        collection=payees.COLLECTION,
        fate=Fate.NOBODYS,
        staff=("written_by", "ended_by"),
        why="收款单位名称和收款账户的代号",
    ),
)
